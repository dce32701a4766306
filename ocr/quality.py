"""Whether a page can be read at all (đánh giá chất lượng trang): plain rules with stable codes."""

from collections.abc import Sequence

import cv2
import numpy as np

from ocr.clean import PreparedPage
from ocr.engine import EngineWord, Grey
from ocr.types import Quality, QualityVerdict

# TT 05/2025 and decree 30/2020 annex I part II ask for 200 dpi; below 90 marks above letters are lost.
_COARSE_DPI = 90
_LOW_DPI = 150
_DARK_PAPER = 110
_INK_LIMIT = 0.00035
_RESCAN_CONFIDENCE = 0.45
_POOR_CONFIDENCE = 0.70
_BLUR_LIMIT = 0.12
_FEW_WORDS = 3
_RESCAN_REASONS = frozenset({"too_coarse", "unreadable", "nothing_read"})


def is_blank(page: PreparedPage) -> bool:
    """Whether a page bears no print: an empty back, also with the ghost of a seal or of the front."""
    return ink_share(page.image) < _INK_LIMIT


def ink_share(image: Grey) -> float:
    """Share of clearly dark pixels inside the margins of an evenly lit page, specks left out."""
    height, width = image.shape
    inner = image[height // 25 : height - height // 25, width // 25 : width - width // 25]
    dark = cv2.medianBlur(np.ascontiguousarray(inner), 3) < 128
    return float(dark.mean())


def judge_quality(page: PreparedPage, words: Sequence[EngineWord]) -> Quality:
    """Good, poor, to be scanned again, or blank, with the reasons."""
    reasons: list[str] = []
    if page.archived_dpi < _COARSE_DPI:
        reasons.append("too_coarse")
    elif page.archived_dpi < _LOW_DPI:
        reasons.append("low_resolution")
    if float(np.percentile(page.before, 80)) < _DARK_PAPER:
        reasons.append("too_dark")
    lettered = [word for word in words if any(letter.isalnum() for letter in word.text)]
    if len(lettered) < _FEW_WORDS:
        if is_blank(page) or not lettered:
            return Quality(QualityVerdict.BLANK, tuple(reasons)) if is_blank(page) else _nothing_read(reasons)
        reasons.append("few_words")
    else:
        reasons.extend(_reading_reasons(page, lettered))
    return Quality(_verdict(reasons), tuple(reasons))


def _nothing_read(reasons: list[str]) -> Quality:
    """There is ink but no word: a picture, handwriting or a ruined page; a person must look."""
    return Quality(QualityVerdict.RESCAN, (*reasons, "nothing_read"))


def _reading_reasons(page: PreparedPage, words: Sequence[EngineWord]) -> list[str]:
    """Reasons that follow from how surely the words were read."""
    reasons: list[str] = []
    mean = mean_confidence(words)
    if mean < _RESCAN_CONFIDENCE:
        reasons.append("unreadable")
    elif mean < _POOR_CONFIDENCE:
        reasons.append("low_confidence")
    if mean < _POOR_CONFIDENCE and _sharpness(page.image) < _BLUR_LIMIT:
        reasons.append("blurred")
    return reasons


def mean_confidence(words: Sequence[EngineWord]) -> float:
    """Mean confidence weighted by length, 0 without words."""
    letters = sum(len(word.text) for word in words)
    if not letters:
        return 0.0
    return sum(word.confidence * len(word.text) for word in words) / letters


def _sharpness(image: Grey) -> float:
    """Share of the brightness range crossed within one pixel at the sharpest edges."""
    steps = np.abs(np.diff(image.astype(np.int16), axis=1))
    return float(np.percentile(steps, 99.5)) / 255


def _verdict(reasons: Sequence[str]) -> QualityVerdict:
    """The verdict that a set of reasons leads to."""
    if _RESCAN_REASONS & set(reasons):
        return QualityVerdict.RESCAN
    return QualityVerdict.POOR if reasons else QualityVerdict.GOOD
