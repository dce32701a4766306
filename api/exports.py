"""A record's words in formats of other programs (xuất hOCR, ALTO), built when they are asked for."""

from typing import Literal

from ocr.alto import build_alto
from ocr.hocr import build_hocr
from ocr.sidecar import page_texts_from_json
from records.model import Record


def build_export(record: Record, words: bytes, form: Literal["hocr", "alto"]) -> bytes:
    """The words kept with a record, as they were read, as hOCR or ALTO; raises SidecarInvalid."""
    pages = page_texts_from_json(words)
    name = f"{record.id}.{record.original_format}"
    if form == "hocr":
        return build_hocr(pages, (), name)
    return build_alto(pages, (), name, record.original_sha256)
