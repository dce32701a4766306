"""Which addresses may be asked (kiểm soát địa chỉ): links of others must not turn on our own network.

They come from hostile files, or name a receiver (server-side request forgery, OWASP SSRF). A host is
resolved once, every address it has must be public, and the connection goes to exactly such an address (no
DNS rebinding).
"""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_MAXIMUM_URL = 2048
# A host whose last label is a number is an address written in some way (2130706433, 0x7f.1, 0177.0.0.1).
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)
_PLAIN = re.compile(r"[!-~]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9_.-]*[a-z0-9])?", re.ASCII)
# Addresses that carry another one inside, so that a public-looking one may lead home (RFC 6052, 3056, 4380).
_CARRIER_TEXTS = "64:ff9b::/96 64:ff9b:1::/48 2002::/16 2001::/23 ::/96 fec0::/10 192.88.99.0/24"
_CARRIERS = tuple(ipaddress.ip_network(text) for text in _CARRIER_TEXTS.split())
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(Exception):
    """The address may not be asked; the text is a short code (địa chỉ bị từ chối)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked link (địa chỉ đã kiểm tra): where to connect and what to ask for."""

    scheme: str
    host: str
    port: int
    path: str
    is_allowed: bool

    @property
    def host_header(self) -> str:
        """Value of the Host header (RFC 9110 clause 7.2)."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


def parse_target(url: str, allowed: Collection[str] = ()) -> Target:
    """The link taken apart; raises AddressRefused. `allowed`: `host` or `host:port` of the administrator."""
    if len(url) > _MAXIMUM_URL or not _PLAIN.fullmatch(url):
        raise AddressRefused("bad_url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise AddressRefused("bad_url") from exc
    if parts.scheme not in _PORTS:
        raise AddressRefused("scheme")
    if "@" in parts.netloc or "\\" in url:
        raise AddressRefused("credentials")
    host = (parts.hostname or "").rstrip(".")
    default = _PORTS[parts.scheme]
    port = default if port is None else port
    is_allowed = f"{host}:{port}" in allowed or (port == default and host in allowed)
    if not is_allowed:
        if port != default:
            raise AddressRefused("port")
        _check_host(host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, is_allowed)


def _check_host(host: str) -> None:
    """Names and plainly written public addresses pass; every other way to write a number is refused."""
    literal = _parse_address(host)
    if literal is not None:
        if not is_public(literal):
            raise AddressRefused("private_address")
        return
    if not _HOST.fullmatch(host) or _NUMERIC.fullmatch(host.rpartition(".")[2]):
        raise AddressRefused("host")


def _parse_address(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_public(address: _Address) -> bool:
    """Whether an address lies in the public Internet and carries no other address inside."""
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address.scope_id):
        return False
    if any(address in network for network in _CARRIERS if network.version == address.version):
        return False
    local = address.is_private or address.is_loopback or address.is_link_local or address.is_unspecified
    return address.is_global and not (local or address.is_multicast or address.is_reserved)


def resolve(target: Target, seconds: float) -> tuple[str, ...]:
    """The numeric addresses of the host, looked up once; raises AddressRefused when any is not public."""
    found = _look_up(target.host, target.port, seconds)
    if not found:
        raise AddressRefused("unresolved")
    if not target.is_allowed:
        # One private address among public ones is refused too: which is taken would be chance.
        for text in found:
            address = _parse_address(text)
            if address is None or not is_public(address):
                raise AddressRefused("private_address")
    return found


def _look_up(host: str, port: int, seconds: float) -> tuple[str, ...]:
    """getaddrinfo with a time limit, which the C library does not offer."""
    answers: queue.Queue[tuple[str, ...]] = queue.Queue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            rows = []
        answers.put(tuple(dict.fromkeys(str(row[4][0]) for row in rows)))

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        return answers.get(timeout=max(seconds, 0.0))
    except queue.Empty:
        raise AddressRefused("timed_out") from None
