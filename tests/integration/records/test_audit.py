"""The audit log proves itself: every kind of damage, made directly in the database, is found."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from records.audit import (
    AuditReport,
    HeadSigner,
    check_log,
    prove_consistency,
    prove_inclusion,
    read_heads,
    sequence_all,
    sign_head,
    verify_log,
)
from records.errors import AuditBroken, BlobStoreUnavailable, RecordNotFound
from records.merkle import hash_leaf, verify_consistency, verify_inclusion
from records.sql.unit_of_work import SqlStore
from tests.factories import NOW, build_entry
from tests.fakes import FixedClock

Verify = Callable[[], AuditReport]


@pytest.fixture
def signer(tmp_path: Path) -> HeadSigner:
    """A new service key."""
    return HeadSigner.load_or_create(tmp_path / "keys" / "audit.pem")


@pytest.fixture
def second_place(tmp_path: Path) -> Path:
    """Where heads are also kept."""
    return tmp_path / "elsewhere" / "heads.jsonl"


def add_entries(store: SqlStore, count: int) -> None:
    """That many committed entries."""
    with store.write() as work:
        for second in range(count):
            work.audit.add(build_entry(at=NOW + timedelta(seconds=second), purpose="Tra cứu"))
        work.commit()


@pytest.fixture
def verify(store: SqlStore, signer: HeadSigner, second_place: Path, clock: FixedClock) -> Verify:
    """A log of eleven entries under two heads, and its verification with the second place."""
    add_entries(store, 6)
    sign_head(store, signer, clock, second_place)
    clock.move(hours=1)
    add_entries(store, 5)
    sign_head(store, signer, clock, second_place)

    def run() -> AuditReport:
        with store.read() as work:
            return verify_log(work.audit, signer.public_keys, read_heads(second_place))

    return run


def damage(store: SqlStore, *statements: str) -> None:
    """Change the database behind the service's back."""
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def kinds(report: AuditReport) -> set[str]:
    """What was found."""
    return {finding.kind for finding in report.findings}


def test_a_sound_log_is_whole(verify: Verify, store: SqlStore) -> None:
    """Nothing found, everything under a head; entries added since are counted as unprotected."""
    report = verify()
    assert (report.is_whole, report.size, report.heads) == (True, 11, 2)
    assert (report.protected, report.unprotected) == (11, 0)
    check_log(report)
    add_entries(store, 3)
    assert verify().unprotected == 3
    sequence_all(store)
    assert (verify().is_whole, verify().size, verify().unprotected) == (True, 14, 3)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "'somebody-else'"),
        ("actor_kind", "'system'"),
        ("action", "'nothing'"),
        ("subject_id", "'other'"),
        ("subject_kind", "'other'"),
        ("outcome", "'ACCESS_DENIED'"),
        ("purpose", "NULL"),
        ("unit", "'H99'"),
        ("before", "'aa'"),
        ("after", "'aa'"),
        ("detail", "'{}'"),
        ("detail", "'no json at all'"),
        ("at", "'2020-01-01 00:00:00.000000'"),
        ("id", "'another-id'"),
    ],
)
def test_an_altered_entry_is_found(verify: Verify, store: SqlStore, column: str, value: str) -> None:
    """A change to any column of a row is found, at its place."""
    damage(store, f'UPDATE audit_rows SET "{column}" = {value} WHERE place = 3')
    report = verify()
    assert "altered" in kinds(report)
    assert [finding.place for finding in report.findings if finding.kind == "altered"] == [3]
    with pytest.raises(AuditBroken):
        check_log(report)


def test_an_altered_entry_with_a_fitting_hash_is_found(verify: Verify, store: SqlStore) -> None:
    """Whoever also writes the right leaf hash is caught by the head."""
    damage(store, "UPDATE audit_rows SET actor = 'x' WHERE place = 3")
    with store.read() as work:
        leaf = next(hash_leaf(data) for place, _, data, _ in work.audit.iter_leaves() if place == 3)
    damage(store, f"UPDATE audit_rows SET leaf_hash = '{leaf}' WHERE place = 3")
    assert "head_mismatch" in kinds(verify())


