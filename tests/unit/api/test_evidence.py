"""Results handed out for reuse over HTTP: use, file, one-time preview, reports of wrong data."""

import io
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from api.settings import Settings, WebSettings
from api.wiring import Service
from records.access import SYSTEM, Role
from records.actions.acting import Acting
from records.actions.keys import NewKey, add_key
from records.actions.results import StateChange, change_result_state
from records.actions.types import add_type
from records.model import AuditEntry, Result, ResultType
from records.states import ResultState, SignatureValue
from tests.factories import OWNER, add_file, build_field, build_record, build_result
from tests.unit.api.conftest import COMMUNE, OTHER, PASSWORD, TYPE, AddPerson

REUSE = "/api/v1/reuse"
PURPOSE = {"dossier": "H15.03-260115-0042", "procedure": "1.011442"}
PDF = b"%PDF-1.7 invented"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Time enough on a busy machine."""
    return settings.model_copy(update={"web": WebSettings(lookup_seconds=10)})


def _image() -> bytes:
    out = io.BytesIO()
    Image.new("L", (1000, 1400), 255).save(out, "JPEG", dpi=(120, 120))
    return out.getvalue()


@dataclass(frozen=True)
class Desk:
    """A client with a machine's key, and one result to be had."""

    client: TestClient
    service: Service
    headers: dict[str, str]
    result: Result

    @property
    def base(self) -> str:
        """The result's address."""
        return f"{REUSE}/evidence/{self.result.id}"

    def use(self, **headers: str) -> Any:
        """Use it in the usual dossier."""
        return self.client.post(f"{self.base}/use", json=PURPOSE, headers=self.headers | headers)

    def revoke(self) -> None:
        """Somebody revokes the result."""
        with self.service.store.write() as work:
            now = work.results.get(self.result.id)
            work.results.save(replace(now, state=ResultState.REVOKED))
            work.commit()

    def log(self, action: str) -> list[AuditEntry]:
        """Audit rows of that action."""
        with self.service.store.read() as work:
            rows, _total = work.audit.page(limit=100)
        return [entry for _id, entry in rows if entry.action == action]


def make_headers(
    service: Service, unit: str = COMMUNE, types: tuple[str, ...] | None = None
) -> dict[str, str]:
    """The header of a new machine client's key."""
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    _key, token = add_key(service.store, acting, NewKey("Một cửa", unit, ("lookup",), types))
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def desk(client: TestClient, service: Service) -> Desk:
    """A service with one reusable result that has a paper."""
    blobs = service.blobs
    file_sha256 = blobs.put(PDF)
    with service.store.write() as work:
        file = add_file(work, {"unit": COMMUNE})
        record = build_record(
            file.id, file.batch_id, unit=COMMUNE, pages=1, original_sha256=blobs.put(_image()),
            original_format="jpeg", rendition_sha256=file_sha256, text_sha256=blobs.put(b"[]"),
            report_sha256=blobs.put(json.dumps({"summary": {}}).encode()),
            signature_value=SignatureValue.VALID, signature_indication="TOTAL_PASSED",
        )  # fmt: skip
        work.records.add(record)
        work.records.put_fields(
            record.id,
            [build_field(record.id, "ten_chu_the", value="Trần Thị Ví Dụ", confirmed_by="account-1")],
        )
        result = build_result(record.id, unit=COMMUNE, sha256=file_sha256)
        work.results.add(result)
        work.commit()
    return Desk(client, service, make_headers(service), result)


def test_a_candidate_says_where_it_comes_from_and_how_it_was_checked(desk: Desk) -> None:
    """Every field the reuse of a result needs, and neither owner nor name."""
    body = {"owner": {"id": OWNER}, "type": TYPE, "as_of": "2026-03-01", "purpose": PURPOSE}
    answer = desk.client.post(f"{REUSE}/lookups", json=body, headers=desk.headers)
    (candidate,) = answer.json()["candidates"]
    assert set(candidate) == {
        "id", "record_id", "type_code", "number", "issuer", "title", "issued", "valid_from", "valid_to",
        "state", "signature", "unit", "sha256", "last_verified", "version", "check", "pages",
        "area_now", "source_system",
    }  # fmt: skip
    assert candidate["check"]["level"] == "TOTAL_PASSED"
    assert (candidate["pages"], candidate["source_system"]) == (1, "sohoa")
    assert OWNER not in answer.text
    assert "Trần" not in answer.text


