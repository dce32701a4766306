"""Batches, records, administration and the log over HTTP, on a real store."""

import io
import json
from typing import Any

from fastapi.testclient import TestClient
from PIL import Image

from api.app import create_app
from api.indexing import build_documents
from api.wiring import Service
from records.access import Role
from records.model import Record
from records.states import CaptureState, SignatureValue
from tests.factories import OWNER, add_file, build_field, build_record
from tests.unit.api.conftest import COMMUNE, OTHER, PASSWORD, PROVINCE, TYPE, AddPerson, SignIn

API = "/api/v1"
VALUES = {
    "so_ky_hieu": "15/GP-STP",
    "ngay_ban_hanh": "2025-01-15",
    "co_quan_ban_hanh": "Sở Tư pháp",
    "trich_yeu": "Về việc cấp giấy phép",
    "dinh_danh_chu_the": OWNER,
    "ma_loai_giay_to": TYPE,
}


def _image() -> bytes:
    out = io.BytesIO()
    Image.new("L", (1000, 1400), 200).save(out, "JPEG", dpi=(120, 120))
    return out.getvalue()


def _make(service: Service, **changes: Any) -> Record:
    values = {
        "unit": COMMUNE,
        "pages": 1,
        "original_sha256": service.blobs.put(_image()),
        "original_format": "jpeg",
        "rendition_sha256": service.blobs.put(b"%PDF-1.7 invented"),
        "text_sha256": service.blobs.put(b"[]"),
        "report_sha256": service.blobs.put(json.dumps({"summary": {}}).encode()),
        "signature_value": SignatureValue.VALID,
    }
    with service.store.write() as work:
        batch = {"unit": COMMUNE, "state": CaptureState.VERIFY}
        file = add_file(work, batch, state=CaptureState.VERIFY)
        record = build_record(file.id, file.batch_id, **values | changes)
        work.records.add(record)
        work.records.put_fields(record.id, [build_field(record.id)])
        work.commit()
    return record


WORDS = [
    {
        "width": 1000, "height": 1400, "dpi": 120, "rotation": 0, "skew_degrees": 0.0,
        "quality": {"verdict": "good", "reasons": []},
        "words": [
            {
                "text": "Điều", "raw": "Dieu", "confidence": 0.9, "box": [10, 20, 60, 40], "line": 0,
                "zone": "noi_dung", "handwritten": False,
            }
        ],
    }
]  # fmt: skip


def test_the_signature_report_leaves_as_etsi_xml(signed_in: SignIn, service: Service) -> None:
    """The kept report is a download in ETSI's form as well, for those who may see the record."""
    record = _make(service)
    address = f"{API}/records/{record.id}/report.xml"
    answer = signed_in("an", Role.CLERK, COMMUNE).get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    assert "attachment" in answer.headers["content-disposition"]
    assert b"mainindication:indeterminate" in answer.content
    assert signed_in("binh", Role.CLERK, OTHER).get(address).status_code == 404


def test_words_leave_as_hocr_and_alto(signed_in: SignIn, service: Service) -> None:
    """The kept words can be downloaded in both exchange formats; each look is in the log."""
    text = service.blobs.put(json.dumps(WORDS).encode())
    record = _make(service, text_sha256=text)
    client = signed_in("an", Role.CLERK, COMMUNE)
    base = f"{API}/records/{record.id}/exports"
    hocr, alto = client.get(f"{base}/hocr"), client.get(f"{base}/alto")
    assert "bbox 10 20 60 40; x_wconf 90" in hocr.text
    assert 'CONTENT="Điều"' in alto.text
    for answer in (hocr, alto):
        assert answer.headers["content-disposition"].startswith("attachment;")
    assert client.get(f"{base}/docx").status_code == 422
    with service.store.read() as work:
        rows = work.audit.page(subject_id=record.id, limit=9)[0]
    assert [entry.action for _id, entry in rows] == ["record.file"] * 2


