"""Which links may be asked: the file chooses them, so nothing of the own network may be among them."""

import ipaddress
import socket
from typing import Any

import pytest

from records.addresses import AddressRefused, is_public, parse_target, resolve


def test_plain_link_is_taken_apart() -> None:
    """Scheme, host, default port and path with its query."""
    target = parse_target("http://OCSP.ca.gov.vn./a?b=c#d")
    assert (target.scheme, target.host, target.port, target.path) == ("http", "ocsp.ca.gov.vn", 80, "/a?b=c")
    assert target.host_header == "ocsp.ca.gov.vn"
    assert parse_target("https://ca.gov.vn").port == 443


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://ca.gov.vn/a", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("ldap://ca.gov.vn/cn=x", "scheme"),
        ("http://ca.gov.vn:8080/", "port"),
        ("http://ca.gov.vn:443/", "port"),
        ("http://ca.gov.vn:99999/", "bad_url"),
        ("http://user:pass@ca.gov.vn/", "credentials"),
        ("http://ca.gov.vn@127.0.0.1/", "credentials"),
        ("http://ca.gov.vn\\@127.0.0.1/", "credentials"),
        ("http://ca.gov.vn/a b", "bad_url"),
        ("http://ca.gov.vn/a\r\nX: y", "bad_url"),
        ("http://ca.gov.vn/" + "a" * 3000, "bad_url"),
        ("http://máy.vn/", "bad_url"),
        ("http:///a", "host"),
        ("http://127.0.0.1/", "private_address"),
        ("http://169.254.169.254/latest", "private_address"),
        ("http://10.0.0.1/", "private_address"),
        ("http://[::1]/", "private_address"),
        ("http://[::ffff:8.8.8.8]/", "private_address"),
        ("http://2130706433/", "host"),
        ("http://0x7f.1/", "host"),
        ("http://0x7f000001/", "host"),
        ("http://0177.0.0.1/", "host"),
        ("http://127.1/", "host"),
    ],
)
def test_odd_links_are_refused(url: str, reason: str) -> None:
    """Each with its reason, before any name is looked up."""
    with pytest.raises(AddressRefused, match=f"^{reason}$"):
        parse_target(url)


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "192.0.0.1",
        "192.168.1.1", "192.88.99.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
        "::7f00:1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2001::1", "2002:a00:1::", "fc00::1", "fe80::1",
        "fec0::1", "ff02::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(text: str) -> None:
    """Private, local, reserved, and those that carry another address inside."""
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "103.1.2.3", "2400:cb00::1", "2a00:1450::1"])
def test_public_addresses(text: str) -> None:
    """Addresses of the Internet pass."""
    assert is_public(ipaddress.ip_address(text))


def _answer(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name that also, or only, leads into the own network."""
    _answer(monkeypatch, "8.8.8.8", "192.168.1.1")
    with pytest.raises(AddressRefused, match="private_address"):
        resolve(parse_target("http://ca.gov.vn/"), 1.0)


def test_name_is_looked_up_once_and_its_addresses_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller connects to these, so a second answer of the name server changes nothing."""
    asked = _answer(monkeypatch, "8.8.8.8", "8.8.8.8", "8.8.4.4")
    assert resolve(parse_target("http://ca.gov.vn/"), 1.0) == ("8.8.8.8", "8.8.4.4")
    assert asked == ["ca.gov.vn"]


def test_unknown_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name without an address."""
    _answer(monkeypatch)
    with pytest.raises(AddressRefused, match="unresolved"):
        resolve(parse_target("http://ca.gov.vn/"), 1.0)


def test_allowed_host_may_be_private(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the administrator names is asked, on that port alone."""
    _answer(monkeypatch, "10.1.2.3")
    allowed = {"ocsp.noibo.vn", "10.1.2.3:8080"}
    assert resolve(parse_target("http://ocsp.noibo.vn/", allowed), 1.0) == ("10.1.2.3",)
    assert parse_target("http://10.1.2.3:8080/", allowed).host_header == "10.1.2.3:8080"
    for url in ("http://ocsp.noibo.vn:8080/", "http://10.1.2.3/", "http://x.ocsp.noibo.vn:81/"):
        with pytest.raises(AddressRefused):
            parse_target(url, allowed)
