"""Evidence of a verdict beside its report (bằng chứng của kết luận): each answer is a blob of its own.

The report names them by SHA-256, and a later check without a network finds them again: what was known of
revocation at the time of the check is kept with its result (TT 15/2025 Annex II).
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from records.errors import FileCorrupted, RecordNotFound
from records.ports import BlobStore
from signing.kept import KeptAnswers


def keep_evidence(report: bytes, folder: Path, blobs: BlobStore) -> None:
    """Copy what the report names from the folder of kept answers; what has gone meanwhile is left out."""
    kept = KeptAnswers(folder)
    for item in _iter_evidence(report):
        data = kept.read(item["sha256"])
        if data is not None:
            blobs.put(data)


def restore_evidence(report: bytes, folder: Path, blobs: BlobStore, now: datetime) -> None:
    """Put what an earlier report names back among the kept answers, where they have nothing newer."""
    kept = KeptAnswers(folder)
    for item in _iter_evidence(report):
        try:
            data = blobs.read(item["sha256"])
        except (RecordNotFound, FileCorrupted):  # the check then says that it does not know
            continue
        kept.restore(item["request"], item["url"], data, now)


def _iter_evidence(report: bytes) -> Iterator[dict[str, Any]]:
    """The evidence of a stored report; reports from before there was any have none."""
    yield from json.loads(report).get("evidence", ())
