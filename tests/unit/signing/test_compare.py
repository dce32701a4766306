"""The second look: where pictures differ, which pages go first, what waits and what is put together."""

import io
import json
from dataclasses import fields, is_dataclass
from enum import Enum

import numpy as np
import pytest
from demo_pki import DemoPki
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from signed_samples import sign_as_office, sign_with

from signing.areas import AreaKind, Comparison, LookPlan, PageLook, parse_look
from signing.compare_order import find_touched_pages
from signing.compare_part import compare_part
from signing.compare_pictures import Picture, compare_programs, compare_revisions
from signing.report import IntegrityVerdict
from signing.verify import verify_pdf
from signing.widgets import Widget
from tests.pki.fixtures import NOON, build_pdf

PAGES = 8


def paper() -> Picture:
    """A white A4 page at 54 dpi."""
    return np.full((632, 447), 255, np.uint8)


def inked(*boxes: tuple[int, int, int, int]) -> Picture:
    """The same with black boxes: top, left, bottom, right in pixels."""
    picture = paper()
    for top, left, bottom, right in boxes:
        picture[top:bottom, left:right] = 0
    return picture


def write_on_page(pdf: bytes, page: int) -> bytes:
    """`pdf` with a bar written over a page, from 1, by a later revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    stream = generic.StreamObject(stream_data=b"q 0 0 0 rg 100 300 150 20 re f Q")
    writer.add_stream_to_page(page - 1, writer.add_object(stream))
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


@pytest.fixture(scope="module")
def long_pdf(pki: DemoPki) -> bytes:
    """Eight pages signed by leader and agency on the last."""
    return sign_as_office(build_pdf(PAGES), pki)


def test_each_difference_has_its_own_box_in_points() -> None:
    """Two places apart are two boxes, measured from the lower left; touching ones are one."""
    areas = compare_revisions(paper(), inked((60, 30, 75, 90), (400, 200, 412, 260)), 3, "pdfium", [], [])
    assert [(area.page, area.program, area.kind) for area in areas] == [(3, "pdfium", AreaKind.CHANGED)] * 2
    assert areas[0].rect == (40.0, 742.7, 120.0, 762.7)
    assert areas[0].page_size == (596.0, 842.7)
    assert (
        len(compare_revisions(paper(), inked((60, 30, 75, 90), (76, 30, 90, 90)), 1, "pdfium", [], [])) == 1
    )


def test_very_many_differences_are_one_box() -> None:
    """A page strewn with changes is shown as changed, not as hundreds of boxes."""
    specks = [(top, left, top + 4, left + 4) for top in range(20, 600, 40) for left in range(20, 420, 40)]
    (area,) = compare_revisions(paper(), inked(*specks), 1, "poppler", [], [])
    assert area.rect[0] < 40
    assert area.rect[2] > 500


def test_fields_filled_and_new_signatures_may_look_different() -> None:
    """Inside their widgets alone; a new signature that turns ink into paper hides it."""
    widget = Widget("Dau", "/Sig", "x", 1, (40.0, 740.0, 125.0, 765.0))
    ink = inked((60, 30, 75, 90))
    assert compare_revisions(paper(), ink, 1, "pdfium", [], [widget]) == []
    (hidden,) = compare_revisions(ink, paper(), 1, "pdfium", [], [widget])
    assert hidden.kind == AreaKind.HIDDEN
    assert compare_revisions(paper(), ink, 2, "pdfium", [], [widget]) != []


def test_a_page_of_another_size_is_shown_whole() -> None:
    """Cropped or blown up after signing."""
    (area,) = compare_revisions(paper(), np.full((400, 447), 255, np.uint8), 1, "pdfium", [], [])
    assert (area.kind, area.rect[:2]) == (AreaKind.PAGE, (0.0, 0.0))


def test_ink_of_one_program_alone_names_the_program() -> None:
    """Edges and fonts may differ a little; a paragraph may not."""
    ink, shifted = inked((60, 30, 75, 90)), inked((61, 31, 76, 91))
    assert compare_programs(ink, shifted, 1, AreaKind.PROGRAMS_DIFFER_FINAL) == []
    (area,) = compare_programs(paper(), ink, 1, AreaKind.PROGRAMS_DIFFER_FINAL)
    assert area.program == "poppler"


def test_a_touched_page_goes_first(long_pdf: bytes, pki: DemoPki) -> None:
    """With room for one page alone, the one written over is found wherever it stands."""
    changed = write_on_page(long_pdf, 5)
    report = verify_pdf(changed, trust=None, at=NOON, plan=LookPlan(pages=2))
    assert report.summary.integrity == IntegrityVerdict.ALTERED
    assert 5 in report.signatures[1].changes_after.pages_changed
    assert report.comparison == Comparison(2, PAGES)


def test_pages_are_touched_by_what_hangs_on_them(long_pdf: bytes, pki: DemoPki) -> None:
    """A signature touches its own page; upward links do not make every page touched."""
    reader = PdfFileReader(io.BytesIO(write_on_page(long_pdf, 5)), strict=False)
    assert find_touched_pages(reader, 0) == [5, 8]


def test_pages_not_compared_leave_the_verdict_open(long_pdf: bytes) -> None:
    """Nothing bad so far is not green: indeterminate, with how far it came."""
    report = verify_pdf(long_pdf, trust=None, at=NOON, plan=LookPlan(pages=3))
    first, last = report.signatures
    assert report.summary.integrity == IntegrityVerdict.INDETERMINATE
    assert (first.code, first.reasons) == ("COMPARING", ("comparison_unfinished",))
    assert report.to_dict()["comparison"] == {"done": 3, "total": PAGES}
    # Nothing follows the last signature: it waits for nothing.
    assert last.state == IntegrityVerdict.INTACT


def test_no_time_is_an_open_verdict_too(long_pdf: bytes) -> None:
    """Out of time before the first page: open, never green."""
    report = verify_pdf(long_pdf, trust=None, at=NOON, plan=LookPlan(seconds=-1.0))
    assert report.summary.integrity == IntegrityVerdict.INDETERMINATE
    assert report.comparison.done == 0


def _compare_in_parts(pdf: bytes) -> tuple[PageLook, ...]:
    """Every page in two parts, once through JSON."""
    report = verify_pdf(pdf, trust=None, at=NOON, plan=LookPlan(pages=0))
    revisions = [
        (entry.coverage.revision or 0, sum(entry.coverage.byte_range[-2:]))
        for entry in report.signatures
        if entry.coverage.kind == "revision"
    ]
    looks = [*compare_part(pdf, revisions, [1, 2, 3, 4]), *compare_part(pdf, revisions, [5, 6, 7, 8])]
    return tuple(parse_look(json.loads(json.dumps(look.to_dict()))) for look in looks)


def test_parts_put_together_say_what_one_look_says(long_pdf: bytes, pki: DemoPki) -> None:
    """Good and bad files alike: the verdict, pages and areas of the parts are those of the whole."""
    third = sign_with(long_pdf, pki.signer("agency"), "So", box=(100, 100, 160, 130))
    for pdf in (long_pdf, third, write_on_page(long_pdf, 2)):
        whole = verify_pdf(pdf, trust=None, at=NOON)
        parts = verify_pdf(pdf, trust=None, at=NOON, plan=LookPlan(pages=0, seen=_compare_in_parts(pdf)))
        assert parts.signatures == whole.signatures
        assert parts.comparison == whole.comparison


def test_a_page_that_could_not_be_drawn_is_no_green(long_pdf: bytes) -> None:
    """One problem among many sound pages leaves the verdict undecided, with the reason."""
    looks = list(_compare_in_parts(long_pdf))
    looks[3] = PageLook(looks[3].end, looks[3].page, problem="drawing_failed:EngineTimedOut")
    report = verify_pdf(long_pdf, trust=None, at=NOON, plan=LookPlan(pages=0, seen=tuple(looks)))
    assert report.signatures[0].changes_after.reason == "drawing_failed:EngineTimedOut"
    assert report.summary.integrity == IntegrityVerdict.INDETERMINATE


def test_results_of_another_revision_do_not_count(long_pdf: bytes) -> None:
    """Looks are known by where their revision ends: those of other bytes leave the verdict open."""
    looks = tuple(PageLook(look.end + 1, look.page) for look in _compare_in_parts(long_pdf))
    report = verify_pdf(long_pdf, trust=None, at=NOON, plan=LookPlan(pages=0, seen=looks))
    assert report.summary.integrity == IntegrityVerdict.INDETERMINATE


def test_a_report_holds_plain_values_alone(long_pdf: bytes) -> None:
    """A value of the parser's own kind drags its whole reader, and the file, through every copy."""
    odd: list[str] = []

    def walk(value: object, place: str) -> None:
        if is_dataclass(value):
            for each in fields(value):
                walk(getattr(value, each.name), f"{place}.{each.name}")
        elif type(value) is tuple:
            for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
                walk(item, f"{place}[{index}]")
        elif not isinstance(value, Enum) and type(value) not in (str, int, float, bool, type(None)):
            odd.append(f"{place}: {type(value)}")

    walk(verify_pdf(write_on_page(long_pdf, 2), trust=None, at=NOON), "report")
    walk(verify_pdf(long_pdf, trust=None, at=NOON), "report")
    assert odd == []


