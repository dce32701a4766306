"""Scopes inside every request."""

import pytest

from records.access import NOWHERE, Permission, Principal, Scope
from records.errors import AccessDenied
from search.access import AccessScope, build_scope, build_scope_filter
from search.errors import MissingScope

HERE, THERE = Scope(frozenset({"H15.01"})), Scope(frozenset({"H15.02"}))


def test_scope_comes_from_permissions() -> None:
    """Each permission reaches its own units."""
    reach = {Permission.SEARCH: Scope(None), Permission.RECORD_RESTRICTED: HERE, Permission.OWNER_READ: THERE}
    assert build_scope(Principal("u", "U", "person", reach)) == AccessScope(Scope(None), HERE, THERE)


def test_no_permission_no_scope() -> None:
    """Without the right to search there is no scope at all."""
    with pytest.raises(AccessDenied):
        build_scope(Principal("u", "U", "person", {}))


def test_scope_without_units_is_refused() -> None:
    """Nothing is sent for a searcher without units."""
    with pytest.raises(MissingScope):
        build_scope_filter(AccessScope(NOWHERE), by_owner=False)


def test_restricted_never_reaches_beyond_the_visible() -> None:
    """Restricted papers are found only where ordinary ones are."""
    found = build_scope_filter(AccessScope(HERE, Scope(None)), by_owner=False)
    assert (found.ordinary_units, found.restricted_units, found.sees_restricted) == (
        ("H15.01",),
        ("H15.01",),
        True,
    )
    assert not build_scope_filter(AccessScope(HERE, THERE), by_owner=False).sees_restricted
    assert build_scope_filter(AccessScope(Scope(None), THERE), by_owner=False).restricted_units == ("H15.02",)


def test_by_owner_only_where_allowed() -> None:
    """A search by owner shrinks to the units with that right, and is refused without any."""
    assert build_scope_filter(AccessScope(Scope(None), owner=HERE), by_owner=True).ordinary_units == (
        "H15.01",
    )
    with pytest.raises(AccessDenied):
        build_scope_filter(AccessScope(Scope(None)), by_owner=True)
    with pytest.raises(AccessDenied):
        build_scope_filter(AccessScope(HERE, owner=THERE), by_owner=True)


def test_whole_province_has_no_unit_filter() -> None:
    """None means every unit."""
    found = build_scope_filter(AccessScope(Scope(None), Scope(None), Scope(None)), by_owner=True)
    assert (found.ordinary_units, found.restricted_units, found.sees_restricted) == (None, None, True)
