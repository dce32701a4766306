"""Fixtures of the signing tests: one invented PKI a test process, with and without tokens."""

import atexit
import io
import shutil
import tempfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from demo_pki import DemoPki, make_demo_pki
from pikepdf import pdfa

from signing.trust import TrustBundle, load_bundle

TODAY = date(2026, 6, 15)
NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
"""The frozen moment of every check."""


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoPki:
    """The invented PKI of the frozen day, keys in memory."""
    return make_demo_pki(tmp_path_factory.mktemp("pki"), TODAY, tokens=False)


@pytest.fixture(scope="session")
def token_pki() -> DemoPki:
    """The same with its keys in private SoftHSM2 tokens."""
    return _make_token_pki()


@cache
def _make_token_pki() -> DemoPki:
    """One for the process, whichever folder's tests ask: the module reads its configuration only once."""
    folder = Path(tempfile.mkdtemp(prefix="sohoa-tokens-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return make_demo_pki(folder, TODAY)


@pytest.fixture(scope="session")
def bundle(pki: DemoPki) -> TrustBundle:
    """The trust bundle of the invented PKI."""
    return load_bundle(pki.trust_folder, allow_demo=True)


@pytest.fixture(scope="session")
def plain_pdf() -> bytes:
    """An unsigned PDF/A-2b of one page."""
    return build_pdf()


def build_pdf(pages: int = 1, *, rotate: int = 0, password: str = "") -> bytes:
    """A PDF of blank A4 pages: PDF/A-2b, or encrypted when a password is given."""
    document = pikepdf.new()
    for _ in range(pages):
        page = document.add_blank_page(page_size=(595, 842))
        page.contents_add(b"0 0 0 rg 90 500 200 14 re f")
        page.rotate(rotate, relative=False)
    if password:
        output = io.BytesIO()
        document.save(output, encryption=pikepdf.Encryption(owner=password, user=password))
        return output.getvalue()
    return _as_pdfa(document)


def _as_pdfa(document: pikepdf.Pdf) -> bytes:
    """The document as PDF/A-2b in memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        pdfa.save(document, path, "2b")
        return path.read_bytes()