def test_a_rebuilt_tree_is_found(verify: Verify, store: SqlStore) -> None:
    """Whoever rebuilds the whole tree over altered rows is caught by the signed heads."""
    damage(store, "UPDATE audit_rows SET actor = 'x' WHERE place = 3")
    with store.read() as work:
        leaves = {row_id: hash_leaf(data) for _, row_id, data, _ in work.audit.iter_leaves()}
    changes = [
        f"UPDATE audit_rows SET leaf_hash = '{leaf}' WHERE id = '{key}'" for key, leaf in leaves.items()
    ]
    _forget_tree(store, *changes)
    sequence_all(store)
    assert kinds(verify()) == {"head_mismatch"}


@pytest.mark.parametrize("place", [0, 4, 9])
def test_a_removed_entry_is_found(verify: Verify, store: SqlStore, place: int) -> None:
    """A row taken out of the middle leaves a gap."""
    damage(store, f"DELETE FROM audit_rows WHERE place = {place}")
    report = verify()
    assert {"removed", "head_mismatch"} & kinds(report)
    assert sum(finding.kind == "removed" for finding in report.findings) <= 1, "one gap is told once"


def test_a_removed_entry_with_closed_ranks_is_found(verify: Verify, store: SqlStore) -> None:
    """Moving the later rows up hides the gap, not the loss."""
    moves = [f"UPDATE audit_rows SET place = {place - 1} WHERE place = {place}" for place in range(5, 11)]
    _forget_tree(store, "DELETE FROM audit_rows WHERE place = 4", *moves)
    sequence_all(store)
    assert "cut_off" in kinds(verify())


def test_swapped_entries_are_found(verify: Verify, store: SqlStore) -> None:
    """The order is part of the log."""
    damage(
        store,
        "UPDATE audit_rows SET place = 99 WHERE place = 2",
        "UPDATE audit_rows SET place = 2 WHERE place = 3",
        "UPDATE audit_rows SET place = 3 WHERE place = 99",
    )
    assert "head_mismatch" in kinds(verify())


def test_a_cut_off_end_is_found(verify: Verify, store: SqlStore) -> None:
    """The newest entries cut off with all traces in the database: the second place knows better."""
    _forget_tree(store, "DELETE FROM audit_rows WHERE place >= 6", "DELETE FROM audit_heads WHERE size > 6")
    sequence_all(store)
    assert kinds(verify()) == {"cut_off", "head_removed"}


def test_a_cut_off_end_is_found_without_second_place(
    verify: Verify, store: SqlStore, signer: HeadSigner
) -> None:
    """With the heads left in the table, the table alone shows it."""
    damage(store, "DELETE FROM audit_rows WHERE place >= 6")
    with store.read() as work:
        assert "cut_off" in kinds(verify_log(work.audit, signer.public_keys))


def test_an_emptied_log_is_found(verify: Verify, store: SqlStore) -> None:
    """Everything wiped: every head of the second place accuses."""
    _forget_tree(store, "DELETE FROM audit_rows", "DELETE FROM audit_heads")
    assert verify().count == 4


@pytest.mark.parametrize(
    "change",
    ["root = '" + "0" * 64 + "'", "size = 5", "signature = 'zz'", "signature = ''", "key_id = 'unknown'"],
)
def test_an_altered_head_is_found(verify: Verify, store: SqlStore, change: str) -> None:
    """A head changed in any part no longer carries its signature, and the second place has the true one."""
    damage(store, f"UPDATE audit_heads SET {change} WHERE size = 6")
    assert kinds(verify()) == {"head_forged", "head_removed"}


def test_a_removed_head_is_found(verify: Verify, store: SqlStore) -> None:
    """A head gone from the table is still in the second place."""
    damage(store, "DELETE FROM audit_heads WHERE size = 11")
    assert kinds(verify()) == {"head_removed"}


