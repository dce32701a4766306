"""What drawing two revisions of a page showed (kết quả đối chiếu hình): areas, pages done, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

UNFINISHED = "comparison_unfinished"
"""Reason of a verdict that waits for pages not compared yet."""


class AreaKind(StrEnum):
    """What the drawn comparison saw in an area (loại vùng khác biệt).

    `programs_differ_signed`, `programs_differ_final`: ink that only the named program shows.
    """

    CHANGED = "changed"
    HIDDEN = "hidden"
    PAGE = "page"
    PROGRAMS_DIFFER_SIGNED = "programs_differ_signed"
    PROGRAMS_DIFFER_FINAL = "programs_differ_final"


@dataclass(frozen=True, slots=True)
class ChangedArea:
    """Where two drawings differ (vùng khác biệt) and which program saw it: pdfium or poppler.

    `rect`: points from the lower left corner of the page as shown; `page_size`: its width and height.
    """

    page: int
    rect: tuple[float, float, float, float]
    page_size: tuple[float, float]
    program: str
    kind: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many pages both revisions were drawn of and compared (tiến độ đối chiếu); 0 of 0: none needed."""

    done: int = 0
    total: int = 0


NOT_COMPARED = Comparison()


@dataclass(frozen=True, slots=True)
class PageLook:
    """One page of the revision that ends at byte `end`, compared with the final one (một trang đã đối chiếu).

    `problem`: why the page could not be compared; `notices`: what a program that failed leaves unsaid.
    """

    end: int
    page: int
    areas: tuple[ChangedArea, ...] = ()
    problem: str = ""
    notices: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data, to be kept until all pages are done."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LookPlan:
    """How far the second look goes at once (kế hoạch đối chiếu): pages, seconds, and what is known."""

    pages: int = 30
    seconds: float = 20.0
    seen: tuple[PageLook, ...] = ()


def parse_look(data: Mapping[str, Any]) -> PageLook:
    """What `to_dict` gave, also after a way through JSON."""
    return PageLook(
        int(data["end"]),
        int(data["page"]),
        tuple(_parse_area(area) for area in data["areas"]),
        str(data["problem"]),
        tuple(data["notices"]),
    )


def _parse_area(data: Mapping[str, Any]) -> ChangedArea:
    left, bottom, right, top = _numbers(data["rect"])
    width, height = _numbers(data["page_size"])
    return ChangedArea(
        int(data["page"]),
        (left, bottom, right, top),
        (width, height),
        str(data["program"]),
        str(data["kind"]),
    )


def _numbers(values: Sequence[Any]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
