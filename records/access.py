"""Who may do what where: one `authorize`, deny by default (phân quyền).

A role is a set of permissions; a grant gives a role within a unit and everything below it. A machine
client carries permissions directly (its key's scopes) and one unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from records.agreements import Right
from records.errors import AccessDenied


class Permission(StrEnum):
    """One thing that may be allowed (quyền)."""

    BATCH_CREATE = "batch.create"
    BATCH_READ = "batch.read"
    RECORD_READ = "record.read"
    RECORD_RESTRICTED = "record.restricted"
    OWNER_READ = "owner.read"
    FIELD_CONFIRM = "field.confirm"
    RESULT_CHANGE = "result.change"
    SEARCH = "search"
    LOOKUP = "lookup"
    SIGN = "sign"
    VERIFY = "verify"
    INCIDENT_READ = "incident.read"
    INCIDENT_LIFT = "incident.lift"
    UNIT_MANAGE = "unit.manage"
    TYPE_MANAGE = "type.manage"
    ACCOUNT_MANAGE = "account.manage"
    KEY_MANAGE = "key.manage"
    AUDIT_READ = "audit.read"
    AUDIT_VERIFY = "audit.verify"
    INDEX_MANAGE = "index.manage"
    RELEASE_READ = "release.read"
    VERDICT_RECHECK = "verdict.recheck"
    TRUST_MANAGE = "trust.manage"


class Role(StrEnum):
    """What a person is here for (vai trò)."""

    ARCHIVIST = "archivist"
    CLERK = "clerk"
    SIGNER = "signer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


P = Permission
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ARCHIVIST: frozenset(
        {
            P.BATCH_CREATE,
            P.BATCH_READ,
            P.RECORD_READ,
            P.RECORD_RESTRICTED,
            P.OWNER_READ,
            P.FIELD_CONFIRM,
            P.RESULT_CHANGE,
            P.SEARCH,
            P.VERIFY,
            P.VERDICT_RECHECK,
            P.INCIDENT_READ,
            P.INCIDENT_LIFT,
        }
    ),
    Role.CLERK: frozenset({P.BATCH_READ, P.RECORD_READ, P.OWNER_READ, P.SEARCH, P.LOOKUP, P.VERIFY}),
    Role.SIGNER: frozenset({P.RECORD_READ, P.SEARCH, P.SIGN, P.VERIFY}),
    Role.ADMINISTRATOR: frozenset(
        {
            P.BATCH_READ,
            P.INCIDENT_READ,
            P.INCIDENT_LIFT,
            P.UNIT_MANAGE,
            P.TYPE_MANAGE,
            P.ACCOUNT_MANAGE,
            P.KEY_MANAGE,
            P.INDEX_MANAGE,
            P.TRUST_MANAGE,
            P.AUDIT_VERIFY,
            P.VERIFY,
            P.VERDICT_RECHECK,
            P.RELEASE_READ,
        }
    ),
    Role.AUDITOR: frozenset({P.AUDIT_READ, P.AUDIT_VERIFY, P.INCIDENT_READ, P.RELEASE_READ}),
}
# What a machine client's key may be given; nothing that manages, confirms or lifts.
MACHINE_PERMISSIONS = frozenset(
    {P.BATCH_CREATE, P.BATCH_READ, P.RECORD_READ, P.OWNER_READ, P.SEARCH, P.LOOKUP, P.VERIFY}
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Units a permission reaches (phạm vi đơn vị); None means the whole province."""

    units: frozenset[str] | None

    def covers(self, unit: str | None) -> bool:
        """Whether `unit` lies inside; a thing without unit needs the whole province."""
        return self.units is None or (unit is not None and unit in self.units)

    def union(self, other: "Scope") -> "Scope":
        """Both together."""
        if self.units is None or other.units is None:
            return Scope(None)
        return Scope(self.units | other.units)


NOWHERE = Scope(frozenset())
PROVINCE = Scope(None)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts (chủ thể): a person, a machine client or the service itself.

    `reach` maps each permission held to the units it reaches, already expanded below each granted unit.
    `rights` is what a machine client's agreements let it ask for; None for people, whose roles decide.
    """

    id: str
    name: str
    kind: str
    reach: Mapping[Permission, Scope]
    home_unit: str | None = None
    rights: tuple[Right, ...] | None = None

    def scope(self, permission: Permission) -> Scope:
        """Units in which the permission is held; `NOWHERE` when it is not."""
        return self.reach.get(permission, NOWHERE)

    def may(self, permission: Permission, unit: str | None = None) -> bool:
        """Whether the permission is held in `unit` (or anywhere at all when the unit is None)."""
        scope = self.scope(permission)
        if unit is None:
            return scope.units is None or bool(scope.units)
        return scope.covers(unit)


def authorize(principal: Principal, permission: Permission, unit: str | None = None) -> None:
    """Raise `AccessDenied` unless `principal` holds `permission` in `unit` (None: in any unit)."""
    if not principal.may(permission, unit):
        raise AccessDenied(permission=permission.value, unit=unit)


def build_reach(grants: Mapping[Role, Scope]) -> dict[Permission, Scope]:
    """Permissions of all roles held, each with the union of the units it was granted in."""
    reach: dict[Permission, Scope] = {}
    for role, scope in grants.items():
        for permission in ROLE_PERMISSIONS[role]:
            reach[permission] = reach.get(permission, NOWHERE).union(scope)
    return reach


SYSTEM = Principal("system", "Hệ thống", "system", {permission: Scope(None) for permission in Permission})
"""The service itself, for scheduled work; never handed to a request."""