@pytest.mark.parametrize("ink", [0, 100, 150])
@pytest.mark.parametrize("cover", [255, 170, 120, 90, 0])
def test_a_cover_of_any_tone_hides_small_grey_print(ink: int, cover: int) -> None:
    """Small print is grey when drawn small, and a cover need not be white."""
    old = paper()
    for column in range(20, 60, 3):
        old[30:35, column] = ink
    new = old.copy()
    new[20:50, 10:90] = cover
    seal = Widget("Dau", "/Sig", "", 1, (0.0, 0.0, 595.0, 842.0))
    kinds = {area.kind for area in compare_revisions(old, new, 1, "pdfium", [], [seal])}
    assert kinds == {AreaKind.HIDDEN}


def test_a_seal_drawn_over_print_hides_nothing_of_weight() -> None:
    """Its rings are thin and its star is small: what they lie upon is still told from paper."""
    old = paper()
    for column in range(10, 90, 3):
        old[40:46, column] = 0
    new = old.copy()
    rows, columns = np.ogrid[: old.shape[0], : old.shape[1]]
    distance = np.hypot(rows - 43, columns - 50)
    new[(distance > 34) & (distance < 37)] = 76
    new[np.abs(rows - 43) + np.abs(columns - 50) < 12] = 76
    seal = Widget("Dau", "/Sig", "", 1, (0.0, 0.0, 595.0, 842.0))
    assert compare_revisions(old, new, 1, "pdfium", [], [seal]) == []


def test_a_cover_on_a_thin_line_hides_nothing() -> None:
    """The dotted or ruled line on which one signs is no content."""
    old = paper()
    old[40, 10:90] = 150
    new = old.copy()
    new[30:50, 20:80] = 255
    seal = Widget("Dau", "/Sig", "", 1, (0.0, 0.0, 595.0, 842.0))
    assert compare_revisions(old, new, 1, "pdfium", [], [seal]) == []
