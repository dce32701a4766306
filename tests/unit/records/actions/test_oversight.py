"""Reading the audit log: whose rows, and the row about it."""

import pytest

from records.access import Role
from records.actions.oversight import read_log
from records.errors import AccessDenied
from tests.factories import UNIT, build_entry
from tests.fakes import FakeStore
from tests.unit.records.actions.acting_people import ADMINISTRATOR, make_acting


def _fill(store: FakeStore) -> None:
    with store.write() as work:
        for unit in (UNIT, "H15.99", None):
            work.audit.add(build_entry(unit=unit, action=f"act.{unit}"))
        work.commit()


def test_a_units_auditor_reads_that_units_rows_alone() -> None:
    """Rows of other units and of the province stay with the province's auditor."""
    store = FakeStore()
    _fill(store)
    rows, total = read_log(store, make_acting(Role.AUDITOR), limit=9)
    assert ([entry.action for _id, entry in rows], total) == ([f"act.{UNIT}"], 1)
    rows, total = read_log(store, make_acting(Role.AUDITOR, None), limit=9)
    assert total == 4
    assert "audit.read" in {entry.action for _id, entry in rows}


def test_nobody_else_reads_it() -> None:
    """Not even an administrator."""
    with pytest.raises(AccessDenied):
        read_log(FakeStore(), ADMINISTRATOR, limit=9)
