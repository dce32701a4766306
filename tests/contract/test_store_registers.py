"""What every store of units, types, accounts and keys does, in memory and in a database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from records.errors import DuplicateRecord, RecordNotFound
from records.model import RoleGrant
from records.ports import Store
from tests.factories import NOW, build_account, build_key, build_session, build_type, build_unit


class TestUnitStore:
    """Contract of `UnitStore`."""

    def test_gives_back_what_was_added(self, store: Store) -> None:
        """A unit comes back equal, with its dates, from another transaction."""
        unit = build_unit(parent="H15.03", valid_to=NOW.date())
        with store.write() as work:
            work.units.add(unit)
            work.commit()
        with store.read() as work:
            assert work.units.get(unit.code) == work.units.find(unit.code) == unit

    def test_refuses_a_code_twice_and_goes_on(self, store: Store) -> None:
        """A duplicate raises and the transaction stays usable, on PostgreSQL too."""
        with store.write() as work:
            work.units.add(build_unit("H15"))
            with pytest.raises(DuplicateRecord):
                work.units.add(build_unit("H15", name="Khác"))
            work.units.add(build_unit("H16"))
            work.commit()
        with store.read() as work:
            assert [unit.code for unit in work.units.all()] == ["H15", "H16"]
            assert work.units.get("H15").name != "Khác"

    def test_save_changes_and_misses(self, store: Store) -> None:
        """A saved unit is changed; saving or getting an unknown one raises `RecordNotFound`."""
        with store.write() as work:
            work.units.add(build_unit("H15"))
            work.units.save(build_unit("H15", name="Tên mới"))
            assert work.units.get("H15").name == "Tên mới"
            assert work.units.find("H99") is None
            with pytest.raises(RecordNotFound):
                work.units.save(build_unit("H99"))
            with pytest.raises(RecordNotFound):
                work.units.get("H99")

    def test_all_is_sorted_by_code(self, store: Store) -> None:
        """Codes come in the same order from every database, dots included."""
        codes = ["H15.3", "H15", "H15.03.27", "H2", "H15.03"]
        with store.write() as work:
            for code in codes:
                work.units.add(build_unit(code))
            assert [unit.code for unit in work.units.all()] == sorted(codes)

    def test_knows_above_and_below(self, store: Store) -> None:
        """`below` reaches every depth, `above` goes up nearest first, an unknown code reaches nothing."""
        with store.write() as work:
            for code, parent in (("A", None), ("B", "A"), ("C", "B"), ("D", "A"), ("E", None)):
                work.units.add(build_unit(code, parent=parent))
            assert work.units.below("A") == {"A", "B", "C", "D"}
            assert work.units.below("C") == {"C"}
            assert work.units.above("C") == ("C", "B", "A")
            assert work.units.below("Z") == frozenset()
            assert work.units.above("Z") == ()

    def test_survives_a_circle(self, store: Store) -> None:
        """Two units that name each other as parent do not make it run for ever."""
        with store.write() as work:
            work.units.add(build_unit("A", parent="B"))
            work.units.add(build_unit("B", parent="A"))
            assert work.units.below("A") == {"A", "B"}
            assert work.units.above("A") == ("A", "B")


class TestTypeStore:
    """Contract of `TypeStore`."""

    def test_adds_saves_lists(self, store: Store) -> None:
        """Types come back changed and sorted; a duplicate and an unknown code raise."""
        with store.write() as work:
            work.types.add(build_type("KQ.2"))
            work.types.add(build_type("KQ.1"))
            work.types.save(build_type("KQ.1", name="Tên mới", valid_to=NOW.date()))
            assert [kind.code for kind in work.types.all()] == ["KQ.1", "KQ.2"]
            assert work.types.get("KQ.1").valid_to == NOW.date()
            assert work.types.find("KQ.9") is None
            with pytest.raises(DuplicateRecord):
                work.types.add(build_type("KQ.1"))
            with pytest.raises(RecordNotFound):
                work.types.get("KQ.9")


class TestAccountStore:
    """Contract of `AccountStore`."""

    def test_keeps_grants_in_order(self, store: Store) -> None:
        """An account comes back with its grants as given, one without unit included."""
        grants = (RoleGrant("clerk", "H15"), RoleGrant("archivist", None))
        account = build_account(grants=grants)
        with store.write() as work:
            work.accounts.add(account)
            work.accounts.add(build_account(grants=()))
            work.commit()
        with store.read() as work:
            assert work.accounts.get(account.id) == account
            assert work.accounts.find_by_login(account.login) == account
            assert work.accounts.find_by_login("khong-co") is None
            assert {len(one.grants) for one in work.accounts.all()} == {0, 2}

    def test_replaces_grants(self, store: Store) -> None:
        """`set_grants` and `save` replace what was granted."""
        account = build_account()
        with store.write() as work:
            work.accounts.add(account)
            work.accounts.set_grants(account.id, [RoleGrant("auditor", None)])
            assert work.accounts.get(account.id).grants == (RoleGrant("auditor", None),)
            work.accounts.save(replace(account, grants=(), ended_at=NOW))
            assert work.accounts.get(account.id) == replace(account, grants=(), ended_at=NOW)

    def test_refuses_a_login_twice(self, store: Store) -> None:
        """Two accounts cannot sign in by one name."""
        account = build_account()
        with store.write() as work:
            work.accounts.add(account)
            with pytest.raises(DuplicateRecord):
                work.accounts.add(build_account(login=account.login))
            with pytest.raises(RecordNotFound):
                work.accounts.get("khong-co")
            with pytest.raises(RecordNotFound):
                work.accounts.save(build_account())

    def test_sessions_end(self, store: Store) -> None:
        """A session is found until it is ended, alone or with all of its account."""
        account, other = build_account(), build_account()
        first, second, third = (build_session(one.id) for one in (account, account, other))
        with store.write() as work:
            work.accounts.add(account)
            work.accounts.add(other)
            for session in (first, second, third):
                work.accounts.add_session(session)
            assert work.accounts.find_session(first.token_sha256) == first
            work.accounts.end_session(first.token_sha256)
            work.accounts.end_session(first.token_sha256)
            assert work.accounts.find_session(first.token_sha256) is None
            work.accounts.end_sessions_of(account.id)
            assert work.accounts.find_session(second.token_sha256) is None
            assert work.accounts.find_session(third.token_sha256) == third

    def test_a_session_needs_its_account(self, store: Store) -> None:
        """A session of an unknown account raises `RecordNotFound`."""
        with store.write() as work, pytest.raises(RecordNotFound):
            work.accounts.add_session(build_session("khong-co"))

    def test_counts_failures_since(self, store: Store) -> None:
        """Tries are counted by login and time, the moment itself included, until cleared."""
        with store.write() as work:
            for minutes in (0, 5, 10):
                work.accounts.add_failure("an", NOW + timedelta(minutes=minutes))
            work.accounts.add_failure("binh", NOW)
            assert work.accounts.count_failures("an", NOW + timedelta(minutes=5)) == 2
            work.accounts.clear_failures("an")
            assert work.accounts.count_failures("an", NOW) == 0
            assert work.accounts.count_failures("binh", NOW) == 1


class TestKeyStore:
    """Contract of `KeyStore`."""

    def test_gives_back_what_was_added(self, store: Store) -> None:
        """Scopes and agreement come back as tuples; None (every type) stays apart from none at all."""
        keys = [build_key(), build_key(result_types=None, unit=None), build_key(result_types=())]
        with store.write() as work:
            for key in keys:
                work.keys.add(key)
            work.commit()
        with store.read() as work:
            assert [work.keys.get(key.id) for key in keys] == keys
            assert work.keys.find_by_prefix(keys[0].prefix) == keys[0]
            assert work.keys.find_by_prefix("zzz") is None
            assert list(work.keys.all()) == keys

    def test_saves_and_refuses(self, store: Store) -> None:
        """A key is changed; a prefix twice and an unknown key raise."""
        key = build_key()
        with store.write() as work:
            work.keys.add(key)
            work.keys.save(replace(key, ended_at=NOW))
            assert work.keys.get(key.id).ended_at == NOW
            with pytest.raises(DuplicateRecord):
                work.keys.add(build_key(prefix=key.prefix))
            with pytest.raises(RecordNotFound):
                work.keys.save(build_key())

    def test_touches_once_a_minute(self, store: Store) -> None:
        """The last use moves only when a minute has passed."""
        key = build_key()
        with store.write() as work:
            work.keys.add(key)
            for seconds, seen in ((0, 0), (59, 0), (60, 60)):
                work.keys.touch(key.id, NOW + timedelta(seconds=seconds))
                assert work.keys.get(key.id).last_used_at == NOW + timedelta(seconds=seen)
