"""Named ways of reading (cấu hình nhận dạng); a new reader is one line here."""

from collections.abc import Callable, Mapping

from ocr.engine import OcrEngine
from ocr.engines.tesseract import TesseractEngine
from ocr.errors import ProfileMissing

_PROFILES: Mapping[str, Callable[[float], OcrEngine]] = {
    "tesseract": lambda seconds: TesseractEngine(timeout_seconds=seconds),
}
DEFAULT_PROFILE = "tesseract"


def build_engine(profile: str = DEFAULT_PROFILE, timeout_seconds: float = 120.0) -> OcrEngine:
    """The reader of a profile, checked to be usable.

    Raises ProfileMissing, EngineMissing, LanguageDataMissing.
    """
    make = _PROFILES.get(profile)
    if make is None:
        raise ProfileMissing(f"Có: {', '.join(_PROFILES)}.", profile=profile)
    engine = make(timeout_seconds)
    _ = engine.version
    return engine