def test_the_same_call_twice_is_one_use(desk: Desk) -> None:
    """Dossier and result make the use; the second answer is the first, and both are in the log."""
    first, second = desk.use(), desk.use()
    assert (first.status_code, first.json()) == (200, second.json())
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    with desk.service.store.read() as work:
        (use,) = work.uses.of_result(desk.result.id)
    assert (use.dossier, use.procedure, use.version) == (PURPOSE["dossier"], PURPOSE["procedure"], 1)
    assert [entry.detail["repeat"] for entry in reversed(desk.log("reuse.use"))] == ["no", "yes"]


def test_two_units_with_one_dossier_each_have_their_use(desk: Desk) -> None:
    """Each gets its own use and file, and each is told when the result is revoked."""
    first, other = desk.use().json(), make_headers(desk.service, OTHER)
    theirs = desk.client.post(
        f"{desk.base}/use", json=PURPOSE | {"procedure": "2.000001"}, headers=other
    ).json()
    assert (theirs["procedure"], theirs["id"] != first["id"]) == ("2.000001", True)
    assert desk.client.get(theirs["file"], headers=other).content == PDF
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    change = StateChange(ResultState.REVOKED, "27/QĐ-UBND", acting.today, acting.today, "Sai sót")
    change_result_state(desk.service.store, acting, desk.result.id, change)
    for headers in (desk.headers, other):
        told = desk.client.get(f"{REUSE}/changes", headers=headers).json()["items"]
        assert [one["type"] for one in told] == ["evidence.revoked"]


def test_a_key_stands_for_one_request(desk: Desk) -> None:
    """An `Idempotency-Key` of one use is refused for another dossier."""
    key = {"Idempotency-Key": "lan-1"}
    assert desk.use(**key).status_code == 200
    assert desk.use(**key).status_code == 200
    other = PURPOSE | {"dossier": "H15.03-260115-0099"}
    refused = desk.client.post(f"{desk.base}/use", json=other, headers=desk.headers | key)
    assert (refused.status_code, refused.json()["code"]) == (409, "REPEAT_KEY_REUSED")


def test_file_and_report_follow_a_use_only(desk: Desk) -> None:
    """Without a use there is no file; with one both are there, byte for byte, for that side alone."""
    address = f"{desk.base}/file"
    before = desk.client.get(address, params={"dossier": PURPOSE["dossier"]}, headers=desk.headers)
    assert before.status_code == 404
    used = desk.use().json()
    assert desk.client.get(used["file"], headers=desk.headers).content == PDF
    assert desk.client.get(used["report"], headers=desk.headers).json() == {"summary": {}}
    stranger = make_headers(desk.service, OTHER)
    assert desk.client.get(used["file"], headers=stranger).status_code == 404
    assert [entry.detail["part"] for entry in desk.log("reuse.file")] == ["report", "file"]


def test_what_was_revoked_meanwhile_is_refused_with_its_reason(desk: Desk) -> None:
    """Use and file are decided at that moment; the refusal is in the log."""
    used = desk.use().json()
    desk.revoke()
    for refused in (desk.use(), desk.client.get(used["file"], headers=desk.headers)):
        assert (refused.status_code, refused.json()["code"]) == (409, "EVIDENCE_NOT_REUSABLE")
        assert "thu hồi" in refused.json()["detail"]
    assert desk.log("reuse.use")[0].outcome == "DA_THU_HOI_HOAC_THAY_THE"


def test_metadata_carry_a_validator(desk: Desk) -> None:
    """The same version is 304, a change is another ETag, and a use of what changed is refused."""
    first = desk.client.get(desk.base, params=PURPOSE, headers=desk.headers)
    known = {"If-None-Match": first.headers["ETag"]}
    assert desk.client.get(desk.base, params=PURPOSE, headers=desk.headers | known).status_code == 304
    with desk.service.store.write() as work:
        work.results.save(replace(desk.result, state=ResultState.CORRECTED))
        work.commit()
    again = desk.client.get(desk.base, params=PURPOSE, headers=desk.headers | known)
    assert (again.status_code, again.json()["state"]) == (200, "dinh_chinh")
    refused = desk.use(**{"If-Match": first.headers["ETag"]})
    assert (refused.status_code, refused.json()["code"]) == (412, "EVIDENCE_CHANGED")
    assert desk.use(**{"If-Match": again.headers["ETag"]}).status_code == 200


