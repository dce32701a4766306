"""The whole way of a file on SQLite: from the operator's hand to a record that waits for a person."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pytest
from demo_pki import DemoPki
from sample_files import write_encrypted_pdf, write_jpeg, write_tiff, write_truncated
from signed_samples import sign_as_office, tamper_after_signing

from ingest.batches import Progress, Upload
from ingest.signatures import TrustSource
from ingest.waiting import enqueue_waiting
from ocr.sidecar import page_texts_from_json
from records.access import Role
from records.actions.acting import Acting
from records.actions.batches import close_batch
from records.errors import AccessDenied, IllegalTransition, RecordNotFound
from records.model import Record
from records.states import CaptureState, RecordState, SignatureStanding, SignatureValue
from signing.sign import DigitiserSigner
from tests.integration.ingest.conftest import DPI, draw, write_scan
from tests.line import ARCHIVIST, FixedClock, Line, make_person, open_line
from tests.pki.fixtures import NOON, build_pdf

pytestmark = [pytest.mark.tesseract, pytest.mark.sql]


def get_record(line: Line, file_id: str) -> Record:
    """The record made of a file."""
    with line.store.read() as work:
        return work.records.get(work.batches.get_file(file_id).record_id or "")


def test_every_file_ends_as_record_link_or_refusal(line: Line, tmp_path: Path) -> None:
    """Scans become records in review, the same bytes a link, broken files refusals; the counts add up."""
    scan = write_scan(tmp_path / "a.pdf")
    paths = [
        scan,
        write_tiff(tmp_path / "b.tiff", draw(2), DPI),
        write_jpeg(tmp_path / "c.jpg", draw(3)[0], DPI),
        write_truncated(tmp_path / "d.pdf", scan),
        write_encrypted_pdf(tmp_path / "e.pdf", scan),
        tmp_path / "f.docx",
    ]
    paths[-1].write_bytes(b"PK\x03\x04 not taken")
    batch = line.open_batch()
    uploads = [Upload(path.name, path) for path in paths] + [Upload("again.pdf", scan.read_bytes())]
    rows = list(line.intake.receive_many(batch.id, uploads, ARCHIVIST))
    assert [row.state for row in rows[:3]] == [CaptureState.READ] * 3
    assert [row.reason_code for row in rows[3:6]] == [
        "UNREADABLE_FILE",
        "ENCRYPTED_FILE",
        "UNSUPPORTED_FORMAT",
    ]
    assert all(row.reason_vi for row in rows[3:6])
    line.run_jobs()
    with line.store.read() as work:
        counts = work.batches.counts(batch.id)
        files = work.batches.files(batch.id)
        assert work.batches.get(batch.id).state is CaptureState.VERIFY
        assert work.outbox.backlog() == 3
    assert counts.by_state == {CaptureState.VERIFY: 3, CaptureState.LINKED: 1, CaptureState.REJECTED: 3}
    assert sum(counts.by_state.values()) == counts.received == 7
    assert sorted(file.ordinal for file in files) == list(range(1, 8))
    linked = next(file for file in files if file.state is CaptureState.LINKED)
    original = next(file for file in files if file.id == linked.linked_file)
    assert original.sha256 == linked.sha256


def test_a_record_carries_original_rendition_text_and_fields(line: Line, tmp_path: Path) -> None:
    """The original is kept byte for byte; the rendition is a PDF of as many pages with the words in it."""
    scan = write_scan(tmp_path / "a.pdf")
    row = line.receive(line.open_batch(), scan)
    line.run_jobs()
    record = get_record(line, row.id)
    assert line.blobs.read(record.original_sha256) == scan.read_bytes()
    with pikepdf.open(line.blobs.local_copy(record.rendition_sha256 or "", tmp_path)) as pdf:
        assert len(pdf.pages) == record.pages == 1
    assert "CỘNG HÒA" in page_texts_from_json(line.blobs.read(record.text_sha256))[0].text.upper()
    assert record.state is RecordState.IN_REVIEW
    assert record.signature_standing is SignatureStanding.AWAITING_DIGITISER
    assert record.signature_value is SignatureValue.MISSING
    with line.store.read() as work:
        fields = work.records.fields(record.id)
        rows, _total = work.audit.page(limit=50)
    assert {"so_ky_hieu", "ngay_ban_hanh"} <= {field.name for field in fields}
    assert all(field.confirmed_by is None for field in fields)
    actions = Counter(entry.action for _id, entry in rows)
    assert actions == {"batch.open": 1, "file.receive": 1, "record.store": 1}


def test_running_the_jobs_again_changes_nothing(line: Line, tmp_path: Path) -> None:
    """A finished job is not run again, and its steps run twice give the same record."""
    row = line.receive(line.open_batch(), write_scan(tmp_path / "a.pdf"))
    line.run_jobs()
    before = get_record(line, row.id)
    line.run_jobs()
    argument = json.dumps({"file_id": row.id, "text_sha256": before.text_sha256, "is_restricted": False})
    results: dict[str, str] = {}
    for name in ("verify_signatures", "compose", "sign_as_digitiser", "extract_fields", "store_record"):
        results[name] = getattr(line.steps, name)(argument, results)
    assert results["compose"] == before.rendition_sha256
    assert get_record(line, row.id) == before
    with line.store.read() as work:
        assert len(list(work.records.iter_ids())) == 1
        assert work.outbox.backlog() == 1


def test_the_same_bytes_at_once_are_read_once(line: Line, tmp_path: Path) -> None:
    """Four threads with one paper: one is read, three are linked to it."""
    scan = write_scan(tmp_path / "a.pdf").read_bytes()
    batches = [line.open_batch() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        rows = list(
            threads.map(lambda batch: line.intake.receive(batch.id, "a.pdf", scan, ARCHIVIST), batches)
        )
    assert Counter(row.state for row in rows) == {CaptureState.READ: 1, CaptureState.LINKED: 3}


def test_progress_is_told_page_by_page(line: Line, tmp_path: Path) -> None:
    """Receive, each page, done."""
    told: list[Progress] = []
    scan = write_tiff(tmp_path / "a.tiff", [*draw(1), *draw(2)], DPI)
    line.intake.receive(line.open_batch().id, "a.tiff", scan, ARCHIVIST, on_progress=told.append)
    assert [(one.stage, one.pages_read) for one in told] == [
        ("receive", 0),
        ("gate", 1),
        ("gate", 2),
        ("done", 2),
    ]


def test_only_who_may_and_only_into_an_open_batch(line: Line, tmp_path: Path) -> None:
    """Without the right, into a closed batch or into none at all nothing is taken."""
    scan = write_scan(tmp_path / "a.pdf")
    batch = line.open_batch()
    with pytest.raises(AccessDenied):
        line.receive(batch, scan, make_person("binh", Role.CLERK))
    with pytest.raises(RecordNotFound):
        line.intake.receive("none", "a.pdf", scan, ARCHIVIST)
    closed = close_batch(line.store, Acting(ARCHIVIST, line.clock.now(), "test"), batch.id)
    assert closed.state is CaptureState.CANCELLED
    with pytest.raises(IllegalTransition):
        line.receive(batch, scan)


def test_a_failing_job_refuses_its_file_with_a_reason(line: Line, tmp_path: Path) -> None:
    """When a step ends for good the file is refused and the batch's counts still add up."""
    batch = line.open_batch()
    row = line.receive(batch, write_scan(tmp_path / "a.pdf"))
    for blob in (line.folder / "blobs").rglob("*"):
        if blob.name == row.sha256:
            blob.chmod(0o600)
            blob.write_bytes(b"rotten")
    line.run_jobs()
    with line.store.read() as work:
        file = work.batches.get_file(row.id)
        assert work.batches.counts(batch.id).by_state == {CaptureState.REJECTED: 1}
        assert any(entry.outcome == "FILE_CORRUPTED" for _id, entry in work.audit.page(limit=10)[0])
    assert (file.state, file.reason_code) == (CaptureState.REJECTED, "FILE_CORRUPTED")
    assert file.reason_vi


