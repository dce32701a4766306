"""Who looked at what is kept of an owner, and why (ai đã xem, vì sao): from the audit log, by owner.

For the owner who asks at the counter or through the portal, and for inspectors. Rows are found by the owner's
hashes and the ids of the owner's results and records, each through the log's index; the log is never read
through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from records.access import Permission
from records.actions.acting import Acting
from records.former_identifiers import OwnerPair, find_owner_keys
from records.identifiers import hash_owner
from records.model import AuditEntry, Result
from records.ports import OwnerKey, Store, UnitOfWork

LOOKS = (
    "reuse.lookup", "reuse.candidate", "reuse.view", "reuse.use", "reuse.file", "reuse.preview",
    "reuse.preview.open", "record.read", "record.file", "record.page", "result.read", "result.change",
    "mismatch.report", "owner.log",
)  # fmt: skip
"""Acts that an owner is told of."""
_MAXIMUM_THINGS = 400


@dataclass(frozen=True, slots=True)
class OwnerLook:
    """One act on an owner's papers (một lượt xem): when, by whom, why, what came of it.

    `who` is a machine's label, or a person's name for inspectors: an owner is told the unit, not the clerk.
    """

    at: datetime
    action: str
    unit: str | None
    unit_name: str
    who: str
    purpose: str | None
    outcome: str
    subject: str


def read_owner_log(
    store: Store,
    acting: Acting,
    owner: OwnerKey,
    owner_secret: bytes,
    *,
    ground: str,
    limit: int,
    offset: int = 0,
) -> tuple[Sequence[OwnerLook], int]:
    """Looks at an owner's papers, newest first, with the total; the look itself is a row.

    `ground` says on whose wish it is read. Raises `AccessDenied` without the right to read owners' numbers
    or the log; names of clerks only with the latter.
    """
    inspects = acting.principal.may(Permission.AUDIT_READ)
    if not inspects:
        acting.check(Permission.OWNER_READ, acting.principal.home_unit)
    with store.write() as work:
        keys = find_owner_keys(work.former, (owner.scheme, owner.id), acting.today).keys
        results = work.results.find_by_owners(keys)
        things = _find_things(keys, results, owner_secret)
        rows, total = work.audit.about(things, actions=LOOKS, limit=limit, offset=offset)
        names = _read_names(work, inspects=inspects)
        looks = [_describe(names, entry, results) for _id, entry in rows]
        work.audit.add(
            acting.entry(
                "owner.log", "owner", hash_owner(owner_secret, owner), unit=acting.principal.home_unit,
                purpose=ground.strip() or None, rows=len(looks),
            )
        )  # fmt: skip
        work.commit()
    return looks, total


def _find_things(keys: Sequence[OwnerPair], results: Sequence[Result], secret: bytes) -> list[str]:
    hashes = [hash_owner(secret, OwnerKey(scheme, number)) for scheme, number in keys]
    papers = [name for result in results for name in (result.id, result.record_id) if name]
    return [*hashes, *papers][:_MAXIMUM_THINGS]


def _describe(names: Mapping[str, str], entry: AuditEntry, results: Sequence[Result]) -> OwnerLook:
    return OwnerLook(
        entry.at, entry.action, entry.unit, names.get(f"unit:{entry.unit}", ""),
        names.get(f"{entry.actor_kind}:{entry.actor}", ""), entry.purpose, entry.outcome,
        _find_subject(entry, results),
    )  # fmt: skip


def _find_subject(entry: AuditEntry, results: Sequence[Result]) -> str:
    """Type and number of the paper, or the type that was asked for."""
    for result in results:
        if entry.subject_id in {result.id, result.record_id} or entry.detail.get("results") == result.id:
            return f"{result.type_code} {result.number}"
    return str(entry.detail.get("type") or "")


def _read_names(work: UnitOfWork, *, inspects: bool) -> Mapping[str, str]:
    """Names of units and machines, and of people for who inspects."""
    names = {f"unit:{unit.code}": unit.name for unit in work.units.all()}
    names |= {f"machine:{key.id}": key.label for key in work.keys.all()}
    if inspects:
        names |= {f"person:{one.id}": one.display_name for one in work.accounts.all()}
    return names
