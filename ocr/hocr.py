"""Words with boxes as hOCR 1.2 (xuất hOCR): one XHTML file, boxes in pixels of the archived image."""

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ocr.blocks import TextBlock, TextLine, build_blocks, clean_text
from ocr.types import Box, EngineVersion, PageText, Word

_XHTML = "http://www.w3.org/1999/xhtml"
_DOCTYPE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
    b'"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
)
_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_lang ocrp_wconf"


def build_hocr(pages: Sequence[PageText], engines: Sequence[EngineVersion], name: str) -> bytes:
    """A document's pages in order; `name` is the source file's, for the reader only.

    The zone of decree 30/2020 stands in `data-zone` of each `ocr_carea`.
    """
    ElementTree.register_namespace("", _XHTML)
    root = Element(f"{{{_XHTML}}}html", {"lang": "vi"})
    _add_head(root, pages, engines, name)
    body = _add(root, "body")
    for number, page in enumerate(pages):
        _add_page(body, page, number, name)
    return _DOCTYPE + ElementTree.tostring(root, encoding="utf-8")


def _add_head(root: Element, pages: Sequence[PageText], engines: Sequence[EngineVersion], name: str) -> None:
    """Title and the metadata that hOCR 1.2 section 10 asks for."""
    head = _add(root, "head")
    _add(head, "title").text = clean_text(name)
    _add(head, "meta", {"http-equiv": "Content-Type", "content": "text/html; charset=utf-8"})
    system = "Sohoa" + "".join(f" {engine.name} {engine.version}" for engine in engines)
    for key, content in (
        ("ocr-system", clean_text(system)),
        ("ocr-capabilities", _CAPABILITIES),
        ("ocr-langs", "vi"),
        ("ocr-number-of-pages", str(len(pages))),
    ):
        _add(head, "meta", {"name": key, "content": content})


def _add_page(body: Element, page: PageText, number: int, name: str) -> None:
    """One `ocr_page` with its blocks."""
    # Quotation marks would end the property's value.
    image = clean_text(name).replace('"', "'").replace("\\", "/")
    properties = (
        f'image "{image}"; {_bbox(Box(0, 0, page.width, page.height))}; '
        f"ppageno {number}; scan_res {page.dpi} {page.dpi}"
    )
    element = _add(body, "div", {"class": "ocr_page", "id": f"page_{number + 1}", "title": properties})
    for place, block in enumerate(build_blocks(page), start=1):
        _add_block(element, block, f"{number + 1}_{place}", page.rotation)


def _add_block(parent: Element, block: TextBlock, key: str, rotation: int) -> None:
    """One `ocr_carea` with one `ocr_par`."""
    properties = {"class": "ocr_carea", "id": f"block_{key}", "title": _bbox(block.box)}
    if block.zone:
        properties["data-zone"] = block.zone
    area = _add(parent, "div", properties)
    paragraph = _add(
        area, "p", {"class": "ocr_par", "id": f"par_{key}", "lang": "vi", "title": _bbox(block.box)}
    )
    for place, line in enumerate(block.lines, start=1):
        _add_line(paragraph, line, f"{key}_{place}", rotation)


def _add_line(parent: Element, line: TextLine, key: str, rotation: int) -> None:
    """One `ocr_line`; a turned scan's text runs at an angle, counted anticlockwise."""
    turned = f"; textangle {rotation}" if rotation else ""
    properties = {"class": "ocr_line", "id": f"line_{key}", "title": _bbox(line.box) + turned}
    element = _add(parent, "span", properties)
    last: Element | None = None
    for place, word in enumerate(line.words, start=1):
        if last is not None:
            last.tail = " "
        last = _add_word(element, word, f"{key}_{place}")
    element.tail = "\n"


def _add_word(parent: Element, word: Word, key: str) -> Element:
    """One `ocrx_word` with its confidence in hundredths."""
    properties = f"{_bbox(word.box)}; x_wconf {round(word.confidence * 100)}"
    element = _add(parent, "span", {"class": "ocrx_word", "id": f"word_{key}", "title": properties})
    element.text = clean_text(word.text)
    return element


def _add(parent: Element, tag: str, properties: dict[str, str] | None = None) -> Element:
    """A child element of XHTML."""
    return SubElement(parent, f"{{{_XHTML}}}{tag}", properties or {})


def _bbox(box: Box) -> str:
    """The `bbox` property."""
    return f"bbox {box.x0} {box.y0} {box.x1} {box.y1}"
