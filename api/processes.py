"""Several processes behind one socket (nhiều tiến trình phục vụ): one Python process uses one core.

uvicorn's supervisor starts them, starts a dead one again and ends them together. What they must agree on
lies in the database and the data folder; keys, sessions and blocks each remembers for some seconds by itself.
"""

import logging
import multiprocessing
import os
import signal
import socket
import threading

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api.app import create_app
from api.settings import WebSettings, load_settings
from api.wiring import build_service

GRACE_SECONDS = 5
_HEALTH_SECONDS = 30
"""So long a process may not answer its supervisor before it is replaced: a busy machine is no reason."""
APP = "api.processes:build_app"
"""What each process serves, by name: they begin anew and inherit nothing but the socket."""


def build_app() -> FastAPI:
    """The application of one of several processes; tables and roots were prepared by the one above."""
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)
    _end_with_parent()
    return create_app(build_service(load_settings()), is_prepared=True)


def build_config(app: FastAPI | str, web: WebSettings, processes: int = 1) -> uvicorn.Config:
    """How it is served. Addresses hold what people search for: no access log."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=processes,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(web.trusted_proxies),
        forwarded_allow_ips=list(web.trusted_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=_HEALTH_SECONDS,
    )


def run_processes(web: WebSettings, listening: socket.socket, processes: int) -> None:
    """Serve with so many processes until SIGTERM or SIGINT."""
    Multiprocess(build_config(APP, web, processes), [listening]).run()


def _end_with_parent() -> None:
    """End with the supervisor, also when that was killed without a word: nobody else closes the socket."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