def test_a_forged_second_place_is_found(verify: Verify, second_place: Path) -> None:
    """A head put into the file by somebody without the key is seen; so is an emptied file."""
    values = json.loads(second_place.read_text().splitlines()[0])
    second_place.write_text(second_place.read_text() + json.dumps(values | {"size": 9}) + "\n")
    assert kinds(verify()) == {"head_forged", "head_removed"}
    second_place.write_text("")
    assert kinds(verify()) == {"second_place_empty"}
    second_place.write_text("no json\n")
    with pytest.raises(AuditBroken):
        verify()
    second_place.unlink()
    with pytest.raises(RecordNotFound):
        verify()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_nodes SET hash = '" + "0" * 64 + "' WHERE level = 3",
        "DELETE FROM audit_nodes WHERE level = 3",
        "UPDATE audit_nodes SET hash = 'zz' WHERE level = 3",
        "UPDATE audit_sequencer SET size = 10",
        "UPDATE audit_sequencer SET size = 12",
    ],
)
def test_a_damaged_tree_is_found(verify: Verify, store: SqlStore, change: str) -> None:
    """Stored subtree hashes that no longer fit the rows are seen: proofs are made of them."""
    damage(store, change)
    assert kinds(verify()) == {"tree_mismatch"}


def test_another_key_is_not_believed(verify: Verify, store: SqlStore, tmp_path: Path) -> None:
    """Heads of a key that is not ours are forged, whatever they say."""
    other = HeadSigner.load_or_create(tmp_path / "other.pem")
    with store.read() as work:
        assert kinds(verify_log(work.audit, other.public_keys)) == {"head_forged"}
        mine = dict.fromkeys((head.key_id for head in work.audit.heads()), other.public_key)
        assert kinds(verify_log(work.audit, mine)) == {"head_forged"}


def test_findings_are_capped_and_counted(store: SqlStore, signer: HeadSigner) -> None:
    """A log altered everywhere is counted whole but told in the first hundred findings."""
    add_entries(store, 120)
    sequence_all(store)
    damage(store, "UPDATE audit_rows SET actor = 'x'")
    with store.read() as work:
        report = verify_log(work.audit, signer.public_keys)
    assert (report.count, len(report.findings)) == (121, 100)


def test_heads_are_signed_once_and_caught_up(
    store: SqlStore, signer: HeadSigner, second_place: Path, clock: FixedClock
) -> None:
    """Nothing new gives no new head; a second place that lost its end, half a line even, is caught up."""
    add_entries(store, 2)
    first = sign_head(store, signer, clock, second_place)
    assert sign_head(store, signer, clock, second_place) == first
    add_entries(store, 1)
    second = sign_head(store, signer, clock, second_place)
    lines = second_place.read_bytes().splitlines(keepends=True)
    second_place.write_bytes(lines[0] + lines[1][:20])
    assert read_heads(second_place) == [first]
    sign_head(store, signer, clock, second_place)
    assert read_heads(second_place) == [first, second]
    assert second_place.stat().st_mode & 0o777 == 0o600


def test_an_unwritable_second_place_is_an_outage(
    store: SqlStore, signer: HeadSigner, clock: FixedClock, tmp_path: Path
) -> None:
    """When the second place cannot be written, that is said."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BlobStoreUnavailable):
        sign_head(store, signer, clock, tmp_path / "file" / "heads.jsonl")


def test_proofs_from_the_store(verify: Verify, store: SqlStore) -> None:
    """Inclusion and consistency proofs made from the stored tree hold under the signed heads."""
    with store.read() as work:
        old, new = work.audit.heads()
        proof = prove_consistency(work.audit, old.size, new.size)
        assert verify_consistency(old.size, new.size, proof, old.root, new.root)
        for place, _, _, leaf in work.audit.iter_leaves():
            path = prove_inclusion(work.audit, place, new.size)
            assert verify_inclusion(leaf, place, new.size, path, new.root)


def test_a_head_of_the_empty_log_is_sound(
    store: SqlStore, signer: HeadSigner, second_place: Path, clock: FixedClock
) -> None:
    """A head may be signed before the first entry."""
    head = sign_head(store, signer, clock, second_place)
    with store.read() as work:
        assert verify_log(work.audit, signer.public_keys, [head]).is_whole
        forged = verify_log(work.audit, signer.public_keys, [replace(head, root="0" * 64)])
        assert kinds(forged) == {"head_removed", "head_forged"}


def _forget_tree(store: SqlStore, *statements: str) -> None:
    """Change rows, then throw places and tree away so that they are made anew."""
    damage(
        store,
        *statements,
        "UPDATE audit_rows SET place = NULL",
        "DELETE FROM audit_nodes",
        "UPDATE audit_sequencer SET size = 0",
    )