def test_reading_copy_is_offered_once_it_is_there(service: Service, add_person: AddPerson) -> None:
    """Page and interface give the copy with confirmed text by a name that says what it is."""
    add_person("an", Role.CLERK, COMMUNE)
    without = _make(service, report_sha256=None)
    small = service.blobs.put(b"%PDF-1.7 small")
    record = _make(service, report_sha256=None, reading_sha256=small)
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        client.post(f"{API}/session", json={"login": "an", "password": PASSWORD})
        assert client.get(f"{API}/records/{without.id}/files/reading").status_code == 404
        answer = client.get(f"{API}/records/{record.id}/files/reading")
        pages = [client.get(f"/ho-so/{one.id}").text for one in (without, record)]
    assert answer.content == b"%PDF-1.7 small"
    assert "ban-doc.pdf" in answer.headers["content-disposition"]
    assert ["files/reading" in page for page in pages] == [False, True]
    assert all("exports/hocr" in page for page in pages)


def test_a_record_is_confirmed_through_the_interface(signed_in: SignIn, service: Service) -> None:
    """Fields in, result out; the log names the account; a revocation follows with its document."""
    record = _make(service)
    client = signed_in("an", Role.ARCHIVIST, COMMUNE)
    me = client.get(f"{API}/session").json()["id"]
    assert client.get(f"{API}/records/{record.id}").json()["record"]["state"] == "in_review"
    done = client.post(f"{API}/records/{record.id}/confirmation", json={"fields": VALUES}).json()
    assert (done["missing"], done["record"]["state"], done["record"]["confirmed_by"]) == ([], "confirmed", me)
    change = {
        "to_state": "bi_thu_hoi", "document_number": "20/QĐ-STP", "document_date": "2026-02-01",
        "effective": "2026-02-10", "reason": "Cấp sai",
    }  # fmt: skip
    changed = client.post(f"{API}/results/{done['result']['id']}/state", json=change).json()
    assert changed["result"]["state"] == "bi_thu_hoi"
    assert client.get(f"{API}/results/{done['result']['id']}").json()["changes"][0]["account_id"] == me
    history = client.get(f"{API}/records/{record.id}/history").json()
    assert [row["action"] for row in history["items"]] == ["record.confirm", "record.read"]
    assert {row["actor"] for row in history["items"]} == {me}


def test_an_impossible_move_is_a_conflict(signed_in: SignIn, service: Service) -> None:
    """The state machine's refusal is 409 with its code."""
    record = _make(service)
    client = signed_in("an", Role.ARCHIVIST, COMMUNE)
    done = client.post(f"{API}/records/{record.id}/confirmation", json={"fields": VALUES}).json()
    change = {
        "to_state": "con_hieu_luc", "document_number": "20/QĐ-STP", "document_date": "2026-02-01",
        "effective": "2026-02-10", "reason": "Cấp sai",
    }  # fmt: skip
    refused = client.post(f"{API}/results/{done['result']['id']}/state", json=change)
    assert (refused.status_code, refused.json()["code"]) == (409, "ILLEGAL_TRANSITION")


def test_files_leave_verified_as_downloads_and_every_look_is_logged(
    signed_in: SignIn, service: Service
) -> None:
    """Original, rendition, words, report and page image; hostile bytes never show in this site's context."""
    record = _make(service)
    client = signed_in("an", Role.CLERK, COMMUNE)
    base = f"{API}/records/{record.id}"
    original = client.get(f"{base}/files/original")
    assert (original.content, original.headers["content-type"]) == (_image(), "image/jpeg")
    assert original.headers["content-disposition"].startswith("attachment;")
    assert client.get(f"{base}/files/rendition").content.startswith(b"%PDF")
    assert client.get(f"{base}/words").json() == []
    assert client.get(f"{base}/report").json() == {"summary": {}}
    page = client.get(f"{base}/pages/1.jpg", params={"width": 500})
    with Image.open(io.BytesIO(page.content)) as image:
        assert (image.format, image.size) == ("JPEG", (500, 700))
    assert client.get(f"{base}/pages/2.jpg").status_code == 404
    with service.store.read() as work:
        actions = [entry.action for _id, entry in work.audit.page(subject_id=record.id, limit=9)[0]]
    assert sorted(actions) == ["record.file"] * 4 + ["record.page"]


