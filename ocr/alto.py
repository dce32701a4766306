"""Words with boxes as ALTO 4 (xuất ALTO): the library world's format, kept beside METS packages."""

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ocr.blocks import TextBlock, TextLine, build_blocks, clean_text
from ocr.types import Box, EngineVersion, PageText, Word

_ALTO = "http://www.loc.gov/standards/alto/ns-v4#"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = f"{_ALTO} http://www.loc.gov/standards/alto/v4/alto-4-2.xsd"
VERSION = "4.2"


def build_alto(pages: Sequence[PageText], engines: Sequence[EngineVersion], name: str, sha256: str) -> bytes:
    """A document's pages in order, boxes in pixels of the archived image.

    Zones of decree 30/2020 are structure tags; a word that was repaired keeps what was read as its
    ALTERNATIVE.
    """
    ElementTree.register_namespace("", _ALTO)
    ElementTree.register_namespace("xsi", _INSTANCE)
    root = Element(f"{{{_ALTO}}}alto", {f"{{{_INSTANCE}}}schemaLocation": _SCHEMA, "SCHEMAVERSION": VERSION})
    blocks = [build_blocks(page) for page in pages]
    _add_description(root, engines, name, sha256)
    _add_tags(root, sorted({block.zone for held in blocks for block in held if block.zone}))
    layout = _add(root, "Layout")
    for number, (page, held) in enumerate(zip(pages, blocks, strict=True), start=1):
        _add_page(layout, page, held, number)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="utf-8")


def _add_description(root: Element, engines: Sequence[EngineVersion], name: str, sha256: str) -> None:
    """Unit, source file and the readers."""
    description = _add(root, "Description")
    _add(description, "MeasurementUnit").text = "pixel"
    source = _add(description, "sourceImageInformation")
    _add(source, "fileName").text = clean_text(name)
    _add(source, "fileIdentifier", {"fileIdentifierLocation": "sha256"}).text = sha256
    processing = _add(description, "Processing", {"ID": "ocr"})
    _add(processing, "processingCategory").text = "contentGeneration"
    readers = ", ".join(f"{engine.name} {engine.version}" for engine in engines)
    if readers:
        _add(processing, "processingStepSettings").text = clean_text(readers)
    software = _add(processing, "processingSoftware")
    _add(software, "softwareName").text = "Sohoa"


def _add_tags(root: Element, zones: Sequence[str]) -> None:
    """A structure tag for each zone that occurs."""
    if not zones:
        return
    tags = _add(root, "Tags")
    for zone in zones:
        _add(tags, "StructureTag", {"ID": _tag(zone), "LABEL": zone})


def _add_page(layout: Element, page: PageText, blocks: Sequence[TextBlock], number: int) -> None:
    """One page; its print space is the whole image."""
    size = {"WIDTH": str(page.width), "HEIGHT": str(page.height)}
    element = _add(layout, "Page", {"ID": f"p{number}", "PHYSICAL_IMG_NR": str(number), **size})
    space = _add(element, "PrintSpace", {"HPOS": "0", "VPOS": "0", **size})
    for place, block in enumerate(blocks, start=1):
        _add_block(space, block, f"p{number}b{place}", page.rotation)


def _add_block(parent: Element, block: TextBlock, key: str, rotation: int) -> None:
    """One block of a zone; ROTATION counts anticlockwise."""
    properties = {"ID": key, **_place(block.box)}
    if block.zone:
        properties["TAGREFS"] = _tag(block.zone)
    if rotation:
        properties["ROTATION"] = str(rotation)
    element = _add(parent, "TextBlock", properties)
    for place, line in enumerate(block.lines, start=1):
        _add_line(element, line, f"{key}l{place}")


def _add_line(parent: Element, line: TextLine, key: str) -> None:
    """One line: words with a blank between them."""
    element = _add(parent, "TextLine", {"ID": key, **_place(line.box)})
    for place, word in enumerate(line.words, start=1):
        if place > 1:
            _add(element, "SP")
        _add_word(element, word, f"{key}w{place}")


def _add_word(parent: Element, word: Word, key: str) -> None:
    """One string with its confidence."""
    text, raw = clean_text(word.text), clean_text(word.raw)
    properties = {"ID": key, **_place(word.box), "CONTENT": text, "WC": f"{word.confidence:.3f}"}
    element = _add(parent, "String", properties)
    if raw and raw != text:
        _add(element, "ALTERNATIVE", {"PURPOSE": "raw"}).text = raw


def _add(parent: Element, tag: str, properties: dict[str, str] | None = None) -> Element:
    """A child element of ALTO."""
    return SubElement(parent, f"{{{_ALTO}}}{tag}", properties or {})


def _place(box: Box) -> dict[str, str]:
    """Position and size."""
    return {
        "HPOS": str(box.x0),
        "VPOS": str(box.y0),
        "WIDTH": str(box.x1 - box.x0),
        "HEIGHT": str(box.y1 - box.y0),
    }


def _tag(zone: str) -> str:
    """The id of a zone's tag."""
    return f"zone-{zone}"
