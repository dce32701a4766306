"""Makes a confirmed record's reading copy (bản đọc đã hiệu đính): the words people confirmed, small pictures.

The archived file and the digitiser's signed copy stay byte for byte as they are: this is a file beside them.
"""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.steps import CHANNEL, Steps
from ocr.corrected import Correction
from ocr.readingcopy import COMPOSE_CORRECTED_COPY
from ocr.types import Box
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.records import RECORD_CHANGED
from records.field_names import DATE_FIELDS
from records.model import Record, RecordField

_SECONDS = 60.0
_SECONDS_A_PAGE = 10.0


@dataclass(frozen=True)
class ReadingSteps:
    """The steps of making a reading copy (các bước tạo bản đọc); the argument is the record's id."""

    steps: Steps

    def make(self, argument: str, _results: Mapping[str, str]) -> str:
        """Hash of the copy, made once for the same values, and the digest of the values in it."""
        with self.steps.store.read() as work:
            record = work.records.get(argument)
            corrections = build_corrections(work.records.fields(argument))
            key = f"reading:{record.id}:{_digest(corrections)}"
            kept = work.steps.find(key)
        if kept is None:
            made = self._compose(record, corrections)
            with self.steps.store.write() as work:
                kept = work.steps.put(key, made)
                work.commit()
        return json.dumps({"sha256": kept, "values": _digest(corrections)})

    def _compose(self, record: Record, corrections: Sequence[Correction]) -> str:
        """Hash of the copy's bytes, stored."""
        with tempfile.TemporaryDirectory(prefix="work-", dir=self.steps.folder) as name:
            folder = Path(name)
            out = folder / "reading.pdf"
            path = self.steps.blobs.local_copy(record.original_sha256, folder)
            sidecar = self.steps.blobs.local_copy(record.text_sha256, folder)
            self.steps.pool.run(
                COMPOSE_CORRECTED_COPY, path, record.original_format, sidecar, out, record.title,
                record.original_sha256, corrections, timeout=_SECONDS + _SECONDS_A_PAGE * record.pages,
            )  # fmt: skip
            return self.steps.blobs.put_file(out)

    def keep(self, argument: str, results: Mapping[str, str]) -> str:
        """Record, event and audit row in one commit; "" when the values were confirmed anew meanwhile."""
        made = json.loads(results["make"])
        acting = Acting(SYSTEM, self.steps.clock.now(), CHANNEL)
        with self.steps.store.write() as work:
            record = work.records.get(argument)
            # A later confirmation has queued a job of its own.
            is_outdated = _digest(build_corrections(work.records.fields(argument))) != made["values"]
            if is_outdated or record.reading_sha256 == made["sha256"]:
                return ""
            kept = work.records.save(replace(record, reading_sha256=made["sha256"], updated_at=acting.at))
            work.outbox.add(RECORD_CHANGED, kept.id, kept.version, acting.at)
            work.audit.add(
                acting.entry("record.reading", "record", kept.id, unit=kept.unit, before=record, after=kept)
            )
            work.commit()
        return "kept"


def build_corrections(fields: Sequence[RecordField]) -> list[Correction]:
    """What people confirmed and where it was read; a value without a place on the paper corrects nothing."""
    return [
        Correction(field.page, Box(*field.box), field.value, field.raw, field.name in DATE_FIELDS)
        for field in fields
        if field.confirmed_by is not None and field.value and field.page is not None and field.box is not None
    ]


def _digest(corrections: Sequence[Correction]) -> str:
    """A short text that differs where the corrections differ, without a value in it."""
    return hashlib.sha256(repr(corrections).encode()).hexdigest()
