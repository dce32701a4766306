"""Page texts as JSON and back (tệp dữ liệu trang); the keys are those of the published format."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ocr.errors import SidecarInvalid
from ocr.types import (
    Box,
    FieldCandidate,
    PageText,
    PrintedCode,
    Quality,
    QualityVerdict,
    TextSource,
    ValuePlace,
    Word,
    Writing,
)


def page_texts_to_json(pages: Sequence[PageText]) -> bytes:
    """UTF-8 JSON of pages in order."""
    return json.dumps([page_to_dict(page) for page in pages], ensure_ascii=False).encode()


def page_texts_from_json(data: bytes) -> tuple[PageText, ...]:
    """Pages of what `page_texts_to_json` wrote; raises SidecarInvalid."""
    try:
        return tuple(_page_from_dict(page) for page in json.loads(data))
    except (ValueError, KeyError, TypeError) as exc:
        raise SidecarInvalid from exc


def page_to_dict(page: PageText) -> dict[str, Any]:
    """One page under the published keys."""
    return {
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "rotation": page.rotation,
        "skew_degrees": page.skew_degrees,
        "quality": {"verdict": page.quality.verdict.value, "reasons": list(page.quality.reasons)},
        "text_source": page.text_source.value,
        "text_reasons": list(page.text_reasons),
        "words": [_word_to_dict(word) for word in page.words],
        "places": [_place_to_dict(place) for place in page.places],
        "codes": [{"text": code.text, "box": list(code.box)} for code in page.codes],
    }


def field_to_dict(field: FieldCandidate) -> dict[str, Any]:
    """One field under the published keys; its name is the key it stands under."""
    return {
        "value": field.value,
        "raw": field.raw,
        "confidence": field.confidence,
        "page": field.page,
        "box": list(field.box) if field.box else None,
        "needs_review": field.needs_review,
        "reasons": list(field.reasons),
        "rules": dict(field.rules),
    }


def _word_to_dict(word: Word) -> dict[str, Any]:
    """One word under the published keys."""
    return {
        "text": word.text,
        "raw": word.raw,
        "confidence": word.confidence,
        "box": list(word.box),
        "line": word.line,
        "zone": word.zone,
        "handwritten": word.handwritten,
    }


def _place_to_dict(place: ValuePlace) -> dict[str, Any]:
    """One place for a value under the published keys."""
    return {
        "name": place.name,
        "box": list(place.box),
        "text": place.text,
        "writing": place.writing.value,
        "likeness": place.likeness,
    }


def _page_from_dict(page: Mapping[str, Any]) -> PageText:
    """One page from its keys."""
    quality = page["quality"]
    return PageText(
        width=int(page["width"]),
        height=int(page["height"]),
        dpi=int(page["dpi"]),
        rotation=int(page["rotation"]),
        skew_degrees=float(page["skew_degrees"]),
        quality=Quality(QualityVerdict(quality["verdict"]), tuple(map(str, quality["reasons"]))),
        words=tuple(_word_from_dict(word) for word in page["words"]),
        # Pages kept before born-digital text was taken have neither key.
        text_source=TextSource(page.get("text_source", TextSource.OCR)),
        text_reasons=tuple(map(str, page.get("text_reasons", ()))),
        # Pages kept before handwriting was judged have neither key.
        places=tuple(_place_from_dict(place) for place in page.get("places", ())),
        codes=tuple(PrintedCode(str(code["text"]), _box(code["box"])) for code in page.get("codes", ())),
    )


def _place_from_dict(place: Mapping[str, Any]) -> ValuePlace:
    """One place from its keys."""
    return ValuePlace(
        name=str(place["name"]),
        box=_box(place["box"]),
        text=str(place["text"]),
        writing=Writing(place["writing"]),
        likeness=float(place["likeness"]),
    )


def _word_from_dict(word: Mapping[str, Any]) -> Word:
    """One word from its keys."""
    return Word(
        text=str(word["text"]),
        raw=str(word["raw"]),
        confidence=float(word["confidence"]),
        box=_box(word["box"]),
        line=int(word["line"]),
        zone=str(word["zone"]),
        handwritten=bool(word["handwritten"]),
    )


def _box(edges: Sequence[Any]) -> Box:
    """A box from its four edges."""
    x0, y0, x1, y1 = (int(edge) for edge in edges)
    return Box(x0, y0, x1, y1)
