"""One request over HTTP within limits (tải hoặc gửi một dữ liệu): time, size, redirects, addresses."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urljoin

from records.addresses import AddressRefused, Target, parse_target, resolve

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAXIMUM_REDIRECTS = 2
_CHUNK = 64 * 1024
_AGENT = "sohoa"


class DownloadFailed(Exception):
    """No answer within the limits; the text is a short code (không tải được)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for (yêu cầu): a body makes it a POST; `limit` is the answer's size in bytes."""

    url: str
    limit: int
    body: bytes | None = None
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    ca_file: str | None = None


Taken = TypeVar("Taken")
Take = Callable[[http.client.HTTPResponse, Request, float], Taken]
"""Reads what is wanted of an answer: (answer, request, deadline)."""


def download(request: Request, *, deadline: float, allowed: Collection[str] = ()) -> bytes:
    """The answer's bytes; raises DownloadFailed. `deadline` is on `time.monotonic`, redirects included."""
    url = request.url
    try:
        for _ in range(_MAXIMUM_REDIRECTS + 1):
            # Each hop is a new link: parsed, resolved and checked as the first.
            target = parse_target(url, allowed)
            answer = _ask(target, request, deadline, _read_answer)
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer)
    except AddressRefused as exc:
        raise DownloadFailed(str(exc)) from exc
    raise DownloadFailed("redirects")


def send(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    deadline: float,
    allowed: Collection[str] = (),
    ca_file: str | None = None,
) -> int:
    """POST a body; the answer's status, a redirect's too: none is followed. Raises DownloadFailed.

    `ca_file` names the authorities of the receiver's certificate; None: this machine's.
    """
    request = Request(url, 0, body, "application/json", headers, ca_file)
    try:
        status = _ask(parse_target(url, allowed), request, deadline, _read_status)
    except AddressRefused as exc:
        raise DownloadFailed(str(exc)) from exc
    return status


def _ask(target: Target, request: Request, deadline: float, take: Take[Taken]) -> Taken:
    """What `take` makes of the answer; one connection, to an address that was checked."""
    addresses = resolve(target, _left(deadline))
    connected = _connect(addresses, target.port, deadline)
    try:
        with connected:
            if target.scheme == "http":
                return _exchange(connected, target, request, deadline, take)
            context = ssl.create_default_context(cafile=request.ca_file)
            secured = context.wrap_socket(
                connected, server_hostname=target.host, do_handshake_on_connect=False
            )
            with secured:
                return _exchange(secured, target, request, deadline, take)
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as exc:
        # AttributeError: the watchdog took the TLS layer away under the read.
        raise DownloadFailed("timed_out" if time.monotonic() >= deadline else "no_answer") from exc


def _connect(addresses: Collection[str], port: int, deadline: float) -> socket.socket:
    """A connection to one of exactly these addresses; the name is never looked up again."""
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_left(deadline))
        except OSError:
            continue
    raise DownloadFailed("timed_out" if time.monotonic() >= deadline else "not_reached")


def _exchange(
    connected: socket.socket, target: Target, request: Request, deadline: float, take: Take[Taken]
) -> Taken:
    """Request and answer over an open connection, which a watchdog ends at the deadline."""
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = connected
    # Without this a dropped connection would be opened again by name, unchecked.
    connection.auto_open = 0
    # A socket's time-out starts anew with each byte; a server that drips would hold us for hours.
    watchdog = threading.Timer(_left(deadline), _hang_up, [connected])
    watchdog.daemon = True
    watchdog.start()
    try:
        connected.settimeout(_left(deadline))
        if isinstance(connected, ssl.SSLSocket):
            connected.do_handshake()
        _send(connection, target, request)
        with connection.getresponse() as response:
            return take(response, request, deadline)
    finally:
        watchdog.cancel()


def _read_answer(response: http.client.HTTPResponse, request: Request, deadline: float) -> bytes | str:
    """The bytes, or the place a redirect names."""
    if response.status in _REDIRECTS:
        return response.headers.get("Location") or ""
    if response.status != http.HTTPStatus.OK:
        raise DownloadFailed(f"status_{response.status}")
    return _read(response, request.limit, deadline)


def _read_status(response: http.client.HTTPResponse, _request: Request, _deadline: float) -> int:
    """The status alone; what a receiver says besides is not read."""
    return response.status


def _send(connection: http.client.HTTPConnection, target: Target, request: Request) -> None:
    connection.putrequest(
        "GET" if request.body is None else "POST", target.path, skip_host=True, skip_accept_encoding=True
    )
    connection.putheader("Host", target.host_header)
    connection.putheader("User-Agent", _AGENT)
    connection.putheader("Accept-Encoding", "identity")
    connection.putheader("Connection", "close")
    for name, value in request.headers.items():
        connection.putheader(name, value)
    if request.body is not None:
        connection.putheader("Content-Type", request.content_type)
        connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body)


def _read(response: http.client.HTTPResponse, limit: int, deadline: float) -> bytes:
    """The whole body, never more than `limit` bytes in memory."""
    if response.length is not None and response.length > limit:
        raise DownloadFailed("too_large")
    expected, body = response.length, bytearray()
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise DownloadFailed("too_large")
        _left(deadline)
    _left(deadline)
    if not body or (expected is not None and len(body) != expected):
        raise DownloadFailed("cut_short")
    return bytes(body)


def _hang_up(connected: socket.socket) -> None:
    """End both directions; the reader wakes with an error or an early end, and then sees the deadline."""
    try:
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:
        return


def _left(deadline: float) -> float:
    """Seconds until the deadline; raises DownloadFailed when it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise DownloadFailed("timed_out")
    return left
