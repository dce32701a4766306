"""What may be done to agreements with machine clients (thoả thuận chia sẻ): add, suspend, resume, end.

A change works within the seconds for which a request remembers its client (`api.auth`).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from records.access import Permission
from records.actions.acting import Acting
from records.agreements import Agreement, AgreementState, Right
from records.errors import IllegalTransition, InvalidValue
from records.model import ApiKey
from records.ports import Store, UnitOfWork

FIRST_DOCUMENT = "Theo khoá đã cấp"
_MAX_CODES = 5000
S = AgreementState
_MOVES = {S.ACTIVE: {S.SUSPENDED, S.ENDED}, S.SUSPENDED: {S.ACTIVE, S.ENDED}, S.ENDED: set[AgreementState]()}


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """An agreement to be made (thoả thuận mới): with which client, on which document's ground, over what."""

    key: str
    document: str
    unit: str | None = None
    procedures: tuple[str, ...] | None = None
    result_types: tuple[str, ...] | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def list_agreements(store: Store, acting: Acting) -> Sequence[tuple[Agreement, ApiKey]]:
    """Agreements with clients whose keys the caller manages, each with its client."""
    scope = acting.principal.scope(Permission.KEY_MANAGE)
    with store.read() as work:
        keys = {key.id: key for key in work.keys.all() if scope.covers(key.unit)}
        return [(row, keys[row.key_id]) for row in work.clients.agreements.all() if row.key_id in keys]


def add_agreement(store: Store, acting: Acting, new: NewAgreement) -> Agreement:
    """Make an agreement; `key` is a client's id or key prefix. Raises `InvalidValue`, `AccessDenied`."""
    with store.write() as work:
        key = find_client(work, acting, new.key)
        agreement = _build(work, acting, key, new)
        work.clients.agreements.add(agreement)
        work.audit.add(
            acting.entry(
                "agreement.add",
                "agreement",
                agreement.id,
                unit=key.unit,
                after=agreement,
                document=agreement.document,
            )
        )
        work.commit()
    return agreement


def move_agreement(
    store: Store, acting: Acting, agreement_id: str, state: AgreementState, reason: str
) -> Agreement:
    """Suspend, resume or end an agreement for a reason; ended is for good."""
    if not reason.strip():
        raise InvalidValue("Cần nêu lý do.", field="reason")
    with store.write() as work:
        agreement = work.clients.agreements.get(agreement_id)
        key = find_client(work, acting, agreement.key_id)
        if state not in _MOVES[agreement.state]:
            raise IllegalTransition(agreement=agreement.id, state=agreement.state.value)
        changed = replace(agreement, state=state, reason=reason.strip()[:500], updated_at=acting.at)
        changed = work.clients.agreements.save(changed)
        work.audit.add(
            acting.entry(
                f"agreement.{state.value}",
                "agreement",
                agreement.id,
                unit=key.unit,
                before=agreement,
                after=changed,
            )
        )
        work.commit()
    return changed


def find_client(work: UnitOfWork, acting: Acting, name: str) -> ApiKey:
    """The client of that id or key prefix, if the caller manages its key; else `AccessDenied`."""
    key = work.keys.find_by_prefix(name) or work.keys.get(name)
    acting.check(Permission.KEY_MANAGE, key.unit)
    return key


def build_rights(work: UnitOfWork, key_id: str) -> tuple[Right, ...]:
    """What the client's active agreements let it ask, with units expanded; days are compared when it asks."""
    return tuple(
        Right(
            None if row.unit is None else work.units.below(row.unit),
            None if row.procedures is None else frozenset(row.procedures),
            None if row.result_types is None else frozenset(row.result_types),
            row.valid_from,
            row.valid_to,
        )
        for row in work.clients.agreements.of_key(key_id)
        if row.state is AgreementState.ACTIVE
    )


def build_first_agreement(acting: Acting, key: ApiKey) -> Agreement:
    """The agreement a key is made with: its types, every procedure and unit, from today on."""
    return Agreement(
        id=str(uuid.uuid4()),
        key_id=key.id,
        document=FIRST_DOCUMENT,
        unit=None,
        procedures=None,
        result_types=key.result_types,
        valid_from=acting.today,
        valid_to=None,
        state=AgreementState.ACTIVE,
        reason="",
        created_at=acting.at,
        created_by=acting.principal.id,
        updated_at=acting.at,
    )


def _build(work: UnitOfWork, acting: Acting, key: ApiKey, new: NewAgreement) -> Agreement:
    if not new.document.strip():
        raise InvalidValue("Cần số văn bản thoả thuận.", field="document")
    begins = new.valid_from or acting.today
    if new.valid_to is not None and new.valid_to < begins:
        raise InvalidValue("Ngày kết thúc trước ngày bắt đầu.", field="valid_to")
    if new.unit is not None:
        work.units.get(new.unit)
    for code in new.result_types or ():
        work.types.get(code)
    for codes in (new.result_types, new.procedures):
        if codes is not None and not 0 < len(codes) <= _MAX_CODES:
            raise InvalidValue("Danh sách mã trống hoặc quá dài.", field="codes")
    return replace(
        build_first_agreement(acting, key),
        document=new.document.strip()[:500],
        unit=new.unit,
        procedures=None if new.procedures is None else tuple(_short(code) for code in new.procedures),
        result_types=new.result_types,
        valid_from=begins,
        valid_to=new.valid_to,
    )


def _short(procedure: str) -> str:
    """The national part of a procedure code, as rights are compared by it."""
    parts = procedure.strip().split(".")
    if len(parts) < 2 or not all(part.isdigit() for part in parts[:2]):
        raise InvalidValue("Mã thủ tục có dạng 1.011442.", field="procedures")
    return ".".join(parts[:2])
