"""hOCR and ALTO: structure, boxes, confidence, order, and text that XML cannot hold."""

import re
from xml.etree import ElementTree

import pytest

from ocr.alto import build_alto
from ocr.blocks import build_blocks
from ocr.hocr import build_hocr
from ocr.types import Box, EngineVersion, PageText, Quality, QualityVerdict, Word

HTML = "{http://www.w3.org/1999/xhtml}"
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
READERS = (EngineVersion("tesseract", "5.3.0"),)


def page(*words: Word, rotation: int = 0) -> PageText:
    """A page of 1000 by 1400 pixels."""
    return PageText(1000, 1400, 200, rotation, 0.0, Quality(QualityVerdict.GOOD), words)


LETTER = page(
    Word("SỞ", "SỞ", 0.98, Box(100, 100, 140, 120), 0, "co_quan"),
    Word("NỘI", "NOI", 0.61, Box(150, 100, 200, 120), 0, "co_quan"),
    Word("VỤ", "VỤ", 0.9, Box(100, 130, 140, 150), 1, "co_quan"),
    Word("<Căn>", "<Căn>", 0.5, Box(100, 300, 160, 320), 2, "noi_dung"),
    Word("cứ\x0c", "cứ\x0c", 0.5, Box(170, 300, 200, 320), 2, "noi_dung"),
)


def hocr_elements(data: bytes, name: str) -> list[ElementTree.Element]:
    """Elements of one hOCR class in order."""
    return [element for element in ElementTree.fromstring(data).iter() if element.get("class") == name]


def test_hocr_nests_page_area_paragraph_line_and_word() -> None:
    """Each class of hOCR stands in the one above it, and words come in reading order."""
    root = ElementTree.fromstring(build_hocr([LETTER, page()], READERS, "a.jpg"))
    path = f"{HTML}body/{HTML}div/{HTML}div/{HTML}p/{HTML}span/{HTML}span"
    assert [word.text for word in root.findall(path)] == ["SỞ", "NỘI", "VỤ", "<Căn>", "cứ"]
    classes = [element.get("class") for element in root.findall(f"{HTML}body//*")]
    assert [name for name in classes if name != "ocrx_word"] == [
        "ocr_page", "ocr_carea", "ocr_par", "ocr_line", "ocr_line", "ocr_carea", "ocr_par", "ocr_line",
        "ocr_page",
    ]  # fmt: skip
    keys = [element.get("id") for element in root.findall(f"{HTML}body//*")]
    assert None not in keys
    assert len(set(keys)) == len(keys)


def test_hocr_properties_are_those_of_the_specification() -> None:
    """Boxes hold what is inside them, confidence is in hundredths, the capabilities are named."""
    data = build_hocr([LETTER], READERS, 'a "b".jpg')
    (first, *_), line = hocr_elements(data, "ocrx_word"), hocr_elements(data, "ocr_line")[0]
    assert first.get("title") == "bbox 100 100 140 120; x_wconf 98"
    assert line.get("title") == "bbox 100 100 200 120"
    assert hocr_elements(data, "ocr_carea")[0].get("title") == "bbox 100 100 200 150"
    assert hocr_elements(data, "ocr_carea")[0].get("data-zone") == "co_quan"
    assert hocr_elements(data, "ocr_page")[0].get("title") == (
        "image \"a 'b'.jpg\"; bbox 0 0 1000 1400; ppageno 0; scan_res 200 200"
    )
    meta = {element.get("name"): element.get("content") for element in ElementTree.fromstring(data).iter()}
    assert meta["ocr-system"] == "Sohoa tesseract 5.3.0"
    assert "ocrp_wconf" in str(meta["ocr-capabilities"])


def test_turned_page_says_its_text_angle() -> None:
    """On a scan that lies on its side hOCR and ALTO tell how the text runs."""
    turned = page(Word("a", "a", 1.0, Box(0, 0, 9, 9), 0), rotation=90)
    assert "textangle 90" in str(hocr_elements(build_hocr([turned], (), "a.jpg"), "ocr_line")[0].get("title"))
    block = ElementTree.fromstring(build_alto([turned], (), "a.jpg", "0" * 64)).find(f".//{ALTO}TextBlock")
    assert block is not None
    assert block.get("ROTATION") == "90"


def test_alto_has_the_elements_of_version_4_in_their_order() -> None:
    """Description, tags and layout; every reference has its target and every position its four sides."""
    root = ElementTree.fromstring(build_alto([LETTER, page()], READERS, "a.jpg", "ab" * 32))
    assert root.tag == f"{ALTO}alto"
    assert [child.tag.removeprefix(ALTO) for child in root] == ["Description", "Tags", "Layout"]
    description = root[0]
    assert [child.tag.removeprefix(ALTO) for child in description] == [
        "MeasurementUnit", "sourceImageInformation", "Processing",
    ]  # fmt: skip
    keys = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(set(keys)) == len(keys)
    assert {element.get("TAGREFS") for element in root.iter(f"{ALTO}TextBlock")} <= set(keys)
    for name in ("TextBlock", "TextLine", "String"):
        for element in root.iter(f"{ALTO}{name}"):
            assert {"HPOS", "VPOS", "WIDTH", "HEIGHT"} <= set(element.keys())
    assert [found.get("PHYSICAL_IMG_NR") for found in root.iter(f"{ALTO}Page")] == ["1", "2"]


def test_alto_words_keep_confidence_and_the_raw_reading() -> None:
    """Confidence is 0 to 1; what was read before a repair is the word's alternative."""
    root = ElementTree.fromstring(build_alto([LETTER], READERS, "a.jpg", "ab" * 32))
    words = list(root.iter(f"{ALTO}String"))
    assert [word.get("CONTENT") for word in words] == ["SỞ", "NỘI", "VỤ", "<Căn>", "cứ"]
    assert all(re.fullmatch(r"[01]\.\d{3}", word.get("WC", "")) for word in words)
    assert [part.text for part in root.iter(f"{ALTO}ALTERNATIVE")] == ["NOI"]
    assert len(list(root.iter(f"{ALTO}SP"))) == 2


@pytest.mark.parametrize("count", [0, 1])
def test_document_without_words_is_well_formed(count: int) -> None:
    """A blank page, or a document without pages, gives a readable file all the same."""
    pages = [page()] * count
    assert ElementTree.fromstring(build_hocr(pages, (), "a.jpg")).tag == f"{HTML}html"
    assert ElementTree.fromstring(build_alto(pages, (), "a.jpg", "0" * 64)).tag == f"{ALTO}alto"


def test_blocks_are_runs_of_one_zone() -> None:
    """Lines of a zone that is left and taken up again make two blocks."""
    words = [Word("a", "a", 1.0, Box(0, n, 9, n + 1), n, zone) for n, zone in enumerate(("x", "x", "y", "x"))]
    assert [(block.zone, len(block.lines)) for block in build_blocks(page(*words))] == [
        ("x", 2), ("y", 1), ("x", 1),
    ]  # fmt: skip
