"""`sohoa serve` and `sohoa worker` (cổng web, tiến trình xử lý): long-running, ended by SIGTERM or Ctrl+C."""

import os
import signal
import socket
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.child import WorkerChild
from api.cli.acting import open_service
from api.cli.output import say
from api.errors import AddressTaken
from api.processes import build_config, run_processes
from api.wiring import Service
from api.worker import Duty

_PARENT_SECONDS = 1.0


def serve_command(
    host: Annotated[str | None, typer.Option("--host", metavar="ĐỊA_CHỈ", help="Địa chỉ lắng nghe.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Cổng; 0: cổng bất kỳ.")
    ] = None,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Không kèm tiến trình xử lý (đã chạy `sohoa worker` riêng).")
    ] = False,
    processes: Annotated[
        int | None,
        typer.Option("--processes", min=1, max=64, help="Số tiến trình phục vụ web (SQLite: luôn một)."),
    ] = None,
) -> None:
    """Chạy cổng web và giao diện lập trình, kèm một tiến trình xử lý; Ctrl+C để dừng cả hai."""
    with open_service(prepare=False) as service:
        service.prepare()
        web = service.settings.web
        listening = open_socket(host or web.host, web.port if port is None else port)
        child = None if no_worker else WorkerChild()
        # uvicorn raises the signal again when it has shut down; the worker must still be ended then.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        try:
            if child is not None:
                child.start()
            address, number = listening.getsockname()[:2]
            say(f"Sohoa đang chạy tại http://{address}:{number} (Ctrl+C để dừng)")
            run_server(service, listening, choose_processes(service, processes))
        finally:
            listening.close()
            if child is not None:
                child.stop()


def worker_command(
    parent: Annotated[int | None, typer.Option("--parent", hidden=True)] = None,
) -> None:
    """Chạy một tiến trình xử lý: nhận dạng, ký, chỉ mục, nhật ký; chạy được nhiều tiến trình cùng lúc."""
    with open_service(prepare=False) as service:
        service.prepare()
        extra = () if parent is None else (Duty("parent", _PARENT_SECONDS, lambda: _end_without(parent)),)
        service.build_worker(extra).run()


def open_socket(host: str, port: int) -> socket.socket:
    """A listening socket; raises `AddressTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as exc:
        raise AddressTaken(f"Địa chỉ {host}:{port}.", port=port) from exc


def choose_processes(service: Service, asked: int | None) -> int:
    """How many processes serve; SQLite lets one writer in, and its turns are kept inside one process."""
    return 1 if service.is_one_file else asked or service.settings.web.processes


def run_server(service: Service, listening: socket.socket, processes: int = 1) -> None:
    """Serve until SIGTERM or SIGINT."""
    web = service.settings.web
    if processes > 1:
        # They open connections of their own.
        service.database.engine.dispose()
        run_processes(web, listening, processes)
    else:
        uvicorn.Server(build_config(create_app(service), web)).run(sockets=[listening])


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def _end_without(parent: int) -> None:
    """End with the server that started this worker, also when that was killed without a word."""
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
