"""Changed verdicts on the page, over the interface and in the terminal; re-checks begun by hand."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.cli import rechecks as command
from api.cli.main import app as cli
from api.rechecks import CAUSE_VI, OUTCOME_VI, REASON_VI
from api.wiring import Service
from ingest import recheck_rules
from records.access import Role
from records.model import Record
from records.states import Confidentiality, SignatureStanding, SignatureValue
from records.verdicts import Cause, Outcome, SignatureVerdict, VerdictDue
from tests.factories import add_record
from tests.unit.api.conftest import COMMUNE, OTHER, PASSWORD, AddPerson

API = "/api/v1"
PAGE = "/ket-luan-chu-ky"
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
REVOKED = "Chứng thư số của người ký đã bị thu hồi."


def add_signed(service: Service, unit: str = COMMUNE, **changes: Any) -> Record:
    """A record that arrived signed and is due for a re-check in a month."""
    with service.store.write() as work:
        standing = SignatureStanding.ARRIVED_SIGNED
        report = {"summary": {"advice_vi": "", "rows": []}, "signatures": []}
        sha256 = service.blobs.put(json.dumps(report).encode())
        record = add_record(work, unit=unit, signature_standing=standing, report_sha256=sha256, **changes)
        due = service.clock.now() + timedelta(days=30)
        work.verdicts.put_due(VerdictDue(record.id, unit, "b", NOW, due, Cause.SCHEDULE))
        work.commit()
    return record


def add_verdict(service: Service, record: Record, **changes: Any) -> int:
    """A change of the record's verdict for the worse, or what is asked for; its number."""
    values: dict[str, Any] = {
        "cause": Cause.BASIS,
        "outcome": Outcome.CHANGED,
        "value": SignatureValue.UNDETERMINED,
        "headline_vi": REVOKED,
        "value_before": SignatureValue.VALID,
        "headline_before": "Chữ ký hợp lệ, tài liệu còn nguyên vẹn.",
        "trust": "vgca 2026.1",
    }
    given = values | changes
    verdict = SignatureVerdict(
        record_id=record.id, unit=record.unit, at=NOW, indication="INDETERMINATE", report_sha256=None,
        policy="sohoa-verify 2", **given,
    )  # fmt: skip
    with service.store.write() as work:
        number = work.verdicts.add(verdict).number
        work.commit()
    return number


@pytest.fixture
def archivist(service: Service, add_person: AddPerson) -> Iterator[TestClient]:
    """The archivist of the commune, signed in, in front of the pages."""
    add_person("an", Role.ARCHIVIST, COMMUNE)
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        client.post(f"{API}/session", json={"login": "an", "password": PASSWORD})
        yield client


def test_a_change_is_listed_counted_and_put_aside(archivist: TestClient, service: Service) -> None:
    """Old and new, why, a link; the rail counts it until it was seen; then it is under all changes."""
    record = add_signed(service, title="Quyết định <b>cấp đất</b>")
    add_verdict(service, add_signed(service, OTHER))
    number = add_verdict(service, record)
    page = archivist.get(PAGE).text
    assert page.count("<tr>") == 2
    for text in (REVOKED, "còn nguyên vẹn", f"/ho-so/{record.id}", "vgca 2026.1", CAUSE_VI[Cause.BASIS]):
        assert text in page
    assert "<b>cấp đất" not in page
    assert 'class="badge">1<' in archivist.get("/ho-so").text
    answer = archivist.post(f"{PAGE}/{number}/da-xem", headers={"Origin": "http://testserver"})
    assert answer.status_code == 200
    assert "Không có thay đổi nào bạn chưa xem" in answer.text
    assert 'class="badge"' not in answer.text
    assert REVOKED in archivist.get(f"{PAGE}?tat_ca=true").text


def test_all_are_put_aside_at_once(archivist: TestClient, service: Service) -> None:
    """One button for everything there is; pages of fifty."""
    record = add_signed(service)
    for _ in range(51):
        add_verdict(service, record)
    assert "trang=2" in archivist.get(PAGE).text
    assert archivist.get(f"{PAGE}?trang=2").text.count("<tr>") == 2
    answer = archivist.post(f"{PAGE}/da-xem", headers={"Origin": "http://testserver"})
    assert "Không có thay đổi nào bạn chưa xem" in answer.text
    assert archivist.get(f"{API}/verdict-changes").json()["unseen"] == 0


