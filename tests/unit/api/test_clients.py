"""Agreements, signed assertions, pre-checks, repeated requests and alarms over HTTP, on a real store."""

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from fastapi.testclient import TestClient

from api import auth
from api.prechecks import PrecheckRunner
from api.settings import ClientSettings, Settings, WebSettings
from api.wiring import Service
from records.access import SYSTEM, Role
from records.actions.acting import Acting
from records.actions.keys import NewKey, add_key
from records.model import ApiKey
from tests.factories import OWNER, build_result
from tests.fakes import FixedClock
from tests.unit.api.conftest import COMMUNE, OTHER, TYPE, SignIn

API = "/api/v1"
LOOKUPS = f"{API}/reuse/lookups"
PURPOSE = {"dossier": "H15.03-260115-0042", "procedure": "1.011442"}
QUESTION = {"owner": {"id": OWNER}, "type": TYPE, "purpose": PURPOSE}
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BEGIN, END = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Time enough on a busy machine, and quick pre-checks."""
    groups = {"clients": ClientSettings(precheck_per_second=1000), "web": WebSettings(lookup_seconds=10)}
    return settings.model_copy(update=groups)


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered of a caller, so that changes work at once."""
    monkeypatch.setattr(auth, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr("api.watch.BLOCK_SECONDS", 0.0)


def make_client(service: Service, types: tuple[str, ...] | None = None) -> tuple[ApiKey, dict[str, str]]:
    """A machine client with its first agreement, and the header it signs in with."""
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    key, token = add_key(service.store, acting, NewKey("Một cửa", COMMUNE, ("lookup",), types))
    return key, {"Authorization": f"Bearer {token}"}


class TestAgreements:
    """Rights of machine clients."""

    def test_without_an_agreement_nothing_is_answered(
        self, client: TestClient, signed_in: SignIn, service: Service
    ) -> None:
        """An ended agreement refuses, another over procedure and unit answers what it covers alone."""
        key, headers = make_client(service)
        assert client.post(LOOKUPS, json=QUESTION, headers=headers).json()["code"] == "KHONG_CO"
        admin = signed_in("quantri", Role.ADMINISTRATOR, None)
        (first,) = admin.get(f"{API}/agreements").json()
        assert (first["key_id"], first["result_types"], first["state"]) == (key.id, None, "active")
        ended = {"state": "ended", "reason": "Hết hợp tác"}
        assert admin.post(f"{API}/agreements/{first['id']}/state", json=ended).json()["state"] == "ended"
        again = admin.post(f"{API}/agreements/{first['id']}/state", json={"state": "active", "reason": "x"})
        assert again.status_code == 409
        new = {
            "key": key.prefix,
            "document": "15/TT-STP",
            "unit": COMMUNE,
            "procedures": ["1.011442.000.00.00.H38"],
        }
        made = admin.post(f"{API}/agreements", json=new)
        assert (made.status_code, made.json()["procedures"]) == (201, ["1.011442"])
        admin.cookies.clear()
        asked: list[dict[str, Any]] = [
            QUESTION,
            QUESTION | {"purpose": PURPOSE | {"procedure": "2.000001"}},
            QUESTION | {"purpose": PURPOSE | {"dossier": f"{OTHER}-260115-0042"}},
        ]
        codes = [client.post(LOOKUPS, json=one, headers=headers).json()["code"] for one in asked]
        assert codes == ["KHONG_CO", "TU_CHOI_KHONG_CO_QUYEN", "TU_CHOI_KHONG_CO_QUYEN"]

    def test_an_agreement_has_its_days(self, signed_in: SignIn, service: Service) -> None:
        """Before its first and after its last day it refuses; wrong dates are no agreement."""
        key, headers = make_client(service, ("KQ.G15.000031",))
        admin = signed_in("quantri", Role.ADMINISTRATOR, None)
        (first,) = admin.get(f"{API}/agreements").json()
        admin.post(f"{API}/agreements/{first['id']}/state", json={"state": "suspended", "reason": "x"})
        today = datetime.now(UTC).date()
        late = {"key": key.id, "document": "x", "valid_from": str(today + timedelta(days=2))}
        assert admin.post(f"{API}/agreements", json=late).status_code == 201
        wrong = late | {"valid_to": str(today)}
        assert admin.post(f"{API}/agreements", json=wrong).json()["code"] == "INVALID_VALUE"
        admin.cookies.clear()
        assert admin.post(LOOKUPS, json=QUESTION, headers=headers).json()["code"] == "TU_CHOI_KHONG_CO_QUYEN"

    def test_only_who_manages_the_key_may(self, signed_in: SignIn, service: Service) -> None:
        """A clerk sees nothing of agreements, an administrator of another unit not this one."""
        make_client(service)
        assert signed_in("a1", Role.CLERK, COMMUNE).get(f"{API}/agreements").status_code == 403
        assert signed_in("b1", Role.ADMINISTRATOR, OTHER).get(f"{API}/agreements").json() == []


def encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(private: Private, signed: bytes) -> bytes:
    """The signature as JWS writes it."""
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(signed)
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    first, second = decode_dss_signature(private.sign(signed, ec.ECDSA(hashes.SHA256())))
    return first.to_bytes(32) + second.to_bytes(32)


def build_assertion(private: Private, header: dict[str, Any], **claims: Any) -> str:
    """A signed assertion."""
    parts = [encode(json.dumps(part).encode()) for part in (header, claims)]
    return ".".join([*parts, encode(sign(private, ".".join(parts).encode()))])


PRIVATE_KEYS: dict[str, Callable[[], Private]] = {
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
}


class TestAssertions:
    """Signed assertions instead of a shared secret."""

    @pytest.fixture
    def client_key(self, service: Service) -> ApiKey:
        """The client that signs."""
        return make_client(service)[0]

    def register(self, signed_in: SignIn, key: ApiKey, private: Private) -> dict[str, Any]:
        """Register the public half; its row."""
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        admin = signed_in("quantri", Role.ADMINISTRATOR, None)
        made = admin.post(f"{API}/keys/{key.id}/public-keys", json={"pem": public.decode()})
        assert made.status_code == 201, made.text
        admin.cookies.clear()
        return made.json()

    def ask(self, client: TestClient, assertion: str) -> Any:
        """Ask for a token."""
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION}
        return client.post(f"{API}/token", data=form | {"client_assertion": assertion})

    def claims(self, key: ApiKey, **changes: Any) -> dict[str, Any]:
        """The claims of a good assertion."""
        now = int(time.time())
        good = {"iss": key.id, "sub": key.id, "aud": "sohoa", "iat": now, "exp": now + 60}
        return good | {"jti": f"so-{time.monotonic_ns()}"} | changes

    @pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
    def test_a_signed_assertion_gives_a_token_that_looks_up(
        self, client: TestClient, signed_in: SignIn, client_key: ApiKey, algorithm: str
    ) -> None:
        """Once: the same assertion a second time is refused."""
        private = PRIVATE_KEYS[algorithm]()
        row = self.register(signed_in, client_key, private)
        assert row["algorithm"] == algorithm
        header = {"alg": algorithm, "kid": row["id"], "typ": "JWT"}
        assertion = build_assertion(private, header, **self.claims(client_key))
        given = self.ask(client, assertion)
        assert (given.status_code, given.json()["expires_in"]) == (200, 300)
        headers = {"Authorization": f"Bearer {given.json()['access_token']}"}
        assert client.post(LOOKUPS, json=QUESTION, headers=headers).json()["code"] == "KHONG_CO"
        assert self.ask(client, assertion).status_code == 401

    @pytest.mark.parametrize(
        ("header", "claims"),
        [
            ({"alg": "none"}, {}),
            ({"alg": "HS256"}, {}),
            ({"alg": "RS256"}, {}),
            ({"kid": "unknown"}, {}),
            ({"kid": None}, {}),
            ({"crit": ["exp"]}, {}),
            ({}, {"aud": "somebody-else"}),
            ({}, {"aud": None}),
            ({}, {"aud": [{}]}),
            ({}, {"iss": "somebody-else"}),
            ({}, {"sub": "somebody-else"}),
            ({}, {"exp": 1}),
            ({}, {"exp": 9_999_999_999}),
            ({}, {"exp": "soon"}),
            ({}, {"iat": 9_999_999_999}),
            ({}, {"jti": None}),
            ({}, {"jti": "x"}),
            ({}, {"nbf": 9_999_999_999}),
        ],
    )
    def test_what_is_wrong_is_refused_alike(
        self,
        client: TestClient,
        signed_in: SignIn,
        client_key: ApiKey,
        header: dict[str, Any],
        claims: dict[str, Any],
    ) -> None:
        """Another algorithm, key, audience, subject, time or no jti: 401 and the same words."""
        private = ed25519.Ed25519PrivateKey.generate()
        row = self.register(signed_in, client_key, private)
        good = {"alg": "EdDSA", "kid": row["id"]}
        refused = self.ask(
            client, build_assertion(private, good | header, **self.claims(client_key, **claims))
        )
        assert (refused.status_code, refused.json()["code"]) == (401, "NOT_SIGNED_IN")
        # The key itself is good.
        assert self.ask(client, build_assertion(private, good, **self.claims(client_key))).status_code == 200

    def test_a_foreign_signature_garbage_and_an_ended_key_are_refused(
        self, client: TestClient, signed_in: SignIn, client_key: ApiKey
    ) -> None:
        """Only the registered key's own signature counts, and only until the key ends."""
        private = ed25519.Ed25519PrivateKey.generate()
        row = self.register(signed_in, client_key, private)
        header = {"alg": "EdDSA", "kid": row["id"]}
        foreign = build_assertion(ed25519.Ed25519PrivateKey.generate(), header, **self.claims(client_key))
        nested = base64.urlsafe_b64encode(b"[" * 4500).decode().rstrip("=")
        for text in (foreign, "a.b.c", "", "x" * 8000, "eyJ9.eyJ9.AA", f"{foreign}.x", f"{nested}.e30.AA"):
            assert self.ask(client, text).status_code in {401, 422}
        admin = signed_in("quantri2", Role.ADMINISTRATOR, None)
        assert admin.post(f"{API}/public-keys/{row['id']}/end").status_code == 200
        admin.cookies.clear()
        assert (
            self.ask(client, build_assertion(private, header, **self.claims(client_key))).status_code == 401
        )

    def test_a_token_ends_with_its_time_and_its_client(
        self, client: TestClient, service: Service, client_key: ApiKey
    ) -> None:
        """An expired token is refused; so is any other text."""
        token = service.gatekeeper.give_token(client_key.id, -1)
        for text in (token, "sohoat_", "sohoat_xyz"):
            answer = client.post(LOOKUPS, json=QUESTION, headers={"Authorization": f"Bearer {text}"})
            assert answer.status_code == 401

    @pytest.mark.parametrize(
        "pem", ["x" * 60, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----" + " " * 9]
    )
    def test_a_key_that_is_none_is_not_registered(
        self, signed_in: SignIn, client_key: ApiKey, pem: str
    ) -> None:
        """Neither garbage nor a key of another kind."""
        admin = signed_in("quantri", Role.ADMINISTRATOR, None)
        assert admin.post(f"{API}/keys/{client_key.id}/public-keys", json={"pem": pem}).status_code == 422


class TestPrechecks:
    """Bulk pre-checks."""

    def test_questions_are_answered_behind_and_for_their_asker_alone(
        self, client: TestClient, service: Service
    ) -> None:
        """Each is audited with its own purpose; the answers hold no owner; another client sees nothing."""
        _key, headers = make_client(service)
        with service.store.write() as work:
            work.results.add(build_result(type_code=TYPE, unit=COMMUNE, valid_from=date(2025, 1, 15)))
            work.commit()
        questions = [QUESTION | {"ref": "a"}, QUESTION | {"owner": {"id": "001203000999"}}]
        sent = client.post(f"{API}/reuse/prechecks", json={"questions": questions}, headers=headers)
        assert (sent.status_code, sent.json()["total"], sent.json()["state"]) == (202, 2, "waiting")
        path = f"{API}/reuse/prechecks/{sent.json()['id']}"
        assert service.precheck_runner.run_some() == 2
        assert client.get(path, headers=headers).json()["state"] == "done"
        answers = client.get(f"{path}/answers", headers=headers)
        first, second = map(json.loads, answers.text.splitlines())
        assert (first["ordinal"], first["ref"], first["code"]) == (1, "a", "CO_GIA_TRI_TAI_SU_DUNG")
        assert second["code"] == "KHONG_CO"
        assert OWNER not in answers.text
        assert answers.headers["content-type"].startswith("application/x-ndjson")
        _other, strangers = make_client(service)
        assert client.get(path, headers=strangers).status_code == 404
        assert client.get(f"{path}/answers", headers=strangers).status_code == 404
        assert client.get(f"{API}/reuse/prechecks", headers=strangers).json() == []
        with service.store.read() as work:
            entries = [entry for _id, entry in work.audit.page(limit=20)[0]]
            assert work.clients.prechecks.waiting(sent.json()["id"], 9) == []
        assert sum(entry.action == "reuse.lookup" for entry in entries) == 2
        assert {entry.detail["channel"] for entry in entries if entry.action == "reuse.lookup"} == {
            "precheck"
        }

    def test_a_type_that_no_list_names_is_not_none(self, client: TestClient, service: Service) -> None:
        """A slip of the pen is named in the line of its question; a number too large for a line is 422."""
        _key, headers = make_client(service)
        asked = {"questions": [QUESTION | {"type": "KQ.SAI"}, QUESTION]}
        sent = client.post(f"{API}/reuse/prechecks", json=asked, headers=headers).json()
        service.precheck_runner.run_some()
        path = f"{API}/reuse/prechecks/{sent['id']}/answers"
        codes = [json.loads(line)["code"] for line in client.get(path, headers=headers).text.splitlines()]
        assert codes == ["INVALID_IDENTIFIER", "KHONG_CO"]
        for address in (path, f"{API}/reuse/changes"):
            assert client.get(address, params={"after": 10**30}, headers=headers).status_code == 422

    def test_without_a_day_it_is_asked_of_today_in_vietnam(
        self, client: TestClient, service: Service
    ) -> None:
        """Pre-checks run at night, when the day in Greenwich is still the one before."""
        _key, headers = make_client(service)
        client.post(f"{API}/reuse/prechecks", json={"questions": [QUESTION]}, headers=headers)
        evening = datetime.now(UTC).replace(hour=20)
        runner = PrecheckRunner(
            service.store, FixedClock(evening), service.lookup, service.gatekeeper, 1000.0
        )
        assert runner.run_some() == 1
        with service.store.read() as work:
            entries = [entry for _id, entry in work.audit.page(limit=5)[0]]
        (asked,) = [entry for entry in entries if entry.action == "reuse.lookup"]
        assert asked.detail["as_of"] == (evening.date() + timedelta(days=1)).isoformat()

    def test_lines_are_taken_as_well_and_bad_ones_named(self, client: TestClient, service: Service) -> None:
        """NDJSON, one question a line; the first bad one is told by its number, never by its content."""
        _key, headers = make_client(service)
        headers = headers | {"Content-Type": "application/x-ndjson"}
        line = json.dumps(QUESTION)
        good = client.post(f"{API}/reuse/prechecks", content=f"{line}\n{line}\n", headers=headers)
        assert (good.status_code, good.json()["total"]) == (202, 2)
        for bad in ("{", json.dumps(QUESTION | {"purpose": {"dossier": "", "procedure": "1"}}),
                    json.dumps(QUESTION | {"owner": {"id": "4711-x"}})):  # fmt: skip
            refused = client.post(f"{API}/reuse/prechecks", content=f"{line}\n{bad}\n", headers=headers)
            assert (refused.status_code, refused.json()["context"]) == (422, {"question": 2})
        assert client.post(f"{API}/reuse/prechecks", content="", headers=headers).status_code == 422

    def test_a_person_asks_at_the_counter(self, signed_in: SignIn) -> None:
        """Pre-checks are for machine clients: who asks must be known by key when it is answered."""
        clerk = signed_in("a1", Role.CLERK, COMMUNE)
        assert clerk.post(f"{API}/reuse/prechecks", json={"questions": [QUESTION]}).status_code == 403

    def test_a_client_has_three_at_a_time(self, client: TestClient, service: Service) -> None:
        """A fourth waits until one is done."""
        _key, headers = make_client(service)
        body = {"questions": [QUESTION]}
        codes = [
            client.post(f"{API}/reuse/prechecks", json=body, headers=headers).status_code for _ in range(4)
        ]
        assert codes == [202, 202, 202, 409]
        service.precheck_runner.run_some()
        assert client.post(f"{API}/reuse/prechecks", json=body, headers=headers).status_code == 202
