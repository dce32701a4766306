"""Candidates found by words and confirmed in the store."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import pytest

from records.access import Permission, Principal, Scope
from records.actions.acting import Acting
from records.errors import AccessDenied
from records.ports import LookupPurpose
from records.states import Confidentiality, ResultState
from search.access import AccessScope
from search.candidates import find_candidates
from search.decision import DecisionCode
from search.errors import BadQuery
from search.index import Hit, SearchIndex, SearchPage, SearchRequest
from tests.factories import NOW, add_record, build_result, build_right
from tests.fakes import FakeStore

PURPOSE = LookupPurpose("H15.26.03.01-3741", "1.004222")
CLERK = Acting(Principal("clerk", "C", "person", {Permission.LOOKUP: Scope(None)}), NOW, "api")
DAY = date(2026, 3, 1)


@dataclass
class FixedIndex:
    """An index that finds the same records whatever is asked."""

    ids: tuple[str, ...]
    asked: list[str] = field(default_factory=list)

    def search(self, request: SearchRequest) -> SearchPage:
        """The hits."""
        self.asked.append(request.text)
        hits = tuple(Hit(one, 1.0, "", "", "", "", None, "") for one in self.ids)
        return SearchPage(hits, len(hits))


def ask(
    store: FakeStore, index: FixedIndex, acting: Acting = CLERK, text: str = "Thử", purpose: Any = PURPOSE
) -> Any:
    """One question."""
    request = SearchRequest(text, AccessScope(Scope(None)))
    return find_candidates(cast(SearchIndex, index), store, acting, request, purpose, DAY)


@pytest.fixture
def store() -> FakeStore:
    """Records with a valid, a revoked, a secret and no result."""
    store = FakeStore()
    with store.write() as work:
        for name, changes in {
            "valid": {},
            "revoked": {"state": ResultState.REVOKED},
            "secret": {"confidentiality": Confidentiality.SECRET},
        }.items():
            add_record(work, id=name)
            work.results.add(build_result(name, id=f"kq-{name}", **changes))
        work.commit()
    return store


def test_every_hit_is_confirmed_in_the_database(store: FakeStore) -> None:
    """Only results the database has and may show are candidates, each with its own worth."""
    found = ask(store, FixedIndex(("valid", "gone", "secret", "revoked")))
    assert [(one.evidence.id, one.code) for one in found] == [
        ("kq-valid", DecisionCode.REUSABLE),
        ("kq-revoked", DecisionCode.WITHDRAWN),
    ]
    with store.read() as work:
        rows = [entry for _, entry in work.audit.page(limit=10)[0]]
    (whole,) = [row for row in rows if row.action == "reuse.candidates"]
    assert whole.detail["results"] == "kq-valid kq-revoked"
    # One row a result shown, by which its owner is told.
    shown = {row.subject_id for row in rows if row.action == "reuse.candidate"}
    assert shown == {"kq-valid", "kq-revoked"}


def test_without_right_nothing_is_searched(store: FakeStore) -> None:
    """The index is not even asked."""
    index = FixedIndex(("valid",))
    with pytest.raises(AccessDenied):
        ask(store, index, Acting(Principal("x", "X", "person", {}), NOW, "api"))
    assert index.asked == []


@pytest.mark.parametrize(("text", "purpose"), [("", PURPOSE), ("Thử", None), ("Thử", LookupPurpose("", ""))])
def test_words_and_purpose_are_needed(store: FakeStore, text: str, purpose: LookupPurpose | None) -> None:
    """A listing of everybody is no lookup."""
    with pytest.raises(BadQuery):
        ask(store, FixedIndex(("valid",)), text=text, purpose=purpose)


def test_types_outside_the_agreement_stay_hidden(store: FakeStore) -> None:
    """A machine client sees only types it may ask for."""
    machine = Principal("m", "M", "machine", {Permission.LOOKUP: Scope(None)}, rights=(build_right("KQ.X"),))
    assert ask(store, FixedIndex(("valid",)), Acting(machine, NOW, "api")) == []
