"""Machine clients, reuse lookups and outages over HTTP, on a real store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pysqlite3
import pytest
from fastapi.testclient import TestClient

from api import auth
from api.wiring import Service
from records.access import SYSTEM, Role
from records.actions.acting import Acting
from records.actions.keys import NewKey, add_key, end_key
from tests.factories import OWNER, build_result
from tests.unit.api.conftest import COMMUNE, TYPE, SignIn

LOOKUPS = "/api/v1/reuse/lookups"
PURPOSE = {"dossier": "H15.03-260115-0042", "procedure": "1.011442"}
QUESTION = {"owner": {"id": OWNER}, "type": TYPE, "as_of": "2026-03-01", "purpose": PURPOSE}
MakeKey = Callable[..., dict[str, str]]


@pytest.fixture
def make_key(service: Service) -> MakeKey:
    """Makes a key and gives the header that carries it."""

    def make(types: tuple[str, ...] | None = None, scopes: tuple[str, ...] = ("lookup",)) -> dict[str, str]:
        acting = Acting(SYSTEM, datetime.now(UTC), "test")
        _key, token = add_key(service.store, acting, NewKey("Một cửa", COMMUNE, scopes, types))
        return {"Authorization": f"Bearer {token}"}

    return make


@contextmanager
def locked(service: Service) -> Iterator[None]:
    """The database held by somebody else: whoever wants to write waits in vain.

    Through the library that the service uses: two SQLites in one process do not see each other's locks.
    """
    connection = pysqlite3.connect(str(service.folder / "sohoa.db"), isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        connection.close()


def test_a_key_opens_what_its_scopes_name_and_nothing_else(client: TestClient, make_key: MakeKey) -> None:
    """A lookup is answered, batches are not shown, and nobody is signed in by it."""
    headers = make_key()
    assert client.post(LOOKUPS, json=QUESTION, headers=headers).json()["code"] == "KHONG_CO"
    refused = client.get("/api/v1/batches", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "ACCESS_DENIED")


@pytest.mark.parametrize(
    "header", ["Bearer sohoa_000000000000_" + "0" * 64, "Bearer xyz", "Basic YTpi", "Bearer"]
)
def test_a_key_that_is_none_is_refused(client: TestClient, header: str) -> None:
    """Unknown keys, other forms and other schemes all end in 401."""
    answer = client.post(LOOKUPS, json=QUESTION, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_SIGNED_IN")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_key_and_cookie_together_are_refused(signed_in: SignIn, make_key: MakeKey) -> None:
    """A page cannot borrow a key, nor a key a session."""
    client = signed_in("a1", Role.CLERK, COMMUNE)
    answer = client.post(LOOKUPS, json=QUESTION, headers=make_key())
    assert answer.json()["code"] == "MIXED_CREDENTIALS"


def test_an_ended_key_is_refused_within_seconds(
    client: TestClient, service: Service, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered of a key is looked at again after a moment; here the moment is none."""
    monkeypatch.setattr(auth, "FRESH_SECONDS", 0.0)
    headers = make_key()
    assert client.post(LOOKUPS, json=QUESTION, headers=headers).status_code == 200
    with service.store.read() as work:
        (key,) = work.keys.all()
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    end_key(service.store, acting, key.id, datetime.now(UTC) - timedelta(seconds=1))
    assert client.post(LOOKUPS, json=QUESTION, headers=headers).status_code == 401


def test_the_last_use_of_a_key_is_kept(client: TestClient, service: Service, make_key: MakeKey) -> None:
    """An unused key can be told from a used one."""
    client.post(LOOKUPS, json=QUESTION, headers=make_key())
    with service.store.read() as work:
        (key,) = work.keys.all()
    assert key.last_used_at is not None


