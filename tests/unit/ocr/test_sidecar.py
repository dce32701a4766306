"""Page text as JSON and back."""

import json

import pytest

from ocr.errors import SidecarInvalid
from ocr.sidecar import page_texts_from_json, page_texts_to_json
from ocr.types import Box, PageText, PrintedCode, Quality, QualityVerdict, ValuePlace, Word, Writing

PAGE = PageText(
    1654, 2339, 200, 90, -1.25, Quality(QualityVerdict.POOR, ("low_resolution",)),
    (Word("Đất", "Đât", 0.91, Box(1, 2, 30, 40), 0, "noi_dung", handwritten=True),),
    places=(ValuePlace("number", Box(5, 6, 70, 80), "12", Writing.HANDWRITTEN, 0.41),),
    codes=(PrintedCode("H12.01-260115-0042", Box(9, 9, 99, 99)),),
)  # fmt: skip


def test_there_and_back() -> None:
    """Every value survives, Vietnamese text included."""
    assert page_texts_from_json(page_texts_to_json([PAGE])) == (PAGE,)


def test_keys_are_those_of_the_published_format() -> None:
    """The keys of a page and a word are the contract's."""
    page = json.loads(page_texts_to_json([PAGE]))[0]
    promised = ["width", "height", "dpi", "rotation", "skew_degrees", "quality", "words"]
    assert [key for key in page if key in promised] == promised
    assert list(page["places"][0]) == ["name", "box", "text", "writing", "likeness"]
    assert list(page["codes"][0]) == ["text", "box"]
    assert list(page["words"][0]) == ["text", "raw", "confidence", "box", "line", "zone", "handwritten"]


@pytest.mark.parametrize("data", [b"", b"{", b'[{"width": 1}]', b"[1]", b"\xff"])
def test_damaged_data_is_refused(data: bytes) -> None:
    """Anything else is an error of ours, not a crash."""
    with pytest.raises(SidecarInvalid):
        page_texts_from_json(data)