def test_a_damaged_file_is_an_alarm_and_not_served(signed_in: SignIn, service: Service) -> None:
    """Bytes that lost their hash are 500 with their code."""
    record = _make(service)
    sha256 = record.original_sha256
    path = service.folder / "blobs" / sha256[:2] / sha256[2:4] / sha256
    path.chmod(0o600)
    path.write_bytes(b"khac")
    answer = signed_in("an", Role.CLERK, COMMUNE).get(f"{API}/records/{record.id}/files/original")
    assert (answer.status_code, answer.json()["code"]) == (500, "FILE_CORRUPTED")


def test_another_units_people_find_nothing(signed_in: SignIn, service: Service) -> None:
    """The same 404 as for an id that is not there; lists are empty."""
    record = _make(service)
    client = signed_in("la", Role.ARCHIVIST, OTHER)
    for record_id in (record.id, "khong-co"):
        answer = client.get(f"{API}/records/{record_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert client.get(f"{API}/records").json()["total"] == 0
    assert client.get(f"{API}/batches").json()["total"] == 0


def test_a_batch_is_opened_counted_closed_and_cancelled(signed_in: SignIn, service: Service) -> None:
    """Counts add up; a closed batch takes no more files; a cancelled one says so in each file."""
    record = _make(service)
    client = signed_in("an", Role.ARCHIVIST, COMMUNE)
    made = client.post(
        f"{API}/batches", json={"unit": COMMUNE, "label": "Lô 1", "dossier": "H15.03-1"}
    ).json()
    assert client.post(f"{API}/batches/{made['id']}/close").json()["closed_at"] is not None
    refused = client.post(f"{API}/batches/{made['id']}/files", files={"files": ("a.pdf", b"%PDF-1.7")})
    assert (refused.status_code, refused.json()["code"]) == (409, "ILLEGAL_TRANSITION")
    other = client.get(f"{API}/batches/{record.batch_id}").json()
    assert other["counts"]["received"] == sum(other["counts"]["by_state"].values()) == 1
    cancelled = client.post(f"{API}/batches/{record.batch_id}/cancel").json()
    assert cancelled["state"] == "cancelled"
    (file,) = client.get(f"{API}/batches/{record.batch_id}/files").json()["items"]
    assert (file["state"], file["reason_code"]) == ("cancelled", "BATCH_CANCELLED")


def test_progress_is_an_event_stream_that_ends_with_the_batch(signed_in: SignIn, service: Service) -> None:
    """Counters with an id, then the end; whoever comes back with that id is told only the end."""
    record = _make(service)
    client = signed_in("an", Role.ARCHIVIST, COMMUNE)
    client.post(f"{API}/batches/{record.batch_id}/cancel")
    address = f"{API}/batches/{record.batch_id}/events"
    first = client.get(address)
    assert first.headers["content-type"].startswith("text/event-stream")
    assert '"received": 1' in first.text
    assert "event: end" in first.text
    identity = first.text.partition("id: ")[2].partition("\n")[0]
    again = client.get(address, headers={"Last-Event-ID": identity}).text
    assert "event: progress" not in again
    assert "event: end" in again


def test_uploads_have_their_limits(signed_in: SignIn) -> None:
    """Announced or not, a request above the limit is refused; one without files says so."""
    client = signed_in("an", Role.ARCHIVIST, COMMUNE)
    batch = client.post(f"{API}/batches", json={"unit": COMMUNE, "label": "Lô"}).json()["id"]
    address = f"{API}/batches/{batch}/files"
    big = client.post(address, files={"files": ("a.pdf", b"0" * (5 << 20))})
    assert (big.status_code, big.json()["code"]) == (413, "UPLOAD_TOO_LARGE")
    head = {"Content-Type": "multipart/form-data; boundary=x"}
    pieces = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n',
        *[b"0" * 65536] * 80,
    )
    slow = client.post(address, content=iter(pieces), headers=head)
    assert (slow.status_code, slow.json()["code"]) == (413, "UPLOAD_TOO_LARGE")
    empty = client.post(address, data={"owner_hint": "x"}, files={"khac": ("a", b"1")})
    assert (empty.status_code, empty.json()["code"]) == (422, "INVALID_REQUEST")
    plain = client.post(f"{API}/batches", content=b"0" * (2 << 20))
    assert plain.status_code == 413


