"""Named ways of reading (cấu hình nhận dạng); a new reader is one function here and a line in the table.

A profile whose models are missing or damaged gives way to a simpler one, at last to Tesseract, which needs
none; `find_fault` says why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocr.errors import ModelDamaged, ModelMissing, ProfileMissing
from ocr.models import LINE_MODELS, Model, models_folder, read_model
from ocr.types import EngineVersion

if TYPE_CHECKING:
    # Whoever asks which readers there are need not load NumPy and OpenCV.
    from ocr.engine import OcrEngine

TESSERACT, FAST, ACCURATE = "tesseract", "fast", "accurate"
DEFAULT_PROFILE = ACCURATE
"""The best reader; where its models are missing a simpler one reads, and that is said."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A way of reading (cấu hình nhận dạng): how its reader is made, what it needs, who takes part in it.

    `build` takes the seconds a page may take and the models folder; `engines` names the readers without
    loading one; `instead` is the profile that reads when models are missing.
    """

    build: "Callable[[float, Path], OcrEngine]"
    models: tuple[Model, ...]
    engines: Callable[[], tuple[EngineVersion, ...]]
    instead: str = TESSERACT


def build_engine(profile: str = DEFAULT_PROFILE, timeout_seconds: float = 120.0) -> "OcrEngine":
    """The reader of a profile, checked to be usable; a simpler one where the profile's models are not there.

    Raises ProfileMissing, EngineMissing, LanguageDataMissing.
    """
    chosen = _get_profile(profile)
    try:
        engine = chosen.build(timeout_seconds, models_folder())
    except (ModelMissing, ModelDamaged):
        return build_engine(chosen.instead, timeout_seconds)
    _ = engine.version
    return engine


def list_profiles() -> tuple[str, ...]:
    """The names of all profiles of this version, the plainest first."""
    return tuple(_PROFILES)


def find_fault(profile: str, folder: Path | None = None) -> ModelMissing | ModelDamaged | None:
    """Why a profile gives way to a simpler one; None when every model it asks for is the pinned one."""
    try:
        for model in _get_profile(profile).models:
            read_model(folder or models_folder(), model)
    except (ModelMissing, ModelDamaged) as fault:
        return fault
    return None


def find_engines(profile: str) -> tuple[EngineVersion, ...]:
    """The readers that pages of this profile will go through on this machine; none of them is loaded.

    Raises ProfileMissing, EngineMissing, LanguageDataMissing.
    """
    chosen = _get_profile(profile)
    return chosen.engines() if find_fault(profile) is None else find_engines(chosen.instead)


def _get_profile(name: str) -> Profile:
    """A profile by its name; raises ProfileMissing."""
    found = _PROFILES.get(name)
    if found is None:
        raise ProfileMissing(f"Có: {', '.join(_PROFILES)}.", profile=name)
    return found


def _tesseract_alone() -> tuple[EngineVersion, ...]:
    """The base reader's version."""
    from ocr.engines.tesseract import TesseractEngine

    return (TesseractEngine().version,)


def _build_tesseract(timeout_seconds: float, models: Path) -> "OcrEngine":
    """The base reader, which needs no models of ours."""
    del models
    from ocr.engines.tesseract import TesseractEngine

    return TesseractEngine(timeout_seconds=timeout_seconds)


def _build_fast(timeout_seconds: float, models: Path) -> "OcrEngine":
    """The neural line reader; ONNX Runtime is loaded only where it is used."""
    del timeout_seconds  # it runs in the page's own process, whose time the pool watches
    from ocr.engines.fast import FastEngine

    return FastEngine(models)


def _build_accurate(timeout_seconds: float, models: Path) -> "OcrEngine":
    """The neural line reader with a strong one behind it."""
    del timeout_seconds  # as for the fast one
    from ocr.engines.accurate import AccurateEngine

    return AccurateEngine(models)


_FAST_ENGINES = (EngineVersion("trueocr", "0.1.1+vn2"),)
_PROFILES: Mapping[str, Profile] = {
    TESSERACT: Profile(_build_tesseract, (), _tesseract_alone),
    FAST: Profile(_build_fast, LINE_MODELS, lambda: _FAST_ENGINES),
    ACCURATE: Profile(
        _build_accurate,
        (*LINE_MODELS, Model.STRONG_READER),
        lambda: (*_FAST_ENGINES, EngineVersion("asterocr", "1.0.2")),
        instead=FAST,
    ),
}
