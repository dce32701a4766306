"""Lookups on real databases: the same work for every answer, and an answer in time whatever happens."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from records.access import Permission, Principal, Scope
from records.actions.acting import Acting
from records.agreements import Right
from records.ports import LookupPurpose, OwnerKey
from records.sql.unit_of_work import SqlStore
from search.decision import DecisionCode
from search.evidence import EvidenceDesk
from search.lookup import LookupService
from search.needs import Inquiry, Need
from tests.factories import NOW, OWNER, TYPE, build_result, build_type
from tests.unit.search.test_lookup import MemoryJournal

DAY = date(2026, 3, 1)
ASKED = Inquiry(OwnerKey("cccd", OWNER), (Need(TYPE),), DAY, LookupPurpose("H15.03-1", "1.011442"))
RIGHT = Right(None, None, frozenset({"KQ.G15.000099"}), date(2020, 1, 1), None)


def make_acting(*rights: Right) -> Acting:
    """A machine client with these agreements; none: a person."""
    reach = {Permission.LOOKUP: Scope(None)}
    return Acting(Principal("m", "M", "machine", reach, "H15.01", rights or None), NOW, "api")


@pytest.fixture
def service(store: SqlStore) -> LookupService:
    """A service over a store that knows the type."""
    with store.write() as work:
        work.types.add(build_type(TYPE))
        work.commit()
    return LookupService(store, MemoryJournal(), b"secret")


@pytest.fixture
def statements(store: SqlStore) -> Iterator[list[str]]:
    """The texts of the statements that run."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        seen.append(re.sub(r"timeout=\d+", "timeout", text))

    event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine, "before_cursor_execute", note)


def test_none_and_not_allowed_do_the_same_work(service: LookupService, statements: list[str]) -> None:
    """Who may not know learns nothing from how long it takes: the statements are the same, one by one."""
    assert service.inquire(make_acting(), ASKED).answers[0].code is DecisionCode.NONE
    none = statements.copy()
    statements.clear()
    assert service.inquire(make_acting(RIGHT), ASKED).answers[0].code is DecisionCode.NOT_ALLOWED
    assert statements == none
    assert any("FROM results" in text for text in none)


def test_twenty_needs_cost_as_many_statements_as_one(service: LookupService, statements: list[str]) -> None:
    """One question for all types of an owner, one row in the log."""
    service.inquire(make_acting(), ASKED)
    one = len(statements)
    statements.clear()
    needs = tuple(Need(f"KQ.{number}") for number in range(20))
    service.inquire(make_acting(), Inquiry(ASKED.owner, needs, DAY, ASKED.purpose))
    assert len(statements) == one


def test_a_result_counts_from_the_commit_that_stores_it(service: LookupService, store: SqlStore) -> None:
    """Before the commit there is none, after it there is one, in the same second."""
    assert service.inquire(make_acting(), ASKED).answers[0].code is DecisionCode.NONE
    with store.write() as work:
        work.results.add(build_result())
        work.commit()
    assert service.inquire(make_acting(), ASKED).answers[0].code is DecisionCode.REUSABLE


def test_connections_all_taken_end_in_time(service: LookupService, store: SqlStore) -> None:
    """Waiting for a connection counts: with all of them held the answer is there within the deadline."""
    release = threading.Event()
    taken = threading.Barrier(21)

    def hold() -> None:
        with store.read():
            taken.wait(30)
            release.wait(30)

    holders = [threading.Thread(target=hold) for _ in range(20)]
    for holder in holders:
        holder.start()
    taken.wait(30)
    started = time.monotonic()
    answer = service.inquire(make_acting(), ASKED)
    seconds = time.monotonic() - started
    release.set()
    for holder in holders:
        holder.join()
    assert answer.answers[0].code is DecisionCode.NO_ANSWER
    assert seconds < 2 * service.seconds


def test_uses_at_the_same_moment_are_one(store: SqlStore) -> None:
    """However many ask at once, the dossier has one use and only one caller made it."""
    result = build_result()
    with store.write() as work:
        work.types.add(build_type(TYPE))
        work.results.add(result)
        work.commit()
    desk = EvidenceDesk(store, b"secret")
    purpose = LookupPurpose("H15.03-1", "1.011442")
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(desk.use, make_acting(), result.id, purpose) for _ in range(8)]
        used = [one.result() for one in asked]
    assert len({one.use.id for one in used}) == 1
    assert [one.is_repeat for one in used].count(False) == 1
    with store.read() as work:
        assert len(work.uses.of_result(result.id)) == 1
