"""What a confidence is worth (hiệu chuẩn độ tin cậy): the share of such words and values that are right.

Curves rise and have few points; `data/calibration.json` holds them with their origin, `bench/calibrate.py`
makes them. A word passes two: what its reader said, where the reader has no other readings to offer, and
what was made of that by repair, for each reader by itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import pairwise

from ocr.types import EngineVersion, PageText

Curve = Sequence[tuple[float, float]]
"""Points of confidence and share of right ones, both rising; straight lines between them."""

# Tesseract's word confidence against the share of right words, counted on 9,100 words of scanned and
# generated pages; it says 0.8 where 0.6 is true and is nearly certain only from 0.96 on.
_TESSERACT: Curve = (
    (0.0, 0.06),
    (0.2, 0.2),
    (0.4, 0.4),
    (0.6, 0.5),
    (0.8, 0.6),
    (0.87, 0.67),
    (0.89, 0.76),
    (0.91, 0.85),
    (0.93, 0.93),
    (0.95, 0.95),
    (0.965, 0.992),
    (1.0, 0.995),
)


def calibrate(confidence: float) -> float:
    """The chance that a word that Tesseract read with this confidence is right, 0 to 1."""
    return follow(_TESSERACT, confidence)


def calibrate_words(page: PageText, reader: EngineVersion) -> PageText:
    """The page with the chance that each word, as it now stands, is right."""
    curve = load_curves()["words"].get(name_curve(reader), ())
    words = tuple(replace(word, confidence=round(follow(curve, word.confidence), 3)) for word in page.words)
    return replace(page, words=words)


def name_curve(reader: EngineVersion) -> str:
    """Under what name a reader's curve is kept: a new model must not go by the old one's curve.

    Tesseract's version is the machine's and its language data hardly change: one curve for all.
    """
    return reader.name if reader.name == "tesseract" else f"{reader.name} {reader.version}"


def calibrate_field(name: str, confidence: float) -> float:
    """The chance that a field's value is right, from the chance that all its words are."""
    return follow(load_curves()["fields"].get(name, ()), confidence)


def follow(curve: Curve, confidence: float) -> float:
    """The curve's value at a confidence, its ends beyond; the confidence itself without a curve."""
    if not curve:
        return confidence
    for (x0, y0), (x1, y1) in pairwise(curve):
        if confidence <= x1:
            return y0 + (y1 - y0) * (max(confidence, x0) - x0) / (x1 - x0)
    return curve[-1][1]


@cache
def load_curves() -> Mapping[str, dict[str, Curve]]:
    """The curves of words by reader ("words") and of values by field ("fields")."""
    known = json.loads(files("ocr").joinpath("data/calibration.json").read_text(encoding="utf-8"))
    return {"words": known["words"], "fields": known["fields"]}
