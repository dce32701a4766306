"""Whether a page can be read at all (đánh giá chất lượng trang): plain rules with stable codes."""

from collections.abc import Iterator, Mapping, Sequence

import cv2
import numpy as np

from ocr.clean import PreparedPage
from ocr.engine import EngineWord, Grey
from ocr.faults import Fault
from ocr.skew import still_leans
from ocr.types import Quality, QualityVerdict

# TT 05/2025 and decree 30/2020 annex I part II ask for 200 dpi; below 90 marks above letters are lost.
_COARSE_DPI = 90
_LOW_DPI = 150
_DARK_PAPER, _BLACK_PAPER = 110, 50
_FAINT_INK, _INVISIBLE_INK = 40, 16
_INK_LIMIT = 0.00035
_CLEAR, _PALE = 128, 225
_RESCAN_CONFIDENCE = 0.45
_POOR_CONFIDENCE = 0.70
_LOST_EDGES, _SOFT_EDGES, _SMEARED_EDGES = 0.12, 0.16, 0.30
_NO_INK = 6
_FEW_WORDS = 3
_SAMPLE = 60


def is_blank(page: PreparedPage) -> bool:
    """Whether a page bears no print: an empty back, also with the ghost of a seal or of the front."""
    return ink_share(page.image) < _INK_LIMIT


def has_faint_ink(page: PreparedPage) -> bool:
    """Whether a page that is blank otherwise bears grey marks: the ghost of a seal, or print gone pale."""
    return ink_share(page.image, _PALE) >= _INK_LIMIT


def ink_share(image: Grey, below: int = _CLEAR) -> float:
    """Share of pixels darker than `below` inside the margins of an evenly lit page, specks left out."""
    height, width = image.shape
    inner = image[height // 25 : height - height // 25, width // 25 : width - width // 25]
    dark = cv2.medianBlur(np.ascontiguousarray(inner), 3) < below
    return float(dark.mean())


def is_print(words: Sequence[EngineWord], sure: float) -> bool:
    """Whether words read on faint ink are print: several, read as surely as upright print is."""
    lettered = [word for word in words if any(letter.isalnum() for letter in word.text)]
    return len(lettered) >= _FEW_WORDS and mean_confidence(lettered) >= sure


def judge_quality(page: PreparedPage, words: Sequence[EngineWord]) -> Quality:
    """Good, poor, to be scanned again, or blank, with the reasons (`ocr.faults` has their texts)."""
    lettered = [word for word in words if any(letter.isalnum() for letter in word.text)]
    if len(lettered) < _FEW_WORDS and is_blank(page):
        if _paper_level(page) < _BLACK_PAPER:  # an open lid, a dead lamp: there may be print all the same
            return Quality(QualityVerdict.RESCAN, (Fault.TOO_DARK.value,))
        return Quality(QualityVerdict.BLANK)
    found = dict(_judge_image(page))
    if not lettered:
        # A picture, handwriting or a ruined page: a person must look.
        found[Fault.NOTHING_READ] = True
    elif len(lettered) < _FEW_WORDS:
        found[Fault.FEW_WORDS] = False
    else:
        found |= dict(_judge_print(page, lettered))
    is_lost = found.get(Fault.NOTHING_READ) or found.get(Fault.UNREADABLE)
    if is_lost and still_leans(page.before, page.dpi):
        found[Fault.SKEWED] = True
    return Quality(_verdict(found), tuple(fault.value for fault in Fault if fault in found))


Finding = tuple[Fault, bool]
"""A fault, and whether the page has to be scanned again for it."""


def _judge_image(page: PreparedPage) -> Iterator[Finding]:
    """What the image alone says."""
    if page.archived_dpi < _COARSE_DPI:
        yield Fault.TOO_COARSE, True
    elif page.archived_dpi < _LOW_DPI:
        yield Fault.LOW_RESOLUTION, False
    if page.is_cut:
        yield Fault.CUT_OFF, True
    paper = _paper_level(page)
    if paper < _DARK_PAPER:
        yield Fault.TOO_DARK, paper < _BLACK_PAPER


def _paper_level(page: PreparedPage) -> float:
    """How bright the paper is, 0 to 255."""
    return float(np.percentile(page.before[::4, ::4], 80))


def _judge_print(page: PreparedPage, words: Sequence[EngineWord]) -> Iterator[Finding]:
    """What the words say: how surely they were read, how black and how sharp they stand."""
    mean = mean_confidence(words)
    if mean < _RESCAN_CONFIDENCE:
        yield Fault.UNREADABLE, True
    elif mean < _POOR_CONFIDENCE:
        yield Fault.LOW_CONFIDENCE, False
    contrast, edges = _measure_print(page.before, words)
    edges *= max(1.0, page.geometry.scale)  # enlarging a page spreads its edges over more pixels
    if contrast < _FAINT_INK:
        yield Fault.TOO_LIGHT, contrast < _INVISIBLE_INK or mean < _POOR_CONFIDENCE
    if edges < _SOFT_EDGES or (mean < _POOR_CONFIDENCE and edges < _SMEARED_EDGES):
        yield Fault.BLURRED, edges < _LOST_EDGES or mean < _POOR_CONFIDENCE


def _measure_print(image: Grey, words: Sequence[EngineWord]) -> tuple[float, float]:
    """How much darker ink is than paper, of 255, and what share of it the steepest edges cross in a pixel.

    Medians over a sample of words, for seals, streaks and shadows touch only some of them.
    """
    contrasts: list[float] = []
    edges: list[float] = []
    for word in words[:: max(1, len(words) // _SAMPLE)]:
        box = word.box
        patch = image[max(0, box.y0) : box.y1, max(0, box.x0) : box.x1].astype(np.int16)
        if min(patch.shape) < 4:
            continue
        low, high = (float(level) for level in np.percentile(patch, (4, 90)))
        if high - low < _NO_INK:
            continue
        contrasts.append((high - low) * 255 / max(high, 1.0))
        steepest = float(np.percentile(np.abs(np.diff(patch, axis=1)), 98))
        edges.append(steepest / max(high - low, 1.0))
    if not contrasts:
        return 255.0, 1.0
    return float(np.median(contrasts)), float(np.median(edges))


def mean_confidence(words: Sequence[EngineWord]) -> float:
    """Mean confidence weighted by length, 0 without words."""
    letters = sum(len(word.text) for word in words)
    if not letters:
        return 0.0
    return sum(word.confidence * len(word.text) for word in words) / letters


def _verdict(found: Mapping[Fault, bool]) -> QualityVerdict:
    """The verdict that a set of faults leads to."""
    if any(found.values()):
        return QualityVerdict.RESCAN
    return QualityVerdict.POOR if found else QualityVerdict.GOOD