def test_what_may_not_be_known_of_is_not_there(desk: Desk) -> None:
    """A result of a type outside the agreement and one that does not exist answer alike."""
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    add_type(desk.service.store, acting, ResultType("KQ.G15.000099", "Giấy khác"))
    stranger = make_headers(desk.service, types=("KQ.G15.000099",))
    hidden = desk.client.post(f"{desk.base}/use", json=PURPOSE, headers=stranger)
    missing = desk.client.post(f"{REUSE}/evidence/khong-co/use", json=PURPOSE, headers=desk.headers)
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.json()["detail"] == missing.json()["detail"]


def test_a_preview_opens_once(desk: Desk) -> None:
    """The page shows the picture; the second time, and to anybody else, there is nothing."""
    made = desk.client.post(f"{desk.base}/preview", json=PURPOSE, headers=desk.headers).json()
    assert desk.client.get(made["url"], headers=make_headers(desk.service)).status_code == 404
    page = desk.client.get(made["url"], headers=desk.headers)
    assert page.status_code == 200, page.text
    assert "data:image/jpeg;base64," in page.text
    again = desk.client.get(made["url"], headers=desk.headers)
    assert (again.status_code, again.json()["code"]) == (404, "PREVIEW_OVER")
    assert [len(desk.log(name)) for name in ("reuse.preview", "reuse.preview.open")] == [1, 1]
    with desk.service.store.read() as work:
        kept = work.previews.find(made["url"].rpartition("/")[2])
    assert kept is None  # the token itself is not what is kept


def test_a_report_of_wrong_data_is_answered_by_its_keeper(desk: Desk, add_person: AddPerson) -> None:
    """The asker reports, the keeping unit answers, the asker reads the answer; nobody else sees it."""
    body = PURPOSE | {"what": "Ngày sinh trên giấy khác căn cước", "contact": "Bộ phận một cửa, máy lẻ 12"}
    made = desk.client.post(f"{desk.base}/mismatch", json=body, headers=desk.headers)
    assert (made.status_code, made.json()["state"]) == (201, "open")
    again = desk.client.post(f"{desk.base}/mismatch", json=body, headers=desk.headers)
    assert again.json()["id"] == made.json()["id"]
    address = f"{REUSE}/mismatches/{made.json()['id']}"
    assert desk.client.get(address, headers=make_headers(desk.service, OTHER)).status_code == 404
    add_person("lt", Role.ARCHIVIST, COMMUNE)
    desk.client.post("/api/v1/session", json={"login": "lt", "password": PASSWORD})
    assert desk.client.get(f"{REUSE}/mismatches").json()["total"] == 1
    closed = desk.client.post(f"{address}/answer", json={"answer": "Đã đính chính theo sổ gốc"})
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert desk.client.post(f"{address}/answer", json={"answer": "Lần nữa"}).status_code == 409
    desk.client.cookies.clear()
    assert desk.client.get(address, headers=desk.headers).json()["answer"] == "Đã đính chính theo sổ gốc"


def test_name_and_birth_date_only_caution(desk: Desk) -> None:
    """Other names and years never hide a result; accents and case are no difference."""
    body = {"owner": {"id": OWNER}, "type": TYPE, "as_of": "2026-03-01", "purpose": PURPOSE}

    def ask(**owner: str) -> tuple[str, list[str]]:
        sent = body | {"owner": {"id": OWNER, **owner}}
        answer = desk.client.post(f"{REUSE}/lookups", json=sent, headers=desk.headers).json()
        return answer["code"], [one["code"] for one in answer["cautions"]]

    found = "CO_GIA_TRI_TAI_SU_DUNG"
    assert ask(name="TRAN THI  VI DU", birth_date="1990-05-01") == (found, [])
    assert ask(name="Lê Văn Khác") == (found, ["HO_TEN_KHAC"])
    assert ask(birth_date=date(1991, 1, 1).isoformat()) == (found, ["NGAY_SINH_KHAC"])
