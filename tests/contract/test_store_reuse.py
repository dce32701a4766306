"""What every store of reuse does: changed identifiers, requirements, uses, one-time links, reports."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from records.access import Scope
from records.errors import DuplicateRecord, RecordNotFound
from records.former_identifiers import FormerIdentifier, find_owner_keys
from records.mismatches import Mismatch, MismatchState
from records.ports import Store
from records.requirements import RequirementType
from records.states import CaptureState, ResultState
from records.uses import EvidencePreview, EvidenceUse, RepeatKey
from tests.factories import (
    NOW,
    OWNER,
    TYPE,
    UNIT,
    add_file,
    build_entry,
    build_hash,
    build_result,
    build_type,
)

CMND = ("cmnd", "012345678")
CCCD = ("cccd", OWNER)
OTHER = ("cccd", "001090099999")
DAY = date(2026, 3, 1)


def build_former(number: int, former: tuple[str, str], current: tuple[str, str]) -> FormerIdentifier:
    """A change of identifier in 2021."""
    return FormerIdentifier(
        f"former-{number}", *former, *current, date(2021, 7, 1), None, "Căn cước", "account-1",
        NOW + timedelta(seconds=number),
    )  # fmt: skip


def add_changes(store: Store, *rows: FormerIdentifier) -> None:
    """Keep them."""
    with store.write() as work:
        for row in rows:
            work.former.add(row)
        work.commit()


class TestFormerIdentifierStore:
    """Contract of `FormerIdentifierStore`."""

    def test_gives_back_what_was_added(self, store: Store) -> None:
        """A row is found by its id, by the old and by the new identifier, and listed newest first."""
        first, second = (
            build_former(1, CMND, CCCD),
            build_former(2, ("mst", "0100109106"), ("mst", "0100109107")),
        )
        add_changes(store, first, second)
        with store.read() as work:
            assert work.former.get(first.id) == first
            assert work.former.around([CMND]) == work.former.around([CCCD]) == [first]
            assert work.former.around([("cccd", CMND[1])]) == []
            assert work.former.around([]) == []
            assert work.former.page(limit=1) == ([second], 2)

    def test_a_change_is_kept_once(self, store: Store) -> None:
        """The same change of the same day again is refused; an ended row is changed, not removed."""
        row = build_former(1, CMND, CCCD)
        add_changes(store, row)
        with store.write() as work:
            with pytest.raises(DuplicateRecord):
                work.former.add(replace(row, id="former-9"))
            work.former.save(replace(row, valid_to=DAY))
            work.commit()
        with store.read() as work:
            assert work.former.get(row.id).valid_to == DAY
            with pytest.raises(RecordNotFound):
                work.former.get("khong-co")

    def test_one_owner_in_both_directions(self, store: Store) -> None:
        """Asked by any of an owner's numbers all of them are found, over several changes."""
        older = ("cmnd", "023456789")
        add_changes(store, build_former(1, CMND, CCCD), build_former(2, older, CCCD))
        with store.read() as work:
            for asked in (CMND, older, CCCD):
                found = find_owner_keys(work.former, asked, DAY)
                assert (set(found.keys), found.keys[0], found.is_ambiguous) == (
                    {CMND, older, CCCD},
                    asked,
                    False,
                )

    def test_days_count(self, store: Store) -> None:
        """Before the change and after the end of its row the numbers are two owners."""
        row = build_former(1, CMND, CCCD)
        add_changes(store, replace(row, valid_to=date(2025, 1, 1)))
        with store.read() as work:
            days = [date(2021, 6, 30), date(2021, 7, 1), date(2024, 12, 31), date(2025, 1, 1)]
            counts = [len(find_owner_keys(work.former, CMND, day).keys) for day in days]
        assert counts == [1, 2, 2, 1]

    @pytest.mark.parametrize("asked", [CMND, CCCD, OTHER])
    def test_a_number_given_twice_joins_nobody(self, store: Store, asked: tuple[str, str]) -> None:
        """Whoever of them is asked for stays alone, and the answer says why."""
        add_changes(store, build_former(1, CMND, CCCD), build_former(2, CMND, OTHER))
        with store.read() as work:
            found = find_owner_keys(work.former, asked, DAY)
        assert (found.keys, found.is_ambiguous) == ((asked,), True)


