"""Bulk pre-checks (rà soát trước): thousands of questions, one by one, behind whoever waits at a counter.

Each question is a lookup of its own, by the rights of that moment and audited; between two the runner rests.
"""

import json
import time
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from api.auth import Gatekeeper
from api.errors import TooManyPrechecks
from api.schemas.reuse import LookupOut
from api.watch import PRECHECK_CHANNEL
from records.access import Permission, Principal, authorize
from records.actions.acting import Acting
from records.errors import AccessDenied, InvalidIdentifier, NotSignedIn, RecordNotFound, ServiceError
from records.identifiers import parse_owner
from records.ports import Clock, LookupPurpose, LookupQuestion, Store
from records.prechecks import Precheck, PrecheckState
from search.decision import DecisionCode, build_reason
from search.lookup import LookupService, build_inquiry

CHUNK = 20
HOLD = timedelta(seconds=60)
MAX_OPEN = 3
_TURN_SECONDS = 5.0


def add_precheck(store: Store, acting: Acting, questions: Sequence[dict[str, Any]], hours: int) -> Precheck:
    """Keep the questions for the worker; raises `TooManyPrechecks`, `AccessDenied`."""
    authorize(acting.principal, Permission.LOOKUP)
    if acting.principal.kind != "machine":
        raise AccessDenied("Rà soát trước chỉ dành cho hệ thống ngoài.")
    precheck = Precheck(
        str(uuid.uuid4()), acting.principal.id, PrecheckState.WAITING, len(questions), 0, acting.at,
        acting.at + timedelta(hours=hours),
    )  # fmt: skip
    with store.write() as work:
        if work.clients.prechecks.count_open(acting.principal.id) >= MAX_OPEN:
            raise TooManyPrechecks
        texts = [json.dumps(question, ensure_ascii=False) for question in questions]
        work.clients.prechecks.add(precheck, texts)
        work.audit.add(
            acting.entry(
                "precheck.add", "precheck", precheck.id, unit=acting.principal.home_unit, count=len(questions)
            )
        )
        work.commit()
    return precheck


def find_precheck(store: Store, acting: Acting, precheck_id: str) -> Precheck:
    """The caller's own pre-check; anybody else's, and one that expired, does not exist."""
    with store.read() as work:
        precheck = work.clients.prechecks.get(precheck_id)
    if precheck.client != acting.principal.id or precheck.expires_at <= acting.at:
        raise RecordNotFound(precheck=precheck_id)
    return precheck


class PrecheckRunner:
    """Answers waiting pre-checks (bộ rà soát); any number of processes may, each one pre-check at a time."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        lookup: LookupService,
        gatekeeper: Gatekeeper,
        per_second: float,
    ) -> None:
        self._store = store
        self._clock = clock
        self._lookup = lookup
        self._gatekeeper = gatekeeper
        self._pause = 1.0 / per_second

    def run_some(self) -> int:
        """Answer for a few seconds; returns how many questions."""
        begun, done = time.monotonic(), 0
        while time.monotonic() - begun < _TURN_SECONDS:
            count = self._run_chunk()
            done += count
            if count == 0:
                break
        return done

    def _run_chunk(self) -> int:
        now = self._clock.now()
        with self._store.write() as work:
            precheck = work.clients.prechecks.claim(now, now + HOLD)
            if precheck is None:
                return 0
            waiting = work.clients.prechecks.waiting(precheck.id, CHUNK)
            blocked = work.clients.alarms.find_block(precheck.client) is not None
            work.commit()
        if blocked:
            # It stays held: an administrator decides, and the others go on.
            return 0
        count = self._answer_all(precheck, waiting)
        with self._store.write() as work:
            work.clients.prechecks.advance(precheck.id, count, self._clock.now())
            work.commit()
        return count

    def _answer_all(self, precheck: Precheck, waiting: Sequence[tuple[int, str]]) -> int:
        count = 0
        for ordinal, text in waiting:
            begun = time.monotonic()
            answer = self._answer(precheck, json.loads(text))
            if answer is None:
                break
            line = json.dumps({"ordinal": ordinal, **answer}, ensure_ascii=False, separators=(",", ":"))
            with self._store.write() as work:
                count += work.clients.prechecks.answer(precheck.id, ordinal, line)
                work.commit()
            # Never more than half the time, however slow the database is.
            spent = time.monotonic() - begun
            time.sleep(max(self._pause - spent, spent))
        return count

    def _answer(self, precheck: Precheck, asked: dict[str, Any]) -> dict[str, Any] | None:
        """What goes into the line of one question; None while the database is away."""
        ref = {"ref": asked["ref"]} if asked.get("ref") else {}
        try:
            principal = self._find_client(precheck)
            acting = Acting(principal, self._clock.now(), PRECHECK_CHANNEL)
            question = build_question(asked, acting.today)
            answered = self._lookup.inquire(acting, build_inquiry(question))
            if answered.unknown:
                # A slip of the pen in ten thousand lines must not read as "none".
                raise InvalidIdentifier("Danh mục không có loại giấy tờ này.", field="type")
            answer = answered.answers[0]
        except NotSignedIn:
            code = DecisionCode.NOT_ALLOWED
            return {**ref, "code": code.value, "reason_vi": build_reason(code, None), "candidates": []}
        except ServiceError as error:
            if error.retryable:
                return None
            return {**ref, "code": error.code, "reason_vi": error.text_vi, "candidates": []}
        if answer.code is DecisionCode.NO_ANSWER:
            return None
        return {**ref, **LookupOut.model_validate(answer).model_dump(mode="json")}

    def _find_client(self, precheck: Precheck) -> Principal:
        return self._gatekeeper.find_by_id(precheck.client)


def build_question(asked: dict[str, Any], today: date) -> LookupQuestion:
    """The domain's question of one kept as JSON; without a day it is asked of today."""
    purpose = asked["purpose"]
    return LookupQuestion(
        owner=parse_owner(asked["owner"]["scheme"], asked["owner"]["id"]),
        type_code=asked["type"],
        as_of=date.fromisoformat(asked["as_of"]) if asked.get("as_of") else today,
        purpose=LookupPurpose(purpose["dossier"], purpose["procedure"], purpose.get("legal_basis", "")),
    )
