"""Checks of files that are not kept (kiểm tra tệp không lưu): in memory, in a child, within limits."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread

from api.wiring import Service
from ingest.signatures import verify_in_child
from signing.areas import LookPlan

# Checks have their own threads: whoever sends large files keeps nobody from signing in.
_CHECKS = CapacityLimiter(4)
# Somebody waits: a file longer than this stays undecided, and the answer says so.
_PLAN = LookPlan(pages=30, seconds=10.0)


async def check_unkept(service: Service, path: Path, at: datetime) -> dict[str, Any]:
    """The report on the spooled file at `path`, judged under the service's trust as of `at`."""
    return await to_thread.run_sync(_check, service, path, at, limiter=_CHECKS)


def _check(service: Service, path: Path, at: datetime) -> dict[str, Any]:
    """The report from a warm child; the spooled file is copied, for a child cannot see our descriptors."""
    with service.memory.room(path.stat().st_size) as folder:
        copy = folder / "file.pdf"
        shutil.copyfile(path, copy)
        verified = verify_in_child(service.verifiers, copy, service.trust, at, _PLAN)
    report: dict[str, Any] = json.loads(verified.report)
    return report
