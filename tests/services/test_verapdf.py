"""The outside judge gives both verdicts."""

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import pdfa

Judge = Callable[[Path, str], tuple[bool, str]]


def _blank(path: Path) -> pikepdf.Pdf:
    document = pikepdf.new()
    document.add_blank_page()
    document.save(path)
    return document


@pytest.mark.verapdf
def test_plain_pdf_is_refused(tmp_path: Path, verapdf: Judge) -> None:
    """A PDF without output intent and metadata is no PDF/A, and the report names the rules."""
    _blank(tmp_path / "plain.pdf")
    compliant, report = verapdf(tmp_path / "plain.pdf", "2b")
    assert not compliant
    assert "failedRules" in report


@pytest.mark.verapdf
def test_archival_pdf_is_accepted(tmp_path: Path, verapdf: Judge) -> None:
    """What pikepdf writes as PDF/A-2b passes."""
    pdfa.save(_blank(tmp_path / "plain.pdf"), tmp_path / "archival.pdf", "2b")
    compliant, _ = verapdf(tmp_path / "archival.pdf", "2b")
    assert compliant
