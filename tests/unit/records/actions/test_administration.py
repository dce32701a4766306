"""Units, types, accounts and keys: dated, scoped, audited."""

from datetime import date, timedelta

import pytest

from records.access import SYSTEM, Permission, Role
from records.actions.accounts import (
    NewAccount,
    add_account,
    build_account_principal,
    end_account,
    import_accounts,
    list_accounts,
    set_grants,
    set_password,
)
from records.actions.acting import Acting
from records.actions.keys import (
    NewKey,
    add_key,
    build_key_principal,
    end_key,
    hash_secret,
    is_key_usable,
    list_keys,
)
from records.actions.types import add_type, end_type, import_types
from records.actions.units import add_unit, end_unit, import_units
from records.errors import (
    AccessDenied,
    DuplicateRecord,
    IllegalTransition,
    InvalidIdentifier,
    InvalidValue,
    RecordNotFound,
)
from records.model import ResultType, RoleGrant, Session, Unit
from tests.factories import NOW, TYPE, build_right
from tests.fakes import FakeStore
from tests.unit.records.actions.acting_people import ADMINISTRATOR, CLERK, make_acting

ROOT = Acting(SYSTEM, NOW, "cli")
LOCAL = make_acting(Role.ADMINISTRATOR, frozenset({"H15.03"}), "local")


def _store() -> FakeStore:
    store = FakeStore()
    for unit in (Unit("H15", "Tỉnh"), Unit("H15.03", "Xã A", "H15"), Unit("H15.04", "Xã B", "H15")):
        add_unit(store, ROOT, unit)
    return store


def _account(login: str, *grants: RoleGrant) -> NewAccount:
    return NewAccount(login, "Người dùng", grants or (RoleGrant("clerk", "H15.03"),), "băm")


def test_a_unit_is_added_below_one_that_the_caller_manages() -> None:
    """A local administrator adds below his unit, nowhere else and nothing at the top."""
    store = _store()
    add_unit(store, LOCAL, Unit("H15.03.1", "Tổ A1", "H15.03"))
    for parent in ("H15.04", None):
        with pytest.raises(AccessDenied):
            add_unit(store, LOCAL, Unit("H15.77", "Tổ", parent))


def test_unit_codes_have_the_form_of_the_decision_and_are_unique() -> None:
    """QĐ 20/2020: a letter, two digits, then parts with dots, 35 characters at most."""
    store = _store()
    for code in ("h15", "H1", "H15..3", "H15." + "1" * 40):
        with pytest.raises(InvalidIdentifier):
            add_unit(store, ROOT, Unit(code, "X"))
    with pytest.raises(DuplicateRecord):
        add_unit(store, ROOT, Unit("H15", "Tỉnh"))
    with pytest.raises(RecordNotFound):
        add_unit(store, ROOT, Unit("H15.05", "Xã C", "H99"))


def test_a_unit_is_ended_once_and_not_before_it_began() -> None:
    """Ending keeps the row with its day."""
    store = _store()
    assert end_unit(store, LOCAL, "H15.03", date(2026, 6, 30)).valid_to == date(2026, 6, 30)
    with pytest.raises(IllegalTransition):
        end_unit(store, LOCAL, "H15.03", date(2026, 7, 1))


def test_imports_add_what_is_new_and_all_or_nothing() -> None:
    """A wrong row leaves nothing behind; the same list again adds nothing."""
    store = _store()
    good = [Unit("H15.05", "Xã C", "H15"), Unit("H15.03", "Xã A", "H15")]
    with pytest.raises(InvalidIdentifier):
        import_units(store, ADMINISTRATOR, [*good, Unit("sai", "X", "H15")])
    with store.read() as work:
        assert work.units.find("H15.05") is None
    assert import_units(store, ADMINISTRATOR, good) == (1, 1)
    assert import_types(store, ADMINISTRATOR, [ResultType(TYPE, "Giấy")]) == (1, 0)
    assert import_types(store, ADMINISTRATOR, [ResultType(TYPE, "Giấy")]) == (0, 1)


def test_types_belong_to_the_province() -> None:
    """A local administrator does not change what every unit uses."""
    store = _store()
    add_type(store, ADMINISTRATOR, ResultType(TYPE, "Giấy"))
    with pytest.raises(AccessDenied):
        end_type(store, LOCAL, TYPE, date(2026, 6, 30))
    assert end_type(store, ADMINISTRATOR, TYPE, date(2026, 6, 30)).valid_to == date(2026, 6, 30)


