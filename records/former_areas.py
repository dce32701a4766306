"""Provinces and districts that are no more (tỉnh, huyện cũ): what a printed agency's area is called today.

A paper keeps its agency's name as printed; this only says where that area lies now. Dated data in
`data/former_areas.toml`. Since 1 July 2025 there are no districts.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "former_areas.toml"
_DISTRICTS_ENDED = date(2025, 7, 1)
_AGENCIES = "so|ubnd|uy ban|hdnd|hoi dong|cong an|chi cuc|cuc|toa an|thanh tra|van phong|trung tam|ban"
_DASHES = str.maketrans("–—‑", "---")
_DISTRICT = re.compile(r"\b(?:huyen|quan|thi xa)\s+\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FormerArea:
    """A province whose name ended (tỉnh cũ) and the one its area belongs to since."""

    former: str
    current: str
    valid_from: date
    document: str
    pattern: re.Pattern[str]


def describe_area_now(issuer: str, issued: date) -> str:
    """What a clerk should know of the area in an agency's printed name; "" where it is as it was."""
    plain = _fold(issuer)
    notes = [
        f"{area.former} nay thuộc {area.current} từ {area.valid_from:%d/%m/%Y} ({area.document})."
        for area in _read_areas()
        if issued < area.valid_from and area.pattern.search(plain)
    ]
    if issued < _DISTRICTS_ENDED and _DISTRICT.search(plain):
        notes.append(f"Cấp huyện kết thúc hoạt động từ {_DISTRICTS_ENDED:%d/%m/%Y}.")
    return " ".join(notes)


@lru_cache(maxsize=1)
def _read_areas() -> tuple[FormerArea, ...]:
    changes = tomllib.loads(_DATA.read_text(encoding="utf-8"))["change"]
    return tuple(
        FormerArea(former, current, change["valid_from"], change["document"], _build_pattern(former))
        for change in changes
        for former, current in change["provinces"].items()
    )


def _build_pattern(name: str) -> re.Pattern[str]:
    """The name behind the word for a province, or ending an agency's name: firms have such names too."""
    words = r"[\s-]+".join(map(re.escape, _fold(name).replace("-", " ").split()))
    return re.compile(rf"\btinh\s+{words}\b|^(?:{_AGENCIES})\b.*\b{words}\W*$")


def _fold(text: str) -> str:
    """Lower case without accents; ways of writing (Hoà, Hòa) and of reading make no difference."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d").translate(_DASHES))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
