"""What may be done to organisational units (đơn vị): add, list, end, import; dated, never deleted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from records.access import Permission
from records.actions.acting import Acting
from records.errors import DuplicateRecord, IllegalTransition, InvalidIdentifier, InvalidValue
from records.identifiers import UNIT_CODE
from records.model import Unit
from records.ports import Store, UnitOfWork

MAX_CODE = 35  # QĐ 20/2020/QĐ-TTg


def list_units(store: Store) -> Sequence[Unit]:
    """Every unit, ended ones included."""
    with store.read() as work:
        return work.units.all()


def add_unit(store: Store, acting: Acting, unit: Unit) -> Unit:
    """Add a unit below one the caller manages; without parent the caller manages the province."""
    with store.write() as work:
        _add(work, acting, unit)
        work.commit()
    return unit


def import_units(store: Store, acting: Acting, units: Sequence[Unit]) -> tuple[int, int]:
    """Add the units not there yet, in the order given, all or none; returns (added, there already)."""
    added = 0
    with store.write() as work:
        for unit in units:
            if work.units.find(unit.code) is None:
                _add(work, acting, unit)
                added += 1
        work.commit()
    return added, len(units) - added


def end_unit(store: Store, acting: Acting, code: str, on: date) -> Unit:
    """End a unit on a day; its papers stay and are found as before."""
    with store.write() as work:
        unit = work.units.get(code)
        acting.check(Permission.UNIT_MANAGE, unit.code)
        if unit.valid_to is not None:
            raise IllegalTransition("Đơn vị này đã kết thúc.", unit=code)
        if unit.valid_from is not None and on < unit.valid_from:
            raise InvalidValue("Ngày kết thúc trước ngày bắt đầu.", field="valid_to")
        ended = replace(unit, valid_to=on)
        work.units.save(ended)
        work.audit.add(acting.entry("unit.end", "unit", code, unit=code, before=unit, after=ended))
        work.commit()
    return ended


def _add(work: UnitOfWork, acting: Acting, unit: Unit) -> None:
    if not UNIT_CODE.fullmatch(unit.code) or len(unit.code) > MAX_CODE:
        raise InvalidIdentifier(
            "Mã đơn vị có dạng H15.03.27 (QĐ 20/2020/QĐ-TTg).", field="code", unit=unit.code
        )
    if not unit.name.strip():
        raise InvalidValue("Cần tên đơn vị.", field="name", unit=unit.code)
    acting.check(Permission.UNIT_MANAGE, unit.parent)
    if unit.parent is not None:
        work.units.get(unit.parent)
    if work.units.find(unit.code) is not None:
        raise DuplicateRecord(unit=unit.code)
    work.units.add(unit)
    work.audit.add(acting.entry("unit.add", "unit", unit.code, unit=unit.code, after=unit))