def test_nobody_grants_beyond_what_he_manages() -> None:
    """A local administrator cannot make a provincial one, nor one of another unit."""
    store = _store()
    add_account(store, LOCAL, _account("a1"))
    for unit in (None, "H15.04"):
        with pytest.raises(AccessDenied):
            add_account(store, LOCAL, _account("a2", RoleGrant("administrator", unit)))
    add_account(store, ROOT, _account("b1", RoleGrant("clerk", "H15.04")))
    for act in (
        lambda: end_account(store, LOCAL, "b1", NOW),
        lambda: set_grants(store, LOCAL, "b1", [RoleGrant("clerk", "H15.03")]),
        lambda: set_password(store, LOCAL, "b1", "khác"),
    ):
        with pytest.raises(AccessDenied):
            act()
    assert [account.login for account in list_accounts(store, LOCAL)] == ["a1"]


def test_a_role_reaches_the_unit_and_everything_below() -> None:
    """What an account may do is expanded from its grants."""
    store = _store()
    account = add_account(store, ROOT, _account("a1", RoleGrant("clerk", "H15")))
    with store.read() as work:
        principal = build_account_principal(work, account)
    assert principal.may(Permission.LOOKUP, "H15.04")
    assert not principal.may(Permission.FIELD_CONFIRM)


def test_ending_an_account_ends_its_sessions() -> None:
    """A dated end in the future leaves them until then."""
    store = _store()
    account = add_account(store, ROOT, _account("a1"))
    with store.write() as work:
        work.accounts.add_session(Session("băm", account.id, NOW, NOW + timedelta(hours=1)))
        work.commit()
    end_account(store, LOCAL, "a1", NOW)
    with store.read() as work:
        assert work.accounts.find_session("băm") is None
    with pytest.raises(IllegalTransition):
        end_account(store, LOCAL, "a1", NOW)


def test_account_imports_skip_logins_that_are_there() -> None:
    """The second import adds nobody."""
    store = _store()
    assert import_accounts(store, LOCAL, [_account("a1"), _account("a2")]) == (2, 0)
    assert import_accounts(store, LOCAL, [_account("a1"), _account("a3")]) == (1, 1)


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (_account("Có Dấu"), InvalidIdentifier),
        (_account("a1", RoleGrant("vua", None)), InvalidValue),
        (NewAccount("a1", " ", (RoleGrant("clerk", "H15.03"),), "băm"), InvalidValue),
        (NewAccount("a1", "A", (), "băm"), InvalidValue),
    ],
)
def test_accounts_without_their_form_are_refused(new: NewAccount, error: type[Exception]) -> None:
    """Login, name and roles are checked before anything is written."""
    with pytest.raises(error):
        add_account(_store(), ROOT, new)


def test_a_new_password_leaves_no_trace_of_itself_in_the_log() -> None:
    """The row says that it happened, with no hash of before and after."""
    store = _store()
    add_account(store, ROOT, _account("a1"))
    set_password(store, LOCAL, "a1", "băm khác")
    with store.read() as work:
        entries = {entry.action: entry for _id, entry in work.audit.page(limit=9)[0]}
    assert (entries["account.password"].before, entries["account.password"].after) == (None, None)


def test_a_key_gives_a_machine_only_what_machines_may_have() -> None:
    """Scopes are checked when it is made; its principal reaches its unit and knows its agreement."""
    store = _store()
    add_type(store, ROOT, ResultType(TYPE, "Giấy"))
    key, token = add_key(store, LOCAL, NewKey("Một cửa", "H15.03", ("lookup",), (TYPE,)))
    assert token == f"sohoa_{key.prefix}_{token.rpartition('_')[2]}"
    assert hash_secret(token.rpartition("_")[2]) == key.secret_sha256
    with store.read() as work:
        principal = build_key_principal(work, key)
    assert principal.may(Permission.LOOKUP, "H15.03")
    assert not principal.may(Permission.LOOKUP, "H15.04")
    assert principal.rights == (build_right(TYPE, valid_from=LOCAL.today),)
    with pytest.raises(InvalidValue):
        add_key(store, LOCAL, NewKey("X", "H15.03", ("field.confirm",), None))
    with pytest.raises(RecordNotFound):
        add_key(store, LOCAL, NewKey("X", "H15.03", ("lookup",), ("KQ.KHONG.CO",)))


def test_a_key_ends_and_expires() -> None:
    """Neither an ended nor an expired key may be used."""
    store = _store()
    key, _token = add_key(store, LOCAL, NewKey("X", "H15.03", ("lookup",), None, NOW + timedelta(days=1)))
    assert is_key_usable(key, NOW)
    assert not is_key_usable(key, NOW + timedelta(days=1))
    assert not is_key_usable(end_key(store, LOCAL, key.prefix, NOW), NOW)
    assert [one.prefix for one in list_keys(store, LOCAL)] == [key.prefix]
    assert list_keys(store, CLERK) == []