def test_the_interface_gives_changes_and_history(archivist: TestClient, service: Service) -> None:
    """Changes with their words, whether seen, and every judgement of one record."""
    record = add_signed(service)
    add_verdict(
        service, record, outcome=Outcome.FIRST, cause=Cause.STORED, value_before=None, headline_before=None
    )
    number = add_verdict(service, record)
    add_verdict(service, record, outcome=Outcome.KEPT, reason=recheck_rules.OUTAGE)
    body = archivist.get(f"{API}/verdict-changes", params={"unseen": True}).json()
    assert (body["more"], body["unseen"], len(body["items"])) == (False, 1, 1)
    assert body["items"][0]["verdict"]["number"] == number
    assert archivist.post(f"{API}/verdict-changes/{number}/seen").status_code == 204
    assert archivist.get(f"{API}/verdict-changes").json()["items"][0]["seen"] is True
    history = archivist.get(f"{API}/records/{record.id}/verdicts").json()["items"]
    assert [one["outcome"] for one in history] == ["kept", "changed", "first"]
    assert history[0]["reason_vi"] == REASON_VI["outage"]
    page = archivist.get(f"/ho-so/{record.id}").text
    assert "Các lần kết luận (3)" in page
    assert "không làm đổi kết luận" in page


def test_nobody_sees_or_puts_aside_what_he_may_not_open(archivist: TestClient, service: Service) -> None:
    """Other units' changes are not listed, not counted, and not found by number."""
    number = add_verdict(service, add_signed(service, OTHER))
    secret = add_verdict(service, add_signed(service, confidentiality=Confidentiality.SECRET))
    assert archivist.get(f"{API}/verdict-changes").json()["items"] == []
    for hidden in (number, secret, 999_999):
        assert archivist.post(f"{API}/verdict-changes/{hidden}/seen").status_code == 404
    assert archivist.get(f"{API}/records/khong-co/verdicts").status_code == 404


def test_rechecks_are_begun_and_followed(archivist: TestClient, service: Service) -> None:
    """One record, a unit, or what one may not; the progress counts the caller's units."""
    record = add_signed(service)
    other = add_signed(service, OTHER)
    before = archivist.get(f"{API}/rechecks").json()
    assert (before["records"], before["due"], before["trust"]) == (1, 0, None)
    answer = archivist.post(f"{API}/rechecks", json={"record": record.id})
    assert (answer.status_code, answer.json()["due"]) == (202, 1)
    assert archivist.post(f"{API}/rechecks", json={"unit": COMMUNE}).status_code == 202
    assert archivist.post(f"{API}/rechecks", json={"record": other.id}).status_code == 404
    assert archivist.post(f"{API}/rechecks", json={"unit": OTHER}).status_code == 403
    assert archivist.post(f"{API}/rechecks", json={}).status_code == 403
    assert archivist.post(f"{API}/rechecks", json={"record": "a", "unit": COMMUNE}).status_code == 422
    with service.store.read() as work:
        actions = [entry.action for _id, entry in work.audit.page(limit=10)[0]]
    assert actions.count("recheck.start") == 2


def test_a_record_without_signatures_has_nothing_to_check(archivist: TestClient, service: Service) -> None:
    """Said so, instead of a check that never comes."""
    with service.store.write() as work:
        record = add_record(work, unit=COMMUNE)
        work.commit()
    answer = archivist.post(f"{API}/rechecks", json={"record": record.id})
    assert (answer.status_code, "chưa có chữ ký" in answer.json()["detail"]) == (404, True)


def test_every_word_is_there() -> None:
    """Each cause, outcome and reason has its Vietnamese words."""
    assert set(CAUSE_VI) == set(Cause)
    assert set(OUTCOME_VI) == set(Outcome)
    reasons = {
        recheck_rules.NOT_DONE, recheck_rules.OUTAGE, recheck_rules.NO_BUNDLE,
        recheck_rules.REVOCATION_NOT_KNOWN, recheck_rules.HELD_WHEN_CHECKED,
    }  # fmt: skip
    assert set(REASON_VI) == reasons | {""}


def test_the_command_starts_tells_and_lists(
    service: Service, add_person: AddPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sohoa rechecks`: exactly one of record, unit, all; progress, changes and history as JSON."""
    add_person("an", Role.ARCHIVIST, COMMUNE)
    record = add_signed(service)
    add_verdict(service, record)
    monkeypatch.setenv("SOHOA_STORE__FOLDER", str(service.settings.store.folder))
    run = CliRunner()

    def ask(*arguments: str) -> Any:
        result = run.invoke(cli, ["rechecks", *arguments, "--as", "an", "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    assert ask("status")[0]["records"] == 1
    assert ask("start", "--record", record.id)[0]["due"] == 1
    assert ask("start", "--unit", COMMUNE)[0]["due"] == 1
    (change,) = ask("changes", "--unseen")
    assert (change["record_id"], change["headline_vi"], change["seen"]) == (record.id, REVOKED, False)
    assert ask("history", record.id)[0]["outcome_vi"] == "Đã thay đổi"
    assert run.invoke(cli, ["rechecks", "start", "--as", "an"]).exit_code != 0
    assert command.rechecks_app.info.name == "rechecks"
