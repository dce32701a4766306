"""Checks of files that are not kept (kiểm tra tệp không lưu): in memory, in a child, within limits."""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread

from api.differences import Difference, find_differences
from api.wiring import Service
from ingest.revisions import FINAL, draw_in_child, find_end
from ingest.signatures import verify_in_child
from ocr.pool import PagePool
from records.errors import ServiceError
from signing.areas import LookPlan

# Checks have their own threads: whoever sends large files keeps nobody from signing in.
_CHECKS = CapacityLimiter(4)
# Somebody waits: a file longer than this stays undecided, and the answer says so.
_WIDTH = 800
_PLAN = LookPlan(pages=30, seconds=10.0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page that differs (trang khác biệt), as JPEG in base64: as it was signed, and as it is now."""

    difference: Difference
    signed: str
    final: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The report on a file and pictures of pages that differ (kết quả kiểm tra)."""

    report: dict[str, Any]
    pictures: tuple[Picture, ...] = ()


async def check_unkept(service: Service, path: Path, at: datetime, pictures: int = 0) -> Checked:
    """The report on the spooled file at `path`, judged under the service's trust as of `at`.

    `pictures`: of how many pages that differ pictures are drawn.
    """
    return await to_thread.run_sync(_check, service, path, at, pictures, limiter=_CHECKS)


def _check(service: Service, path: Path, at: datetime, pictures: int) -> Checked:
    """The report from a warm child; the spooled file is copied, for a child cannot see our descriptors."""
    with service.memory.room(path.stat().st_size) as folder:
        copy = folder / "file.pdf"
        shutil.copyfile(path, copy)
        verified = verify_in_child(service.verifiers, copy, service.trust, at, _PLAN)
        report: dict[str, Any] = json.loads(verified.report)
        shown = find_differences(report)[:pictures]
        return Checked(report, tuple(_draw_all(service.verifiers, copy, report, shown)))


def _draw_all(
    pool: PagePool, path: Path, report: dict[str, Any], differences: Sequence[Difference]
) -> Iterator[Picture]:
    """Both pictures of each page; one that cannot be drawn is left out, its verdict stands."""
    for each in differences:
        with suppress(ServiceError):
            signed, final = (
                draw_in_child(pool, path, find_end(report, number, path.stat().st_size), each.page, _WIDTH)
                for number in (each.number, FINAL)
            )
            yield Picture(each, b64encode(signed).decode(), b64encode(final).decode())
