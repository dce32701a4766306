"""Signing in and out over HTTP, on a real store."""

from datetime import timedelta

import pytest
from argon2.exceptions import VerificationError
from fastapi.testclient import TestClient

from api import passwords
from api.errors import ServerBusy
from api.wiring import Service
from records.access import Role
from records.actions.keys import hash_secret
from tests.unit.api.conftest import COMMUNE, PASSWORD, AddPerson, SignIn

SESSION = "/api/v1/session"


def test_a_session_starts_with_the_right_password_and_ends_when_signed_out(signed_in: SignIn) -> None:
    """The cookie opens the door until its session is ended."""
    client = signed_in("van-thu", Role.ARCHIVIST, COMMUNE)
    me = client.get(SESSION)
    assert me.json()["name"] == "Người van-thu"
    assert me.json()["permissions"]["record.read"] == [COMMUNE]
    token = client.cookies["sohoa_session"]
    assert client.delete(SESSION).status_code == 204
    client.cookies.set("sohoa_session", token)
    assert client.get(SESSION).status_code == 401


def test_the_cookie_is_closed_to_scripts_and_other_sites(client: TestClient, add_person: AddPerson) -> None:
    """HttpOnly and SameSite=Lax stand on the cookie, and the table holds only its hash."""
    add_person("a1", Role.CLERK, COMMUNE)
    answer = client.post(SESSION, json={"login": "A1 ", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_the_table_holds_only_the_hash_of_the_token(signed_in: SignIn, service: Service) -> None:
    """The database cannot be turned into sessions."""
    token = signed_in("a1", Role.CLERK, COMMUNE).cookies["sohoa_session"]
    with service.store.read() as work:
        assert work.accounts.find_session(token) is None
        session = work.accounts.find_session(hash_secret(token))
    assert session is not None
    assert session.expires_at - session.created_at == timedelta(hours=12)


def test_five_wrong_passwords_close_the_door(client: TestClient, add_person: AddPerson) -> None:
    """After five failures even the right password is refused for a while, and says how long."""
    add_person("a1", Role.CLERK, COMMUNE)
    for _ in range(5):
        wrong = client.post(SESSION, json={"login": "a1", "password": "sai"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "WRONG_PASSWORD")
    refused = client.post(SESSION, json={"login": "a1", "password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_ATTEMPTS")
    assert refused.headers["retry-after"] == "300"


def test_an_unknown_login_is_refused_like_a_wrong_password(client: TestClient) -> None:
    """Nobody learns which logins exist."""
    answer = client.post(SESSION, json={"login": "khong-co", "password": "sai"})
    assert (answer.status_code, answer.json()["code"]) == (401, "WRONG_PASSWORD")


def test_a_password_never_comes_back_in_an_error(client: TestClient) -> None:
    """A request that does not have its form is described without its values."""
    answer = client.post(SESSION, json={"login": "a1", "password": ["bi-mat-123"], "thừa": "x"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "bi-mat-123" not in answer.text
    fields = {error["field"] for error in answer.json()["errors"]}
    assert "body.password" in fields


def test_another_sites_page_cannot_act(signed_in: SignIn) -> None:
    """Unsafe methods from elsewhere are refused, by either header; one's own pages pass."""
    client = signed_in("a1", Role.CLERK, COMMUNE)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://xau.example"}):
        answer = client.delete(SESSION, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "CROSS_SITE_REQUEST")
    assert client.delete(SESSION, headers={"Origin": "http://testserver"}).status_code == 204


def test_changing_ones_password_ends_every_session(signed_in: SignIn, service: Service) -> None:
    """The old password and the old cookie are of no use afterwards."""
    client = signed_in("a1", Role.CLERK, COMMUNE)
    body = {"current": PASSWORD, "password": "mot-mat-khau-khac-dai"}
    assert client.post(f"{SESSION}/password", json=body).status_code == 204
    service.gatekeeper.forget(client.cookies["sohoa_session"])
    assert client.get(SESSION).status_code == 401
    wrong = client.post(SESSION, json={"login": "a1", "password": PASSWORD})
    assert wrong.status_code == 401


def test_a_check_that_cannot_be_made_is_no_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without memory or a thread nobody is told that the password is wrong; it is an outage."""

    def fail(*_values: object) -> bool:
        raise VerificationError("Memory allocation error")

    monkeypatch.setattr(passwords.PasswordHasher, "verify", fail)
    with pytest.raises(ServerBusy):
        passwords.is_password("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "mat-khau-nao-do")
