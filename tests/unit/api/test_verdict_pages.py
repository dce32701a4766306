"""The verdict page of a record, its signed revisions, and the check of a file that is not kept."""

import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest
from demo_pki import DemoPki
from fastapi.testclient import TestClient
from signed_samples import sign_as_office, tamper_after_signing

from api.app import create_app
from api.wiring import Service
from ingest.comparison import looks_to_json, part_key
from records.access import Role
from records.states import CaptureState, SignatureStanding
from signing.areas import LookPlan, PageLook
from signing.verify import verify_pdf
from tests.factories import add_file, build_record
from tests.pki.fixtures import NOON, build_pdf, pki, plain_pdf
from tests.unit.api.conftest import COMMUNE, OTHER, PASSWORD, AddPerson

__all__ = ["pki", "plain_pdf"]


@pytest.fixture
def clerk(service: Service, add_person: AddPerson) -> Iterator[TestClient]:
    """A clerk, signed in, in front of the pages."""
    add_person("mc", Role.CLERK, COMMUNE)
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        client.post("/api/v1/session", json={"login": "mc", "password": PASSWORD})
        yield client


def keep(service: Service, pdf: bytes, unit: str = COMMUNE, plan: LookPlan | None = None) -> str:
    """A record of a paper that arrived signed, with its report; its id."""
    report = verify_pdf(pdf, trust=None, at=NOON, plan=plan)
    with service.store.write() as work:
        file = add_file(work, {"unit": unit, "state": CaptureState.VERIFY}, state=CaptureState.VERIFY)
        record = build_record(
            file.id, file.batch_id, unit=unit, signature_standing=SignatureStanding.ARRIVED_SIGNED,
            original_sha256=service.blobs.put(pdf), original_format="pdf",
            signature_headline_vi=report.summary.headline_vi,
            report_sha256=service.blobs.put(json.dumps(report.to_dict()).encode()),
        )  # fmt: skip
        work.records.add(record)
        work.commit()
    return record.id


def read_report(service: Service, record_id: str) -> dict[str, Any]:
    """The record's kept report."""
    with service.store.read() as work:
        return json.loads(service.blobs.read(work.records.get(record_id).report_sha256 or ""))


def test_the_area_that_changed_is_drawn_on_both_revisions(
    clerk: TestClient, service: Service, pki: DemoPki, plain_pdf: bytes
) -> None:
    """The page as signed beside the page as it is, with a box over what was written there since."""
    record = keep(service, tamper_after_signing(sign_as_office(plain_pdf, pki)))
    page = clerk.get(f"/ho-so/{record}/chu-ky").text
    assert "Tài liệu bị thay đổi không được phép sau khi ký." in page
    assert page.count('<rect class="area changed"') >= 2
    for number in (2, 0):
        address = f"/api/v1/records/{record}/revisions/{number}/pages/1.jpg"
        assert address in page
        picture = clerk.get(address)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
        assert picture.content.startswith(b"\xff\xd8")
    assert clerk.get(f"/api/v1/records/{record}/revisions/1/pages/9.jpg").status_code == 404


def test_the_signed_revision_is_the_first_bytes_of_the_file(
    clerk: TestClient, service: Service, pki: DemoPki, plain_pdf: bytes
) -> None:
    """What the leader signed comes back byte for byte, under the hash the report names."""
    pdf = tamper_after_signing(sign_as_office(plain_pdf, pki))
    record = keep(service, pdf)
    report = read_report(service, record)
    for number, entry in enumerate(report["signatures"], start=1):
        answer = clerk.get(f"/api/v1/records/{record}/revisions/{number}.pdf")
        assert pdf.startswith(answer.content)
        assert len(answer.content) == sum(entry["coverage"]["byte_range"][-2:])
        digest = hashlib.sha256(answer.content).hexdigest()
        assert digest == entry["coverage"]["sha256"] == answer.headers["x-content-sha256"]
        assert digest in clerk.get(f"/ho-so/{record}/chu-ky").text
    assert clerk.get(f"/api/v1/records/{record}/revisions/3.pdf").status_code == 404


def test_another_units_record_shows_no_revision(
    clerk: TestClient, service: Service, pki: DemoPki, plain_pdf: bytes
) -> None:
    """Page, revision, picture and progress of a paper that one may not see: not found, all of them."""
    record = keep(service, sign_as_office(plain_pdf, pki), unit=OTHER)
    for address in ("revisions/1.pdf", "revisions/1/pages/1.jpg", "comparison"):
        assert clerk.get(f"/api/v1/records/{record}/{address}").status_code == 404
    assert clerk.get(f"/ho-so/{record}/chu-ky").status_code == 404


