"""Named ways of reading (cấu hình nhận dạng); a new reader is one function here and a line in the table.

A profile whose models are missing or damaged reads with Tesseract instead; `find_fault` says why.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from ocr.engine import OcrEngine
from ocr.engines.tesseract import TesseractEngine
from ocr.errors import ModelDamaged, ModelMissing, ProfileMissing
from ocr.models import Model, find_missing, models_folder

TESSERACT, FAST = "tesseract", "fast"
DEFAULT_PROFILE = TESSERACT


def build_engine(profile: str = DEFAULT_PROFILE, timeout_seconds: float = 120.0) -> OcrEngine:
    """The reader of a profile, checked to be usable; Tesseract where the profile's models are not there.

    Raises ProfileMissing, EngineMissing, LanguageDataMissing.
    """
    make = _PROFILES.get(profile)
    if make is None:
        raise ProfileMissing(f"Có: {', '.join(_PROFILES)}.", profile=profile)
    try:
        engine = make(timeout_seconds, models_folder())
    except (ModelMissing, ModelDamaged):
        engine = _build_tesseract(timeout_seconds, models_folder())
    _ = engine.version
    return engine


def find_fault(profile: str) -> ModelMissing | ModelDamaged | None:
    """Why a profile reads with Tesseract alone; None when it has the models it asks for.

    Looks at names and sizes only; a changed model of the right size shows when it is loaded.
    """
    missing = find_missing(models_folder(), _NEEDED.get(profile, ()))
    return ModelMissing(file=missing[0].value) if missing else None


def _build_tesseract(timeout_seconds: float, models: Path) -> OcrEngine:
    """The base reader, which needs no models of ours."""
    del models
    return TesseractEngine(timeout_seconds=timeout_seconds)


def _build_fast(timeout_seconds: float, models: Path) -> OcrEngine:
    """The neural line reader; ONNX Runtime is loaded only where it is used."""
    del timeout_seconds  # it runs in the page's own process, whose time the pool watches
    from ocr.engines.fast import FastEngine

    return FastEngine(models)


_PROFILES: Mapping[str, Callable[[float, Path], OcrEngine]] = {
    TESSERACT: _build_tesseract,
    FAST: _build_fast,
}
_NEEDED: Mapping[str, tuple[Model, ...]] = {
    FAST: (Model.LINE_DETECTOR, Model.LINE_READER, Model.LINE_READER_FACTS),
}
