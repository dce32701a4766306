"""Pages that differ between a signed version and the file as it is (trang khác biệt), as pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PROGRAMS: Mapping[str, str] = {"pdfium": "PDFium", "poppler": "Poppler"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A page to be shown twice (trang khác biệt): as signature `number` saw it and as it is now.

    `boxes`: x, y, width and height in points from the top left corner, kind and program.
    """

    number: int
    page: int
    size: tuple[float, float]
    boxes: tuple[tuple[float, float, float, float, str, str], ...]

    @property
    def seen(self) -> list[tuple[str, str]]:
        """Kinds and programs, each pair once."""
        return list(dict.fromkeys((kind, program) for *_, kind, program in self.boxes))


def find_differences(report: Mapping[str, Any]) -> list[Difference]:
    """Every page with an area, of the last signature that has it: the nearest to the file as it is now."""
    found: dict[int, Difference] = {}
    for number, entry in enumerate(report["signatures"], start=1):
        by_page: dict[int, list[Mapping[str, Any]]] = {}
        for area in entry["changes_after"].get("areas", ()):
            by_page.setdefault(area["page"], []).append(area)
        for page, areas in by_page.items():
            found[page] = _build_difference(number, page, areas)
    return [found[page] for page in sorted(found)]


def _build_difference(number: int, page: int, areas: list[Mapping[str, Any]]) -> Difference:
    width, height = areas[0]["page_size"]
    boxes: list[tuple[float, float, float, float, str, str]] = []
    for area in areas:
        left, bottom, right, top = area["rect"]
        program = _PROGRAMS.get(area["program"], str(area["program"]))
        boxes.append((left, height - top, right - left, top - bottom, area["kind"], program))
    return Difference(number, page, (width or 595.0, height or 842.0), tuple(boxes))