def test_a_file_above_the_limit_is_refused_by_name(signed_in: SignIn) -> None:
    """The batch has a row that says why; the others of the request go on."""
    client = signed_in("an", Role.ARCHIVIST, COMMUNE)
    batch = client.post(f"{API}/batches", json={"unit": COMMUNE, "label": "Lô"}).json()["id"]
    two = [("files", ("to.pdf", b"0" * (2 << 20))), ("files", ("rac.xyz", b"khong phai tep quet"))]
    rows = client.post(f"{API}/batches/{batch}/files", files=two).json()["files"]
    assert [(row["name"], row["state"]) for row in rows] == [("to.pdf", "rejected"), ("rac.xyz", "rejected")]
    assert rows[0]["reason_code"] == "FILE_TOO_LARGE"


def test_administration_works_through_the_interface(signed_in: SignIn) -> None:
    """Units, types, people and keys; secrets are shown once and hashes never."""
    client = signed_in("qt", Role.ADMINISTRATOR, None)
    unit = {"code": "H15.07", "name": "Xã C", "parent": PROVINCE}
    assert client.post(f"{API}/units", json=unit).status_code == 201
    assert client.post(f"{API}/units", json=unit).json()["code"] == "DUPLICATE"
    assert (
        client.post(f"{API}/units/H15.07/end", json={"on": "2026-12-31"}).json()["valid_to"] == "2026-12-31"
    )
    assert client.post(f"{API}/types", json={"code": "KQ.X", "name": "X"}).status_code == 201
    assert {one["code"] for one in client.get(f"{API}/types").json()} == {TYPE, "KQ.X"}
    person = {"login": "moi", "display_name": "Người mới", "grants": [{"role": "clerk", "unit": COMMUNE}]}
    made = client.post(f"{API}/accounts", json=person).json()
    assert len(made["password"]) >= 25
    assert "password_hash" not in client.get(f"{API}/accounts").text
    grants = {"grants": [{"role": "auditor", "unit": None}]}
    assert client.put(f"{API}/accounts/moi/grants", json=grants).json()["grants"][0]["role"] == "auditor"
    assert client.post(f"{API}/accounts/moi/end", json={}).json()["ended_at"] is not None
    key = client.post(f"{API}/keys", json={"label": "Một cửa", "scopes": ["lookup"]}).json()
    assert key["token"].startswith(f"sohoa_{key['key']['prefix']}_")
    assert "secret" not in client.get(f"{API}/keys").text
    assert client.post(f"{API}/keys/{key['key']['id']}/end", json={}).json()["ended_at"] is not None


def test_an_auditor_reads_the_log_and_is_read_in_it(signed_in: SignIn) -> None:
    """The look at the log is itself a row."""
    client = signed_in("tt", Role.AUDITOR, None)
    first = client.get(f"{API}/audit").json()
    again = client.get(f"{API}/audit", params={"subject_id": "log"}).json()
    assert first["total"] >= 5
    assert [row["action"] for row in again["items"]] == ["audit.read"]


def test_search_finds_nothing_beyond_the_callers_units(signed_in: SignIn, service: Service) -> None:
    """The index gets the caller's scope inside the query; the search is in the log without its words."""
    record = _make(service, title="Giấy xác nhận tình trạng hôn nhân")
    with service.store.read() as work:
        documents = build_documents(work, service.blobs, service.owner_secret, [record.id])
    service.index.upsert(documents)
    client = signed_in("an", Role.CLERK, COMMUNE)
    found = client.get(f"{API}/search", params={"q": "xac nhan hon nhan"}).json()
    assert [hit["id"] for hit in found["hits"]] == [record.id]
    client = signed_in("la", Role.CLERK, OTHER)
    assert client.get(f"{API}/search", params={"q": "xac nhan hon nhan"}).json()["total"] == 0
    with service.store.read() as work:
        entries = [entry for _id, entry in work.audit.page(subject_id="records", limit=9)[0]]
    assert [entry.action for entry in entries] == ["search", "search"]
    assert "nhan" not in str([entry.detail for entry in entries])


def test_ready_says_which_part_is_not(client: TestClient) -> None:
    """Without a worker the service answers, and is not ready."""
    assert client.get("/health").json() == {"status": "ok"}
    ready = client.get("/ready")
    assert ready.status_code == 503
    assert ready.json()["parts"] == {
        "database": "ok", "index": "ok", "memory": "ok", "worker": "NOT_READY", "reader": "ok",
    }  # fmt: skip
