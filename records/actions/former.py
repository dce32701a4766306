"""What may be done to the tables that lookups follow (bảng đối chiếu): changed identifiers, requirements.

Dated, entered with the document that says so, never deleted: a row that was wrong is ended.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from records.access import Permission, authorize
from records.actions.acting import Acting
from records.actions.types import TYPE_CODE
from records.errors import DuplicateRecord, IllegalTransition, InvalidIdentifier, InvalidValue
from records.former_identifiers import FormerIdentifier
from records.identifiers import mask_owner
from records.ports import OwnerKey, Store, UnitOfWork
from records.requirements import RequirementType


@dataclass(frozen=True, slots=True)
class IdentifierChange:
    """A change of identifier to be entered (thay đổi định danh), with its day and document."""

    former: OwnerKey
    current: OwnerKey
    valid_from: date
    document: str


def import_former(store: Store, acting: Acting, changes: Sequence[IdentifierChange]) -> tuple[int, int]:
    """Enter changes, all or none; returns (added, there already). Raises `AccessDenied`, `InvalidValue`."""
    added = 0
    with store.write() as work:
        acting.check(Permission.UNIT_MANAGE, None)
        for change in changes:
            added += _add_former(work, acting, change)
        work.commit()
    return added, len(changes) - added


def end_former(store: Store, acting: Acting, row_id: str, on: date) -> FormerIdentifier:
    """Say that a row no longer counts from a day on."""
    with store.write() as work:
        acting.check(Permission.UNIT_MANAGE, None)
        row = work.former.get(row_id)
        if row.valid_to is not None:
            raise IllegalTransition("Dòng này đã kết thúc.", id=row_id)
        ended = replace(row, valid_to=max(on, row.valid_from))
        work.former.save(ended)
        work.audit.add(acting.entry("former.end", "former", row.id, before=row, after=ended))
        work.commit()
    return ended


def list_former(
    store: Store, acting: Acting, *, limit: int, offset: int = 0
) -> tuple[Sequence[FormerIdentifier], int]:
    """Changes of identifiers, newest first, numbers masked, with the total."""
    authorize(acting.principal, Permission.UNIT_MANAGE)
    with store.read() as work:
        rows, total = work.former.page(limit=limit, offset=offset)
    return [_mask(row) for row in rows], total


def import_requirements(store: Store, acting: Acting, rows: Sequence[RequirementType]) -> tuple[int, int]:
    """Enter which types fulfil which requirement, all or none; returns (added, there already)."""
    added = 0
    with store.write() as work:
        acting.check(Permission.TYPE_MANAGE, None)
        for row in rows:
            added += _add_requirement(work, acting, row)
        work.commit()
    return added, len(rows) - added


def end_requirement(
    store: Store, acting: Acting, requirement: str, type_code: str, on: date
) -> RequirementType:
    """Say that a type no longer fulfils a requirement from a day on."""
    with store.write() as work:
        acting.check(Permission.TYPE_MANAGE, None)
        open_rows = [row for row in work.requirements.of([requirement]) if row.valid_to is None]
        row = next((one for one in open_rows if one.type_code == type_code), None)
        if row is None:
            raise IllegalTransition("Không có dòng nào còn hiệu lực như vậy.", type=type_code)
        ended = replace(row, valid_to=max(on, row.valid_from))
        work.requirements.save(ended)
        work.audit.add(
            acting.entry(
                "requirement.end", "requirement", requirement, before=row, after=ended, type=type_code
            )
        )
        work.commit()
    return ended


def list_requirements(store: Store, *, limit: int, offset: int = 0) -> tuple[Sequence[RequirementType], int]:
    """By requirement and type, ended rows too, with the total."""
    with store.read() as work:
        return work.requirements.page(limit=limit, offset=offset)


def _add_former(work: UnitOfWork, acting: Acting, change: IdentifierChange) -> int:
    if change.former == change.current:
        raise InvalidValue("Định danh cũ và định danh nay dùng phải khác nhau.", field="current")
    if not change.document.strip():
        raise InvalidValue("Cần số văn bản làm căn cứ.", field="document")
    if change.valid_from > acting.today:
        raise InvalidValue("Chưa đến ngày thay đổi.", field="valid_from")
    row = FormerIdentifier(
        str(uuid.uuid4()), change.former.scheme, change.former.id, change.current.scheme,
        change.current.id, change.valid_from, None, change.document.strip(), acting.principal.id, acting.at,
    )  # fmt: skip
    try:
        work.former.add(row)
    except DuplicateRecord:
        return 0
    work.audit.add(
        acting.entry(
            "former.add", "former", row.id, after=row, scheme=f"{row.former_scheme} {row.current_scheme}"
        )
    )
    return 1


def _add_requirement(work: UnitOfWork, acting: Acting, row: RequirementType) -> int:
    if not TYPE_CODE.fullmatch(row.requirement):
        raise InvalidIdentifier("Mã thành phần hồ sơ chỉ gồm chữ, số, chấm, gạch.", field="requirement")
    if not work.types.known([row.type_code]):
        raise InvalidIdentifier("Danh mục không có loại giấy tờ này.", field="type", type=row.type_code)
    try:
        work.requirements.add(row)
    except DuplicateRecord:
        return 0
    work.audit.add(
        acting.entry("requirement.add", "requirement", row.requirement, after=row, type=row.type_code)
    )
    return 1


def _mask(row: FormerIdentifier) -> FormerIdentifier:
    """People's numbers masked; codes of units and tax codes of bodies are public."""
    personal = {"cccd", "cmnd"}
    former = mask_owner(row.former_id) if row.former_scheme in personal else row.former_id
    current = mask_owner(row.current_id) if row.current_scheme in personal else row.current_id
    return replace(row, former_id=former, current_id=current)
