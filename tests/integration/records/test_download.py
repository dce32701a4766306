"""HTTPS of a fetched answer: the server's certificate must hold for the name in the link."""

import ipaddress
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from records.download import DownloadFailed, Request, download


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """One small answer."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""


def _write_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 alone, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "THỬ NGHIỆM")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    made = builder.sign(key, hashes.SHA256())
    certificate, private = folder / "server.pem", folder / "server.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    encoding, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(encoding, kind, serialization.NoEncryption()))
    return certificate, private


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Port of a TLS server on this machine, and its certificate."""
    certificate, key = _write_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    server.handle_error = lambda request, client_address: None  # a client that refuses us is no news
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server.server_port, certificate
    server.shutdown()
    server.server_close()
    thread.join()


def _get(host: str, port: int) -> bytes:
    allowed = {f"{host}:{port}"}
    return download(Request(f"https://{host}:{port}/", 100), deadline=time.monotonic() + 3, allowed=allowed)


def test_trusted_server_answers(server: tuple[int, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """With its certificate among the machine's trusted ones the answer comes through."""
    port, certificate = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert _get("127.0.0.1", port) == b"ok"


def test_unknown_server_is_refused(server: tuple[int, Path]) -> None:
    """A certificate that the machine does not trust ends the request."""
    with pytest.raises(DownloadFailed, match="no_answer"):
        _get("127.0.0.1", server[0])


def test_name_of_the_link_must_be_the_servers(
    server: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """We connect by number but check the certificate against the name in the link."""
    port, certificate = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(DownloadFailed, match="no_answer"):
        _get("localhost", port)


def test_nobody_listens() -> None:
    """A closed port is told as not reached."""
    with pytest.raises(DownloadFailed, match="not_reached"):
        download(Request("http://127.0.0.1:1/", 100), deadline=time.monotonic() + 3, allowed={"127.0.0.1:1"})