def test_roles_and_dates_of_the_signatures_are_listed(
    clerk: TestClient, service: Service, pki: DemoPki, plain_pdf: bytes
) -> None:
    """Leader and seal by their looks, six answers for the paper, one next step, the rule of Decree 30."""
    page = clerk.get(f"/ho-so/{keep(service, sign_as_office(plain_pdf, pki))}/chu-ky").text
    assert "1. Người ký" in page
    assert "2. Dấu cơ quan" in page
    assert "Việc làm tiếp:" in page
    assert "không áp dụng cho bản quét" in page
    assert 'id="khac"' not in page


def test_progress_is_told_while_pages_wait(clerk: TestClient, service: Service, pki: DemoPki) -> None:
    """A long paper says how many pages were compared; the count follows the background."""
    record = keep(service, sign_as_office(build_pdf(45), pki), plan=LookPlan(pages=2))
    assert clerk.get(f"/api/v1/records/{record}/comparison").json() == {
        "done": 2, "total": 45, "finished": False,
    }  # fmt: skip
    report = read_report(service, record)
    end = sum(report["signatures"][0]["coverage"]["byte_range"][-2:])
    with service.store.write() as work:
        work.steps.put(part_key(report["sha256"], 0), looks_to_json([PageLook(end, 1)]))
        work.commit()
    assert clerk.get(f"/api/v1/records/{record}/comparison").json()["done"] == 20
    assert 'id="comparison"' in clerk.get(f"/ho-so/{record}/chu-ky").text


def test_a_file_is_checked_on_the_page_and_not_kept(
    clerk: TestClient, service: Service, pki: DemoPki, plain_pdf: bytes
) -> None:
    """The sentence, the answers and the signatures; no blob is left. The file may exceed a megabyte."""
    with pikepdf.open(io.BytesIO(plain_pdf)) as document:
        document.Root.Big = document.make_stream(bytes(range(256)) * 5000)
        document.save(large := io.BytesIO(), compress_streams=False)
    pdf = sign_as_office(large.getvalue(), pki)
    page = clerk.post("/kiem-tra-chu-ky", files={"file": ("qd.pdf", pdf, "application/pdf")})
    assert page.status_code == 200
    assert "chưa xác định được người ký đáng tin" in page.text
    assert "2 chữ ký" in page.text
    assert [path for path in (service.folder / "blobs").rglob("*") if path.is_file()] == []


def test_a_form_without_a_file_says_what_to_do(clerk: TestClient) -> None:
    """The error stands above the form, which stays."""
    page = clerk.post("/kiem-tra-chu-ky", files={"khac": ("a.pdf", b"x")})
    assert page.status_code == 422
    assert "Hãy chọn một tệp PDF" in page.text
    assert 'id="check"' in page.text


def test_what_was_said_at_signing_is_escaped(clerk: TestClient) -> None:
    """A name in a hostile file is text on the page, never markup."""
    page = clerk.post("/kiem-tra-chu-ky", files={"file": ('<img src="x">.pdf', b"khong phai pdf")})
    assert '<img src="x">' not in page.text


def test_what_changed_in_a_file_not_kept_is_drawn_in_the_answer(
    clerk: TestClient, service: Service, pki: DemoPki, plain_pdf: bytes
) -> None:
    """Both pictures lie in the page itself, for nothing of the file stays to be asked for."""
    pdf = tamper_after_signing(sign_as_office(plain_pdf, pki))
    page = clerk.post("/kiem-tra-chu-ky", files={"file": ("a.pdf", pdf)}).text
    assert page.count('<img src="data:image/jpeg;base64,/9j/') == 2
    assert '<rect class="area changed"' in page
    assert 'download="bao-cao-chu-ky.json"' in page
    assert list(service.memory.path.rglob("*.pdf")) == []


def test_the_records_page_tells_the_progress_too(clerk: TestClient, service: Service, pki: DemoPki) -> None:
    """Where a verdict waits, and nowhere else."""
    long, short = sign_as_office(build_pdf(3), pki), sign_as_office(build_pdf(), pki)
    waiting = clerk.get(f"/ho-so/{keep(service, long, plan=LookPlan(pages=1))}").text
    assert 'id="comparison"' in waiting
    assert 'id="comparison"' not in clerk.get(f"/ho-so/{keep(service, short)}").text
