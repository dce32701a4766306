"""The rest of a long file's second look (đối chiếu hình phần còn lại), part by part in the background.

What each part showed is kept under the file's hash, so that a crash costs one part, a re-check finds all of
it, and the verdict is made by the same steps as every other, with the pages already seen.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.signatures import ALL_AT_ONCE, TrustSource, Verified, verify_in_child
from ocr.errors import EngineCrashed, EngineTimedOut, OutOfMemory
from ocr.pool import PagePool
from records.ports import StepStore
from signing.areas import LookPlan, PageLook, parse_look
from signing.rules import POLICY_VERSION

COMPARE_FILE_PART = "ingest.comparison:compare_file_part"
PAGES_A_PART = 20
_SECONDS, _SECONDS_A_PAGE = 20.0, 5.0
Revisions = tuple[tuple[int, int], ...]
"""Number and end in bytes of each signed revision that something follows."""


@dataclass(frozen=True, slots=True)
class Comparing:
    """What is to be compared of a file (việc đối chiếu của một tệp): its hash, revisions and pages.

    `done`: how many pages the first answer has compared.
    """

    sha256: str
    revisions: Revisions
    pages: int
    done: int = 0

    @property
    def parts(self) -> list[range]:
        """The pages, from 1, part by part."""
        first = range(1, self.pages + 1, PAGES_A_PART)
        return [range(start, min(start + PAGES_A_PART, self.pages + 1)) for start in first]


def find_comparing(report: Mapping[str, Any]) -> Comparing | None:
    """What a report still waits for; None where its verdict waits for no comparison."""
    waiting = [entry for entry in report["signatures"] if _is_unfinished(entry)]
    if not waiting:
        return None
    revisions = tuple(
        (entry["coverage"]["revision"], sum(entry["coverage"]["byte_range"][-2:])) for entry in waiting
    )
    progress = waiting[0]["changes_after"]["comparison"]
    return Comparing(report["sha256"], revisions, progress["total"], progress["done"])


def _is_unfinished(entry: Mapping[str, Any]) -> bool:
    progress = entry["changes_after"].get("comparison") or {"done": 0, "total": 0}
    return bool(entry["code"] == "COMPARING" and progress["done"] < progress["total"])


def compare_file_part(path: Path, revisions: Revisions, pages: Sequence[int]) -> list[PageLook]:
    """These pages of a PDF in each revision against the final one. Runs in a child."""
    from signing.compare_part import compare_part  # a second of imports, for the child alone

    return compare_part(path.read_bytes(), revisions, pages)


def compare_in_child(
    pool: PagePool, path: Path, revisions: Revisions, pages: Sequence[int]
) -> list[PageLook]:
    """The looks of these pages; one that takes down its child is found by halves and told as a problem."""
    seconds = _SECONDS + _SECONDS_A_PAGE * len(pages) * (1 + len(revisions))
    try:
        looks: list[PageLook] = pool.run(COMPARE_FILE_PART, path, revisions, list(pages), timeout=seconds)
    except (EngineTimedOut, OutOfMemory, EngineCrashed) as exc:
        if isinstance(exc, EngineCrashed) and exc.context.get("pool") == "closed":
            raise  # the service ends: no finding about the file
        if len(pages) == 1:
            problem = f"drawing_failed:{type(exc).__name__}"
            return [PageLook(end, pages[0], problem=problem) for _, end in revisions]
        half = len(pages) // 2
        return [
            *compare_in_child(pool, path, revisions, pages[:half]),
            *compare_in_child(pool, path, revisions, pages[half:]),
        ]
    return looks


def part_key(sha256: str, number: int) -> str:
    """Under which the looks of part `number`, from 0, are kept; another policy looks anew."""
    return f"comparison:{POLICY_VERSION}:{sha256}:{number}"


def find_looks(steps: StepStore, sha256: str) -> tuple[PageLook, ...]:
    """What was compared of the file so far, from the first part on."""
    return tuple(look for part in _iter_kept(steps, sha256) for look in looks_from_json(part))


def count_compared(steps: StepStore, comparing: Comparing) -> int:
    """How many of the pages the background has compared by now."""
    kept = sum(1 for _ in _iter_kept(steps, comparing.sha256))
    return min(kept * PAGES_A_PART, comparing.pages)


def _iter_kept(steps: StepStore, sha256: str) -> Iterator[str]:
    number = 0
    while (kept := steps.find(part_key(sha256, number))) is not None:
        yield kept
        number += 1


def looks_to_json(looks: Sequence[PageLook]) -> str:
    """Looks as a step's result."""
    return json.dumps([look.to_dict() for look in looks], ensure_ascii=False)


def looks_from_json(text: str) -> list[PageLook]:
    """Looks from a step's result."""
    return [parse_look(item) for item in json.loads(text)]


def verify_wholly(
    pool: PagePool,
    path: Path,
    trust: TrustSource,
    at: datetime,
    seconds: float,
    tell: Callable[[int, int], None],
    plan: LookPlan = ALL_AT_ONCE,
) -> Verified:
    """The verdict with every page compared, however long the file, unless `seconds` run out before.

    `plan` bounds the first look; `tell` hears of pages done and pages in all.
    """
    deadline = time.monotonic() + seconds
    verified = verify_in_child(pool, path, trust, at, plan)
    comparing = find_comparing(json.loads(verified.report))
    if comparing is None:
        return verified
    looks: list[PageLook] = []
    for pages in comparing.parts:
        if time.monotonic() > deadline:
            break
        looks += compare_in_child(pool, path, comparing.revisions, pages)
        tell(pages.stop - 1, comparing.pages)
    return verify_in_child(pool, path, trust, at, LookPlan(pages=0, seen=tuple(looks)))
