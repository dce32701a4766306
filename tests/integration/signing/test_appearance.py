"""What signatures show: the leader's hand, the agency's seal, number and date, as it was when signed."""

import io

import pikepdf
import pytest
from demo_pki import DemoPki
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.stamp import StaticStampStyle, TextStampStyle
from signed_samples import sign_as_office, sign_with

from signing.appearance import Look, draw_look, judge_kind
from signing.report import Appearance
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON


def _appearances(pdf: bytes) -> list[Appearance]:
    return [entry.appearance for entry in verify_pdf(pdf, trust=None, at=NOON).signatures]


def _text(words: str) -> StaticStampStyle:
    style = TextBoxStyle(font_size=9, border_width=0)
    return TextStampStyle(stamp_text=words, border_width=0, background=None, text_box_style=style)  # pyright: ignore[reportReturnType]


def test_hand_and_seal_of_an_office(pki: DemoPki, plain_pdf: bytes) -> None:
    """Blue handwriting is a person's signature, the round red picture the agency's seal."""
    hand, seal = _appearances(sign_as_office(plain_pdf, pki))
    assert (hand.kind, seal.kind) == ("signature", "seal")
    assert hand.text == seal.text == ""
    assert len({hand.image_sha256, seal.image_sha256, ""}) == 3


@pytest.mark.parametrize(
    ("words", "box", "kind"),
    [
        ("125", (150, 700, 180, 718), "number"),
        ("15", (430, 700, 450, 718), "date"),
        ("15/06/2026", (430, 700, 500, 718), "date"),
        ("SAO Y; UBND xa; 2026-06-15T09:15:30+07:00", (350, 790, 590, 830), "copy"),
        ("Nguoi ky: Tran Van A", (350, 100, 500, 140), "other"),
    ],
)
def test_text_appearances_are_read(
    words: str, box: tuple[int, int, int, int], kind: str, pki: DemoPki, plain_pdf: bytes
) -> None:
    """Number and date stand in signature appearances alone: their text comes with the report."""
    (shown,) = _appearances(sign_with(plain_pdf, pki.signer("agency"), "A", box=box, style=_text(words)))
    assert (shown.kind, shown.text) == (kind, words)


def test_a_later_look_is_not_taken(pki: DemoPki, plain_pdf: bytes) -> None:
    """The appearance of the signed revision counts, whatever a later revision puts in its place."""
    pdf = sign_with(plain_pdf, pki.signer("agency"), "A", box=(150, 700, 180, 718), style=_text("125"))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        widget = document.Root.AcroForm.Fields[0]
        widget.AP.N = document.make_stream(b"", BBox=[0, 0, 30, 18], Subtype=pikepdf.Name.Form)
        later = io.BytesIO()
        document.save(later)
    assert draw_look(later.getvalue(), "A") != draw_look(pdf, "A")
    assert draw_look(pdf, "A") is not None


def test_what_cannot_be_drawn_is_left_out() -> None:
    """No appearance, another field, no PDF: no look, and no exception."""
    output = io.BytesIO()
    pikepdf.new().save(output)
    assert draw_look(output.getvalue(), "A") is None
    assert draw_look(b"khong phai pdf", "A") is None


def test_a_red_line_of_text_is_no_seal() -> None:
    """A seal is as high as it is wide; red alone does not make one."""
    look = Look("", red=0.9, blue=0.0, sha256="")
    assert judge_kind(look, (0, 0, 110, 110)) == "seal"
    assert judge_kind(look, (0, 0, 300, 60)) == "signature"