class TestRequirementStore:
    """Contract of `RequirementStore`."""

    def test_gives_back_rows_of_a_requirement(self, store: Store) -> None:
        """Rows come by requirement, type and day; the same key twice is refused, its end can be set."""
        rows = [
            RequirementType("TP.01", "KQ.2", date(2025, 1, 1), None, "QĐ 1"),
            RequirementType("TP.01", "KQ.1", date(2025, 1, 1)),
            RequirementType("TP.02", "KQ.1", date(2024, 1, 1)),
        ]
        with store.write() as work:
            for row in rows:
                work.requirements.add(row)
            with pytest.raises(DuplicateRecord):
                work.requirements.add(rows[0])
            work.requirements.save(replace(rows[2], valid_to=DAY))
            with pytest.raises(RecordNotFound):
                work.requirements.save(RequirementType("TP.03", "KQ.1", DAY))
            work.commit()
        with store.read() as work:
            assert work.requirements.of(["TP.01", "TP.09"]) == [rows[1], rows[0]]
            found, total = work.requirements.page(limit=1, offset=2)
            assert (found, total) == ([replace(rows[2], valid_to=DAY)], 3)


def build_use(result_id: str, **changes: str) -> EvidenceUse:
    """A use of a result."""
    values = {"id": "use-1", "dossier": "H15-1", "actor": "key-1"} | changes
    return EvidenceUse(
        values["id"], result_id, values["dossier"], "1.011442", "", values["actor"], "machine", UNIT, NOW, 1,
        build_hash("file"), None,
    )  # fmt: skip


class TestEvidenceUseStore:
    """Contract of `EvidenceUseStore`."""

    def test_one_use_for_a_dossier_a_result_and_a_caller(self, store: Store) -> None:
        """A second use of the same dossier is not kept; another dossier's and another caller's are."""
        with store.write() as work:
            result = build_result()
            work.results.add(result)
            use, other = build_use(result.id), build_use(result.id, id="use-3", dossier="H15-2")
            theirs = build_use(result.id, id="use-4", actor="key-2")
            kept = [work.uses.add(one) for one in (use, build_use(result.id, id="use-2"), other, theirs)]
            work.commit()
        assert kept == [True, False, True, True]
        with store.read() as work:
            assert work.uses.in_dossier("H15-1", result.id) == [use, theirs]
            assert work.uses.in_dossier("H15-9", result.id) == []
            assert work.uses.of_result(result.id) == [use, other, theirs]

    def test_a_key_stays_with_its_first_request(self, store: Store) -> None:
        """A caller's key again gives back what is kept; old keys go."""
        first = RepeatKey("key-1", build_hash("k"), build_hash("a"), "use-1", NOW)
        with store.write() as work:
            assert work.uses.add_key(first) == first
            assert work.uses.add_key(replace(first, request_sha256=build_hash("b"))) == first
            theirs = replace(first, actor="key-2")
            assert work.uses.add_key(theirs) == theirs
            assert work.uses.prune_keys(NOW) == 0
            assert work.uses.prune_keys(NOW + timedelta(seconds=1)) == 2
            work.commit()


class TestEvidencePreviewStore:
    """Contract of `EvidencePreviewStore`."""

    def test_a_link_opens_once(self, store: Store) -> None:
        """The first to open it is told so, nobody after; a link of no result cannot be kept."""
        with store.write() as work:
            result = build_result()
            work.results.add(result)
            link = EvidencePreview(
                build_hash("t"), result.id, "key-1", "H15-1", "1.0", NOW, NOW + timedelta(minutes=5)
            )
            work.previews.add(link)
            assert [work.previews.open(link.token_sha256, NOW) for _ in range(2)] == [True, False]
            assert work.previews.find(link.token_sha256) == replace(link, opened_at=NOW)
            assert not work.previews.open(build_hash("x"), NOW)
            assert work.previews.prune(NOW + timedelta(minutes=5)) == 0
            assert work.previews.prune(NOW + timedelta(minutes=6)) == 1
            work.commit()


class TestMismatchStore:
    """Contract of `MismatchStore`."""

    def test_reports_go_to_their_unit(self, store: Store) -> None:
        """A report is found by id and result, listed for its unit by state, and can be closed."""
        with store.write() as work:
            result = build_result()
            work.results.add(result)
            one = Mismatch("m-1", result.id, UNIT, "H15-1", "Sai năm sinh", "Chị Hoa", "key-1", "H15", NOW)
            two = replace(one, id="m-2", at=NOW + timedelta(hours=1))
            work.mismatches.add(one)
            work.mismatches.add(two)
            closed = replace(
                one, state=MismatchState.CLOSED, answer="Đã sửa", answered_by="a", answered_at=NOW
            )
            work.mismatches.save(closed)
            work.commit()
        with store.read() as work:
            assert work.mismatches.get("m-1") == closed
            assert work.mismatches.of_result(result.id) == [two, closed]
            assert work.mismatches.page(Scope(frozenset({UNIT})), limit=9) == ([two, closed], 2)
            assert work.mismatches.page(Scope(None), state=MismatchState.OPEN, limit=9) == ([two], 1)
            assert work.mismatches.page(Scope(frozenset({"H99"})), limit=9) == ([], 0)
        with store.write() as work, pytest.raises(RecordNotFound):
            work.mismatches.save(replace(one, id="m-9"))


