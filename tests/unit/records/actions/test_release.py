"""The release report: who may run it, over which records, and that it is in the log."""

from datetime import timedelta
from typing import Any

import pytest

from records.access import Role
from records.actions.acting import Acting
from records.actions.fields import confirm_fields
from records.actions.records import view_record
from records.actions.release import build_release_report
from records.errors import AccessDenied, InvalidValue
from records.field_names import FieldName
from records.release import FieldRelease
from tests.factories import NOW, UNIT, add_record, build_field, build_unit
from tests.fakes import FakeStore
from tests.unit.records.actions.acting_people import ADMINISTRATOR, ARCHIVIST, CLERK, STRANGER, make_acting

SUBJECT, OWNER = FieldName.SUBJECT, FieldName.OWNER_ID


def _add(store: FakeStore, profile: str = "tesseract", **changes: Any) -> str:
    """A record with a proposed subject that nobody has confirmed."""
    with store.write() as work:
        record = add_record(work, {"batch_changes": {"profile": profile}}, **changes)
        read = {"value": "Về việc A", "proposed": "Về việc A", "reasons": ()}
        work.records.put_fields(record.id, [build_field(record.id, SUBJECT, **read)])
        work.commit()
    return record.id


def _run(store: FakeStore, acting: Acting = ADMINISTRATOR, **narrowed: Any) -> FieldRelease:
    report = build_release_report(store, acting, **narrowed)
    return next(one for one in report.fields if one.name is SUBJECT)


def test_confirmation_keeps_the_proposal_and_the_report_compares() -> None:
    """A value the person changed counts as a wrong proposal, one left alone as a right one."""
    store = FakeStore()
    right, wrong, _open = (_add(store) for _ in range(3))
    confirm_fields(store, ARCHIVIST, right, {SUBJECT: "Về việc A"})
    confirm_fields(store, ARCHIVIST, wrong, {SUBJECT: "Về việc B"})
    confirm_fields(store, ARCHIVIST, wrong, {SUBJECT: "Về việc C"})
    found = _run(store)
    assert (found.confirmed, found.proposed, found.wrong) == (2, 2, 1)
    with store.read() as work:
        (kept,) = work.records.fields(wrong)
    assert (kept.value, kept.proposed) == ("Về việc C", "Về việc A")


def test_a_field_that_was_typed_in_has_no_proposal() -> None:
    """What the machine did not propose counts as confirmed and as nothing else."""
    store = FakeStore()
    confirm_fields(store, ARCHIVIST, _add(store), {FieldName.SIGNER: "Lý Thị Bưởi"})
    report = build_release_report(store, ADMINISTRATOR)
    found = next(one for one in report.fields if one.name is FieldName.SIGNER)
    assert (found.confirmed, found.proposed) == (1, 0)


def test_only_records_of_the_units_overseen_count() -> None:
    """An administrator of a unit sees that unit's records and those below; the province sees all."""
    store = FakeStore()
    with store.write() as work:
        work.units.add(build_unit())
        work.commit()
    confirm_fields(store, ARCHIVIST, _add(store), {SUBJECT: "Về việc A"})
    confirm_fields(store, STRANGER, _add(store, unit="H15.99"), {SUBJECT: "Về việc A"})
    assert _run(store).confirmed == 2
    assert _run(store, unit=UNIT).confirmed == 1
    mine = make_acting(Role.ADMINISTRATOR)
    assert _run(store, mine).confirmed == 1
    with pytest.raises(AccessDenied):
        build_release_report(store, mine, unit="H15.99")


def test_profile_and_day_narrow_it_to_one_reader() -> None:
    """Records that another reader read, or that came before the change, do not count."""
    store = FakeStore()
    for profile, at in (("tesseract", NOW), ("fast", NOW), ("fast", NOW - timedelta(days=9))):
        confirm_fields(store, ARCHIVIST, _add(store, profile, created_at=at), {SUBJECT: "Về việc A"})
    assert _run(store, profile="fast").confirmed == 2
    assert _run(store, profile="fast", since=NOW).confirmed == 1


@pytest.mark.parametrize("acting", [ARCHIVIST, CLERK])
def test_others_may_not_run_it(acting: Acting) -> None:
    """Deny by default: the report is for administrators and auditors."""
    with pytest.raises(AccessDenied):
        build_release_report(FakeStore(), acting)


@pytest.mark.parametrize("target", [0.0, -0.1, 0.06, float("nan")])
def test_target_must_be_small(target: float) -> None:
    """Nobody earns release by allowing many errors."""
    with pytest.raises(InvalidValue):
        build_release_report(FakeStore(), ADMINISTRATOR, target=target)


def test_the_run_is_in_the_audit_log() -> None:
    """Who ran it, and over what."""
    store = FakeStore()
    build_release_report(store, ADMINISTRATOR, profile="fast")
    with store.read() as work:
        ((_id, entry),), _total = work.audit.page(limit=9)
    assert (entry.action, entry.actor, entry.detail["profile"]) == ("release.report", "administrator", "fast")


def test_a_proposed_owner_is_masked_with_the_owner() -> None:
    """Whoever may not read owners does not get the number by way of the proposal."""
    store = FakeStore()
    record_id = _add(store)
    with store.write() as work:
        work.records.put_fields(record_id, [build_field(record_id, OWNER, proposed="001090012345")])
        work.commit()
    fields = view_record(store, make_acting(Role.SIGNER), record_id).fields
    (owner,) = [one for one in fields if one.name == OWNER]
    assert "001090012345" not in repr(owner)
