"""Who may see which hits (phạm vi tìm kiếm): put inside every request, never applied after it."""

from dataclasses import dataclass

from records.access import NOWHERE, Permission, Principal, Scope
from records.errors import AccessDenied
from search.errors import MissingScope


@dataclass(frozen=True, slots=True)
class AccessScope:
    """What a searcher may see (phạm vi truy cập).

    `visible`: units whose ordinary papers may be found; `restricted`: units whose restricted papers
    (hạn chế) may be found too; `owner`: units within which one may search by owner.
    """

    visible: Scope
    restricted: Scope = NOWHERE
    owner: Scope = NOWHERE

    @property
    def sees_restricted(self) -> bool:
        """Whether any restricted paper may be found."""
        return self.restricted.units is None or bool(self.restricted.units)


def build_scope(principal: Principal) -> AccessScope:
    """The scope of a person or machine client, from the permissions held; raises `AccessDenied`."""
    visible = principal.scope(Permission.SEARCH)
    if visible.units is not None and not visible.units:
        raise AccessDenied(permission=Permission.SEARCH.value)
    return AccessScope(
        visible, principal.scope(Permission.RECORD_RESTRICTED), principal.scope(Permission.OWNER_READ)
    )


@dataclass(frozen=True, slots=True)
class ScopeFilter:
    """The scope as an index filter: unit codes for ordinary and restricted papers; None: every unit."""

    ordinary_units: tuple[str, ...] | None
    restricted_units: tuple[str, ...] | None
    sees_restricted: bool


def _codes(scope: Scope) -> tuple[str, ...] | None:
    return None if scope.units is None else tuple(sorted(scope.units))


def _common(first: Scope, second: Scope) -> Scope:
    if first.units is None:
        return second
    if second.units is None:
        return first
    return Scope(first.units & second.units)


def build_scope_filter(scope: AccessScope, *, by_owner: bool) -> ScopeFilter:
    """The filter every request carries; raises `MissingScope` without units, `AccessDenied` by owner.

    A search by owner reaches only the units in which the searcher may search by owner.
    """
    visible = scope.visible
    if visible.units is not None and not visible.units:
        raise MissingScope
    if by_owner:
        visible = _common(visible, scope.owner)
        if visible.units is not None and not visible.units:
            raise AccessDenied(permission=Permission.OWNER_READ.value)
    restricted = _common(visible, scope.restricted)
    return ScopeFilter(
        _codes(visible), _codes(restricted), restricted.units is None or bool(restricted.units)
    )
