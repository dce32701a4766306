"""The reading copy of a confirmed record: people's words in it, everything archived untouched."""

import json
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from ingest.reading import ReadingSteps
from ocr.sidecar import page_texts_from_json
from records.actions.acting import Acting
from records.actions.fields import confirm_fields
from records.model import Record
from records.states import RecordState
from tests.integration.ingest.conftest import write_scan
from tests.line import ARCHIVIST, Line

pytestmark = [pytest.mark.tesseract, pytest.mark.sql]

VALUES = {
    "so_ky_hieu": "15/GP-STP",
    "ngay_ban_hanh": "2025-01-15",
    "co_quan_ban_hanh": "SỞ TƯ PHÁP",
    "trich_yeu": "Về việc cấp giấy phép đã được người kiểm tra sửa",
}


def get_record(line: Line, record_id: str) -> Record:
    """The record as it is now."""
    with line.store.read() as work:
        return work.records.get(record_id)


def confirm(line: Line, record_id: str, values: dict[str, str]) -> None:
    """A person settles the values."""
    confirm_fields(line.store, Acting(ARCHIVIST, line.clock.now(), "test"), record_id, dict(values))


def receive(line: Line, folder: Path) -> Record:
    """A scan that waits for a person."""
    row = line.receive(line.open_batch(), write_scan(folder / "a.pdf"))
    line.run_jobs()
    with line.store.read() as work:
        return work.records.get(work.batches.get_file(row.id).record_id or "")


def test_confirmed_text_goes_into_a_marked_copy_and_nothing_archived_changes(
    line: Line, tmp_path: Path
) -> None:
    """After confirmation a copy with the person's words is there; original, rendition and words stay."""
    before = receive(line, tmp_path)
    kept = {sha: line.blobs.read(sha) for sha in (before.original_sha256, before.rendition_sha256 or "")}
    confirm(line, before.id, VALUES)
    assert get_record(line, before.id).reading_sha256 is None
    line.run_jobs()
    record = get_record(line, before.id)
    assert record.state is RecordState.CONFIRMED
    assert record.reading_sha256 not in (None, *kept)
    assert (record.original_sha256, record.rendition_sha256) == tuple(kept)
    assert record.text_sha256 == before.text_sha256
    assert {sha: line.blobs.read(sha) for sha in kept} == kept
    copy = line.blobs.local_copy(record.reading_sha256 or "", tmp_path)
    with pypdfium2.PdfDocument(copy) as document:
        text = " ".join(document[0].get_textpage().get_text_range().split())
    assert VALUES["trich_yeu"] in text
    read = page_texts_from_json(line.blobs.read(record.text_sha256))
    assert VALUES["trich_yeu"] not in " ".join(read[0].text.split())
    with pikepdf.open(copy) as pdf, pdf.open_metadata() as metadata:
        assert str(metadata["dc:title"]).startswith("Bản đọc")
        assert metadata["dc:source"] == f"urn:sha256:{record.original_sha256}"
        assert "hiệu đính" in str(metadata["dc:description"])
        assert metadata.pdfa_status == "2B"


def test_later_confirmation_makes_a_new_copy_and_an_outdated_one_is_not_kept(
    line: Line, tmp_path: Path
) -> None:
    """A value put right again gets its own copy; a copy of older values that ends late is dropped."""
    record = receive(line, tmp_path)
    confirm(line, record.id, VALUES)
    steps = ReadingSteps(line.steps)
    late = steps.make(record.id, {})
    confirm(line, record.id, VALUES | {"trich_yeu": "Về việc sửa lần hai"})
    assert steps.keep(record.id, {"make": late}) == ""
    line.run_jobs()
    done = get_record(line, record.id)
    assert done.reading_sha256 not in (None, json.loads(late)["sha256"])
    with line.store.read() as work:
        rows, _total = work.audit.page(subject_id=record.id, limit=20)
    assert [entry.action for _id, entry in rows].count("record.reading") == 1