@pytest.mark.softhsm
def test_with_a_key_the_copy_is_signed_before_extraction(
    tmp_path: Path, memory_dir: Path, token_pki: DemoPki
) -> None:
    """TT 01/2023 Art. 7 and 8: the rendition is signed in the name of who scanned, and verifies."""
    trust = TrustSource(token_pki.trust_folder, allow_demo=True)
    with (
        DigitiserSigner(token_pki.token_key("digitiser")) as signer,
        open_line(tmp_path, memory_dir, signer=signer, trust=trust, clock=FixedClock(NOON)) as line,
    ):
        row = line.receive(line.open_batch(), write_scan(tmp_path / "a.pdf"))
        line.run_jobs()
        record = get_record(line, row.id)
        report = json.loads(line.blobs.read(record.report_sha256 or ""))
    assert record.signature_standing is SignatureStanding.SIGNED_BY_DIGITISER
    assert record.signature_value is SignatureValue.VALID
    assert report["sha256"] == record.rendition_sha256 != record.original_sha256


@pytest.mark.softhsm
def test_what_waited_is_signed_once_there_is_a_key(
    tmp_path: Path, memory_dir: Path, token_pki: DemoPki
) -> None:
    """Records that wait for the digitiser's key get their signature later, once, with a new version."""
    trust = TrustSource(token_pki.trust_folder, allow_demo=True)
    with open_line(tmp_path, memory_dir, trust=trust, clock=FixedClock(NOON)) as line:
        row = line.receive(line.open_batch(), write_scan(tmp_path / "a.pdf"))
        line.run_jobs()
        assert get_record(line, row.id).signature_standing is SignatureStanding.AWAITING_DIGITISER
    with (
        DigitiserSigner(token_pki.token_key("digitiser")) as signer,
        open_line(tmp_path, memory_dir, signer=signer, trust=trust, clock=FixedClock(NOON)) as line,
    ):
        assert enqueue_waiting(line.store, "1") == enqueue_waiting(line.store, "1") == 1
        line.run_jobs()
        record = get_record(line, row.id)
        assert enqueue_waiting(line.store, "2") == 0
        with line.store.read() as work:
            (first,) = work.verdicts.of_record(record.id)
            assert work.verdicts.find_due(record.id) is not None
    assert (first.value, first.report_sha256) == (record.signature_value, record.report_sha256)
    assert (record.signature_standing, record.version) == (SignatureStanding.SIGNED_BY_DIGITISER, 2)
    assert record.signature_value is SignatureValue.VALID


@pytest.mark.softhsm
@pytest.mark.parametrize(
    ("tampered", "value"), [(False, SignatureValue.VALID), (True, SignatureValue.INVALID)]
)
def test_a_paper_that_arrives_signed_is_verified_and_never_rewritten(
    tmp_path: Path, memory_dir: Path, token_pki: DemoPki, tampered: bool, value: SignatureValue
) -> None:
    """Its bytes stay, the verdict is theirs, and the searchable copy is a rendition of its own."""
    signed = sign_as_office(build_pdf(), token_pki)
    arrived = tamper_after_signing(signed) if tampered else signed
    trust = TrustSource(token_pki.trust_folder, allow_demo=True)
    with open_line(tmp_path, memory_dir, trust=trust, clock=FixedClock(NOON)) as line:
        row = line.intake.receive(line.open_batch().id, "kq.pdf", arrived, ARCHIVIST)
        line.run_jobs()
        record = get_record(line, row.id)
        assert line.blobs.read(record.original_sha256) == arrived
    assert record.signature_standing is SignatureStanding.ARRIVED_SIGNED
    assert record.signature_value is value
    assert record.rendition_sha256 not in (None, record.original_sha256)