class TestResultsOfOwners:
    """What lookups, owners' logs and the nightly turn ask of `ResultStore`, `TypeStore` and `AuditStore`."""

    def test_several_owners_and_types_at_once(self, store: Store) -> None:
        """Rows of each owner and type asked for, no others, newest first; None asks for every type."""
        with store.write() as work:
            rows = [
                build_result(owner_scheme=scheme, owner_id=number, type_code=code, issued=date(2025, 1, day))
                for day, ((scheme, number), code) in enumerate(
                    [(CCCD, "A"), (CMND, "A"), (OTHER, "A"), (CCCD, "B"), (CCCD, "C")], start=1
                )
            ]
            for row in rows:
                work.results.add(row)
            work.commit()
        with store.read() as work:
            assert work.results.find_by_owners([CCCD, CMND], ["A", "B"]) == [rows[3], rows[1], rows[0]]
            assert work.results.find_by_owners([CCCD]) == [rows[4], rows[3], rows[0]]
            assert work.results.find_by_owners([], ["A"]) == []
            assert work.results.find_by_owners([CCCD], []) == []
        with store.write() as work:
            assert work.results.hold(rows[0].id) == rows[0]
            with pytest.raises(RecordNotFound):
                work.results.hold("khong-co")

    def test_papers_on_their_way_by_type(self, store: Store) -> None:
        """A paper of unknown type counts for each type asked for, and each paper once."""
        line = {"state": CaptureState.READ}
        with store.write() as work:
            add_file(work, line, state=CaptureState.READ, owner_hint=OWNER, type_hint="A")
            add_file(work, line, state=CaptureState.READ, owner_hint=OWNER)
            add_file(work, line, state=CaptureState.READ, owner_hint=CMND[1], type_hint="B")
            work.commit()
        with store.read() as work:
            assert work.results.pending_by_type([OWNER], ["A", "B"]) == {"A": 2, "B": 1}
            assert work.results.pending_by_type([OWNER, CMND[1]], ["B", "C"]) == {"B": 2, "C": 1}
            assert work.results.pending_by_type([], ["A"]) == {"A": 0}

    def test_what_ran_out(self, store: Store) -> None:
        """Rows in force past their last day, the longest over first; the last day itself is still good."""
        with store.write() as work:
            old, older, last, ended = (
                build_result(valid_to=date(2026, 2, 20)),
                build_result(valid_to=date(2026, 2, 10), state=ResultState.CORRECTED),
                build_result(valid_to=DAY),
                build_result(valid_to=date(2026, 1, 1), state=ResultState.EXPIRED),
            )
            for row in (old, older, last, ended, build_result()):
                work.results.add(row)
            assert work.results.run_out(DAY, 9) == [older, old]
            assert work.results.run_out(DAY, 1) == [older]
            work.commit()

    def test_known_types(self, store: Store) -> None:
        """Those of the codes that the list has."""
        with store.write() as work:
            work.types.add(build_type(TYPE))
            work.commit()
        with store.read() as work:
            assert work.types.known([TYPE, "KQ.SAI"]) == {TYPE}
            assert work.types.known([]) == frozenset()

    def test_the_log_about_several_things(self, store: Store) -> None:
        """Rows of the named acts about any of the things, newest first, with the total."""
        with store.write() as work:
            for second, (subject, action) in enumerate(
                [("a", "x"), ("b", "x"), ("c", "x"), ("a", "y"), ("a", "x")]
            ):
                at = NOW + timedelta(seconds=second)
                work.audit.add(build_entry(subject_id=subject, action=action, at=at))
            work.commit()
        with store.read() as work:
            rows, total = work.audit.about(["a", "b"], actions=["x"], limit=2)
            assert ([entry.subject_id for _, entry in rows], total) == (["a", "b"], 3)
            assert work.audit.about([], actions=["x"], limit=9) == ([], 0)