def test_a_lookup_answers_with_evidence_and_leaves_an_audit_row(
    client: TestClient, service: Service, make_key: MakeKey
) -> None:
    """Code, reason and the result without the owner's number; the log holds no number either."""
    with service.store.write() as work:
        work.results.add(build_result(type_code=TYPE, unit=COMMUNE, valid_from=date(2025, 1, 15)))
        work.commit()
    answer = client.post(LOOKUPS, json=QUESTION, headers=make_key())
    body = answer.json()
    assert (answer.status_code, body["code"], body["pending"]) == (200, "CO_GIA_TRI_TAI_SU_DUNG", 0)
    assert OWNER not in answer.text
    assert [one["number"] for one in body["candidates"]] == ["15/GP-STP"]
    with service.store.read() as work:
        entry = work.audit.page(limit=1)[0][0][1]
    assert (entry.action, entry.actor_kind, entry.outcome) == (
        "reuse.lookup", "machine", "CO_GIA_TRI_TAI_SU_DUNG",
    )  # fmt: skip
    assert entry.purpose == "H15.03-260115-0042 1.011442"
    assert OWNER not in str(entry)


def test_no_purpose_and_no_agreement_are_refusals_that_look_at_no_row(
    client: TestClient, make_key: MakeKey
) -> None:
    """Both are data with a reason; the second depends on caller and type alone."""
    headers = make_key(types=(TYPE,))
    without = {name: value for name, value in QUESTION.items() if name != "purpose"}
    assert client.post(LOOKUPS, json=without, headers=headers).json()["code"] == "TU_CHOI_THIEU_MUC_DICH"
    other = QUESTION | {"type": "KQ.G15.999999"}
    refused = client.post(LOOKUPS, json=other, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (200, "TU_CHOI_KHONG_CO_QUYEN")
    assert refused.json()["pending"] is None


def test_an_outage_is_never_none(client: TestClient, service: Service, make_key: MakeKey) -> None:
    """The key is remembered, the answer is 503 with its own code, the row waits in the journal."""
    headers = make_key()
    assert client.post(LOOKUPS, json=QUESTION, headers=headers).status_code == 200
    with locked(service):
        answer = client.post(LOOKUPS, json=QUESTION, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "TAM_THOI_KHONG_TRA_LOI")
    assert answer.headers["retry-after"] == "5"
    assert service.journal.waiting() == 1
    assert service.journal.drain(service.store) == 1
    with service.store.read() as work:
        assert work.audit.page(limit=1)[0][0][1].outcome == "TAM_THOI_KHONG_TRA_LOI"


def test_an_owner_that_is_no_number_is_refused_without_being_quoted(
    client: TestClient, make_key: MakeKey
) -> None:
    """The problem names the length, not the number."""
    answer = client.post(LOOKUPS, json=QUESTION | {"owner": {"id": "0010900123"[:7]}}, headers=make_key())
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_IDENTIFIER")
    assert "0010900" not in answer.text


def test_other_answers_say_503_while_the_database_is_away(signed_in: SignIn, service: Service) -> None:
    """Whoever is signed in is told to come back, not that nothing is there."""
    client = signed_in("a1", Role.ARCHIVIST, COMMUNE)
    with locked(service):
        body = {"unit": COMMUNE, "label": "lô"}
        answer = client.post("/api/v1/batches", json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "STORE_UNAVAILABLE")


def test_a_later_lookup_asks_nobody_who_the_caller_is(
    client: TestClient, service: Service, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Key, block and rate are known for a moment; the answer itself still comes from the database."""
    headers = make_key()
    for _ in range(4):
        client.post(LOOKUPS, json=QUESTION, headers=headers)

    def refuse(_text: str) -> None:
        raise AssertionError("asked again")

    monkeypatch.setattr(service.gatekeeper, "find_by_key", refuse)
    assert client.post(LOOKUPS, json=QUESTION, headers=headers).status_code == 200
    with service.store.read() as work:
        _rows, total = work.audit.page(limit=1)
    assert total >= 5
