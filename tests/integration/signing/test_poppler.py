"""The second look through poppler: what only one of two programs shows is found."""

import io
import threading
import time
from collections.abc import Sequence

import pikepdf
import pytest
from demo_pki import DemoPki
from signed_samples import sign_with

from signing import poppler
from signing.areas import LookPlan
from signing.poppler import PopplerDrawings, PopplerFailed
from signing.report import ChangeVerdict, IntegrityVerdict
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON


@pytest.fixture
def twice_signed(pki: DemoPki, plain_pdf: bytes) -> bytes:
    """Signed by the leader and then, as a later revision, by the agency."""
    return sign_with(sign_with(plain_pdf, pki.signer("leader"), "A"), pki.signer("agency"), "B")


def _other_page() -> bytes:
    """A page that looks quite different."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    page.contents_add(b"0 g 60 100 400 600 re f")
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def test_both_revisions_are_drawn(plain_pdf: bytes) -> None:
    """Each revision comes back page by page as grey pictures with the ink in place."""
    drawings = PopplerDrawings(plain_pdf, [len(plain_pdf)], scale=0.75, pages=[1, 2])
    ((page, picture),) = drawings.get(len(plain_pdf)).items()
    drawings.close()
    assert (page, picture.shape) == (1, (632, 447))
    assert picture[:300].min() < 100


def test_a_sound_file_has_no_finding(twice_signed: bytes) -> None:
    """Both programs agree on both revisions: nothing is added to the verdict."""
    report = verify_pdf(twice_signed, trust=None, at=NOON)
    assert report.summary.integrity == IntegrityVerdict.EXTENDED
    assert report.signatures[0].changes_after.second_look == ()


def test_what_only_poppler_shows_changed_is_forbidden(
    twice_signed: bytes, monkeypatch: pytest.MonkeyPatch, plain_pdf: bytes
) -> None:
    """The final revision looks different to poppler alone: the signature before it is not green."""
    final = len(twice_signed)
    blank = _other_page()
    real = poppler._draw  # pyright: ignore[reportPrivateUsage]

    def draw(data: memoryview, scale: float, pages: Sequence[int]) -> poppler.Pictures:
        return real(memoryview(blank) if len(data) == final else data, scale, pages)

    monkeypatch.setattr(poppler, "_draw", draw)
    first = verify_pdf(twice_signed, trust=None, at=NOON).signatures[0]
    assert first.changes_after.verdict == ChangeVerdict.FORBIDDEN
    assert first.changes_after.pages_changed == (1,)
    assert "programs_differ:final:1" in first.changes_after.second_look
    assert first.state == IntegrityVerdict.ALTERED


def test_without_poppler_the_verdict_says_so(twice_signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look by PDFium stays; that the other is missing stands in the warnings."""
    monkeypatch.setattr(poppler, "is_poppler_here", lambda: False)
    report = verify_pdf(twice_signed, trust=None, at=NOON)
    assert report.summary.integrity == IntegrityVerdict.EXTENDED
    assert "poppler_missing" in report.warnings


@pytest.mark.parametrize("fault", ["status_1", "time", "output"])
def test_a_file_that_poppler_cannot_draw_is_never_green(
    twice_signed: bytes, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Whoever makes the second program fail does not get by with the first alone."""

    def draw(_data: memoryview, _scale: float, _pages: Sequence[int]) -> poppler.Pictures:
        raise PopplerFailed(fault)

    monkeypatch.setattr(poppler, "_draw", draw)
    report = verify_pdf(twice_signed, trust=None, at=NOON)
    assert report.summary.integrity == IntegrityVerdict.INDETERMINATE
    assert report.signatures[0].reasons == (f"poppler_{fault}",)


def test_a_page_that_poppler_does_not_see_is_never_green(
    twice_signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two programs that count the pages differently leave the verdict open."""
    monkeypatch.setattr(poppler, "_draw", lambda _data, _scale, _pages: {})
    report = verify_pdf(twice_signed, trust=None, at=NOON)
    assert report.summary.integrity == IntegrityVerdict.INDETERMINATE
    assert report.signatures[0].reasons == ("poppler_no_page",)


def test_a_file_poppler_cannot_open_ends_in_a_reason() -> None:
    """Its exit status is the reason, no exception of the system leaves."""
    drawings = PopplerDrawings(b"khong phai pdf", [5], scale=0.75, pages=[1])
    with pytest.raises(PopplerFailed, match="status_1"):
        drawings.get(5)
    drawings.close()


def test_a_program_that_takes_too_long_leaves_the_verdict_open(
    twice_signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of the plan's time no page counts as compared: open, to be finished in the background."""
    began = threading.Event()

    def draw(_data: memoryview, _scale: float, _pages: Sequence[int]) -> poppler.Pictures:
        began.set()
        time.sleep(3)
        return {}

    monkeypatch.setattr(poppler, "_draw", draw)
    start = time.monotonic()
    report = verify_pdf(twice_signed, trust=None, at=NOON, plan=LookPlan(seconds=0.5))
    assert began.is_set()
    assert time.monotonic() - start < 3
    assert report.signatures[0].changes_after.reason == "comparison_unfinished"
    assert report.summary.integrity == IntegrityVerdict.INDETERMINATE
