"""Ways of reading as people choose them (cách đọc): by setting, and for each batch when it is opened."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from api.wiring import Service
from ocr.profiles import find_fault, list_profiles
from records.errors import InvalidValue, ServiceError

_LABELS: Mapping[str, str] = {
    "tesseract": "Cơ bản (Tesseract)",
    "fast": "Nhanh",
    "accurate": "Chính xác",
}
_SECONDS_KEPT = 60


@dataclass(frozen=True, slots=True)
class ProfileChoice:
    """A profile (cách đọc): its name, its Vietnamese label, what it lacks on this machine, if anything."""

    name: str
    label_vi: str
    notice_vi: str | None = None


def choose_profile(service: Service, name: str | None) -> ProfileChoice:
    """What a new batch is read with: the profile named, or that of the settings.

    Raises `InvalidValue` for one this version does not have. One whose models are missing may be chosen:
    its pages are read by Tesseract, and the notice says so.
    """
    wanted = (name or "").strip() or service.settings.ocr.profile
    known = list_profiles()
    if wanted not in known:
        raise InvalidValue(f"Không có cách đọc này. Có: {', '.join(known)}.", field="profile")
    return find_choice(service, wanted)


def list_choices(service: Service) -> list[ProfileChoice]:
    """Every profile of this version."""
    return [find_choice(service, name) for name in list_profiles()]


def find_choice(service: Service, name: str) -> ProfileChoice:
    """A profile as it is here; one that a batch had under another version is named as it is."""
    folder = service.settings.ocr.models.absolute()
    # The models are checked by their hashes: not at every look at a page.
    notice = _find_notice(name, folder, int(time.monotonic()) // _SECONDS_KEPT)
    return ProfileChoice(name, _LABELS.get(name, name), notice)


@lru_cache(maxsize=16)
def _find_notice(name: str, folder: Path, _minute: int) -> str | None:
    """What a profile lacks, in words."""
    try:
        fault = find_fault(name, folder)
    except ServiceError as error:
        return error.text_vi
    return f"{fault.text_vi} Trong khi chờ, trang được đọc bằng Tesseract." if fault else None
