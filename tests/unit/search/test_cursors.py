"""Cursors: opaque, bound, not for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.access import Scope
from search.access import AccessScope
from search.cursors import LIFETIME, build_binding, derive_key, seal, unseal
from search.errors import BadQuery
from search.index import Facet, Filters, Order, SearchRequest

NOW = datetime(2026, 10, 8, 2, 15, tzinfo=UTC)
KEY = derive_key(b"bi mat")
REQUEST = SearchRequest("thu hồi đất", AccessScope(Scope(frozenset({"H15.01"}))))
BINDING = build_binding("mai", REQUEST)


def test_comes_back_as_it_was() -> None:
    """Until its last moment a cursor opens to what was sealed."""
    cursor = seal(KEY, BINDING, '{"chữ": 1}', NOW)
    assert unseal(KEY, BINDING, cursor, NOW + LIFETIME) == '{"chữ": 1}'
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_grows_old() -> None:
    """After its time a cursor is refused with words that say what to do."""
    cursor = seal(KEY, BINDING, "x", NOW)
    with pytest.raises(BadQuery) as refused:
        unseal(KEY, BINDING, cursor, NOW + LIFETIME + timedelta(seconds=1))
    assert "hãy tìm lại" in refused.value.text_vi


@pytest.mark.parametrize(
    ("who", "request_"),
    [
        ("lan", REQUEST),
        ("mai", replace(REQUEST, text="giao đất")),
        ("mai", replace(REQUEST, scope=AccessScope(Scope(None)))),
        ("mai", replace(REQUEST, scope=replace(REQUEST.scope, restricted=Scope(frozenset({"H15.01"}))))),
        ("mai", replace(REQUEST, filters=Filters(kinds=("Quyết định",)))),
        ("mai", replace(REQUEST, order=Order.NEWEST)),
        ("mai", replace(REQUEST, literal=True)),
    ],
)
def test_is_bound_to_person_scope_and_search(who: str, request_: SearchRequest) -> None:
    """Another person, another scope or another question cannot use it."""
    with pytest.raises(BadQuery):
        unseal(KEY, build_binding(who, request_), seal(KEY, BINDING, "x", NOW), NOW)


def test_counting_more_changes_nothing() -> None:
    """Facets are counted with the first page only; the pages after it are the same walk."""
    assert build_binding("mai", replace(REQUEST, facets=(Facet.KIND,))) == BINDING


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_every_changed_bit_is_refused(at: int, bit: int) -> None:
    """No bit of a cursor can be turned."""
    cursor = bytearray(seal(KEY, BINDING, "position" * 9, NOW).encode())
    place = at % len(cursor)
    cursor[place] ^= 1 << bit
    changed = cursor.decode("latin-1")
    try:
        opened = unseal(KEY, BINDING, changed, NOW)
    except BadQuery:
        return
    # The last character of base64 carries bits that mean nothing.
    assert place == len(cursor) - 1
    assert opened == "position" * 9


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_refused(cursor: str) -> None:
    """Whatever is sent in its place is a bad query, never a failure."""
    with pytest.raises(BadQuery):
        unseal(KEY, BINDING, cursor, NOW)


def test_another_service_cannot_make_one() -> None:
    """A cursor sealed with another secret is refused."""
    with pytest.raises(BadQuery):
        unseal(derive_key(b"khac"), BINDING, seal(KEY, BINDING, "x", NOW), NOW)
