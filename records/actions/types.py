"""What may be done to result types (loại giấy tờ, kết quả TTHC): add, list, end, import; dated."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from records.access import Permission
from records.actions.acting import Acting
from records.errors import DuplicateRecord, IllegalTransition, InvalidIdentifier, InvalidValue
from records.model import ResultType
from records.ports import Store, UnitOfWork

# KQ.G15.000031 and 000.00.00.G15-KQ004389 have been seen (regulations §8.1); other lists may come, so
# only what could not be a code is refused.
TYPE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def list_types(store: Store) -> Sequence[ResultType]:
    """Every result type, ended ones included."""
    with store.read() as work:
        return work.types.all()


def add_type(store: Store, acting: Acting, result_type: ResultType) -> ResultType:
    """Add a type; raises `DuplicateRecord`, `InvalidIdentifier`."""
    with store.write() as work:
        _add(work, acting, result_type)
        work.commit()
    return result_type


def import_types(store: Store, acting: Acting, types: Sequence[ResultType]) -> tuple[int, int]:
    """Add the types not there yet, all or none; returns (added, there already)."""
    added = 0
    with store.write() as work:
        for result_type in types:
            if work.types.find(result_type.code) is None:
                _add(work, acting, result_type)
                added += 1
        work.commit()
    return added, len(types) - added


def end_type(store: Store, acting: Acting, code: str, on: date) -> ResultType:
    """End a type on a day; results that have it stay what they are."""
    with store.write() as work:
        result_type = work.types.get(code)
        acting.check(Permission.TYPE_MANAGE, None)
        if result_type.valid_to is not None:
            raise IllegalTransition("Loại giấy tờ này đã kết thúc.", type=code)
        ended = replace(result_type, valid_to=on)
        work.types.save(ended)
        work.audit.add(acting.entry("type.end", "type", code, before=result_type, after=ended))
        work.commit()
    return ended


def _add(work: UnitOfWork, acting: Acting, result_type: ResultType) -> None:
    acting.check(Permission.TYPE_MANAGE, None)
    if not TYPE_CODE.fullmatch(result_type.code):
        raise InvalidIdentifier("Mã loại giấy tờ có dạng KQ.G15.000031.", field="code", type=result_type.code)
    if not result_type.name.strip():
        raise InvalidValue("Cần tên loại giấy tờ.", field="name", type=result_type.code)
    if work.types.find(result_type.code) is not None:
        raise DuplicateRecord(type=result_type.code)
    work.types.add(result_type)
    work.audit.add(acting.entry("type.add", "type", result_type.code, after=result_type))
