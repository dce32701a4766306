"""A receiver of events on this machine (nơi nhận thử): answers as told, keeps what it got."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What to answer, one after the other (the last again and again), and what came in."""

    answers: list[int]
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])
    address: str = ""
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where to send to."""
        return f"http://{self.address}/tin"

    def next_answer(self) -> int:
        """The status to answer now; 0 hangs until released."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def open_receiver(*answers: int) -> Generator[Receiver]:
    """A running receiver."""
    receiver = Receiver(list(answers))

    class Handler(BaseHTTPRequestHandler):
        """Keeps each request and answers as told."""

        def do_POST(self) -> None:
            """Take an event."""
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = receiver.next_answer()
            if status == 0:
                receiver.release.wait(10)
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:1/other")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            """Nobody asks for anything here: a redirect must not be followed."""
            receiver.got.append(({}, b"GET"))

        def log_message(self, *_parts: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.release.set()
        server.shutdown()
        server.server_close()
