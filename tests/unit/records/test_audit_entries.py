"""The canonical text of audit entries."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from records.audit_entries import build_canonical, parse_canonical
from records.model import AuditEntry
from tests.factories import build_entry

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
entries = st.builds(
    AuditEntry,
    at=st.datetimes(timezones=st.just(UTC)),
    actor=texts,
    actor_kind=texts,
    action=texts,
    subject_kind=texts,
    subject_id=texts,
    unit=st.none() | texts,
    purpose=st.none() | texts,
    outcome=texts,
    before=st.none() | texts,
    after=st.none() | texts,
    detail=st.dictionaries(texts, st.none() | texts | st.integers(), max_size=3),
)


@given(texts, entries)
def test_reads_back(row_id: str, entry: AuditEntry) -> None:
    """Nothing is lost in the canonical text."""
    assert parse_canonical(build_canonical(row_id, entry)) == (row_id, entry)


@given(entries, entries)
def test_differs_where_entries_differ(first: AuditEntry, second: AuditEntry) -> None:
    """Two entries have one text only when they are equal."""
    assert (build_canonical("r", first) == build_canonical("r", second)) == (first == second)


def test_is_fixed() -> None:
    """The exact bytes: a change here would break every stored leaf hash."""
    moment = datetime(2026, 3, 2, 8, 30, tzinfo=timezone(timedelta(hours=7)))
    entry = build_entry(at=moment, subject_id="r1", purpose="Đối chiếu", detail={"b": 1, "a": None})
    assert build_canonical("x", entry).decode() == (
        '{"action":"record.read","actor":"account-archivist","actor_kind":"account",'
        '"at":"2026-03-02T01:30:00.000000+00:00","detail":{"a":null,"b":1},"id":"x","outcome":"ok",'
        '"purpose":"Đối chiếu","subject_id":"r1","subject_kind":"record","unit":"H15.03.27"}'
    )
