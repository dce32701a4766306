"""Migrations bring any database to the schema that the code knows."""

import subprocess
import sys
from dataclasses import replace

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from records.errors import StoreUnavailable
from records.model import PageFault
from records.sql.engine import make_engine
from records.sql.migrate import build_config, is_ours, migrate
from records.sql.schema import metadata
from records.sql.unit_of_work import SqlStore
from tests.fakes import FixedClock

BOTH = "import sys; from records.sql.engine import make_engine; from records.sql.migrate import migrate;"
OLD_BATCH = (
    "INSERT INTO batches (id, unit, label, state, created_by, created_at, profile) "
    "VALUES ('b', 'H15', '', 'read', 'an', '2026-01-01', 'tesseract')"
)
OLD_FILE = (
    "INSERT INTO batch_files (id, batch_id, ordinal, name, size, state, received_at) "
    "VALUES ('f', 'b', 1, 'a.pdf', 1, 'verify', '2026-01-01')"
)
OLD_RECORD = (
    "INSERT INTO records (id, file_id, batch_id, unit, state, title, kind, pages, original_sha256, "
    "original_format, text_sha256, signature_standing, signature_value, signature_indication, "
    "signature_headline_vi, confidentiality, created_at, updated_at, version) VALUES ('r', 'f', 'b', 'H15', "
    "'in_review', '', '', 1, '', 'pdf', '', 'arrived_signed', 'hop_le', '', '', 'thuong', '2026-01-01', "
    "'2026-01-01', 1)"
)
OLD_FIELD = (
    "INSERT INTO record_fields (record_id, name, value, raw, confidence, needs_review, reasons, "
    "confirmed_by) VALUES ('r', :name, 'A', '', 0.9, true, :reasons, :by)"
)
STRANGERS = ("search_fts", "workflow_status")


def test_migrations_and_schema_agree(empty_url: str) -> None:
    """After all migrations nothing is left to generate, whatever foreign tables lie beside ours."""
    engine = make_engine(empty_url)
    migrate(engine)
    with engine.begin() as connection:
        for name in STRANGERS:
            connection.execute(text(f"CREATE TABLE {name} (a INTEGER)"))
    with engine.connect() as connection:
        options = {"include_object": is_ours, "compare_type": True}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    assert found == []
    assert names == set(metadata.tables) | {"alembic_version", *STRANGERS}


def test_a_missing_column_would_be_seen(empty_url: str) -> None:
    """The comparison is not blind: a column dropped from the database shows."""
    engine = make_engine(empty_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE incidents DROP COLUMN second_lifter"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        assert compare_metadata(context, metadata)
    engine.dispose()


def test_running_again_changes_nothing(empty_url: str) -> None:
    """A migrated database stays as it is, rows included."""
    engine = make_engine(empty_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO units (code, name) VALUES ('H15', 'Tỉnh')"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM units")).scalar_one() == 1
        assert connection.execute(text("SELECT id, size FROM audit_sequencer")).all() == [(1, 0)]
    engine.dispose()


def test_proposals_are_filled_in_where_they_are_still_known(empty_url: str) -> None:
    """Open rows from before were proposed as they stand; of others no proposal is known."""
    engine = make_engine(empty_url)
    with engine.connect() as connection, connection.begin():
        command.upgrade(build_config(connection), "0001")
        connection.execute(text(OLD_BATCH))
        connection.execute(text(OLD_FILE))
        connection.execute(text(OLD_RECORD))
        for name, reasons, by in (("a", "[]", None), ("b", "[]", "an"), ("c", '["from_upload"]', None)):
            row = {"name": name, "reasons": reasons, "by": by}
            connection.execute(text(OLD_FIELD), row)
    migrate(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT name, proposed FROM record_fields ORDER BY name")).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [("a", "A"), ("b", None), ("c", None)]


def test_rows_of_the_first_schema_are_read_and_written_by_todays_code(empty_url: str) -> None:
    """A populated database of the first schema: nothing is lost, what is new is empty, and takes values."""
    engine = make_engine(empty_url)
    with engine.connect() as connection, connection.begin():
        command.upgrade(build_config(connection), "0001")
        for statement in (OLD_BATCH, OLD_FILE, OLD_RECORD):
            connection.execute(text(statement))
        connection.execute(text(OLD_FIELD), {"name": "so_ky_hieu", "reasons": "[]", "by": "an"})
    migrate(engine)
    store = SqlStore(engine, clock=FixedClock())
    fault = PageFault(1, ("cut_off",), (2, 3))
    with store.write() as work:
        record, file = work.records.get("r"), work.batches.get_file("f")
        assert (record.reading_sha256, file.page_faults) == (None, ())
        assert (record.original_format, file.name) == ("pdf", "a.pdf")
        (field,) = work.records.fields("r")
        assert (field.value, field.confirmed_by, field.proposed) == ("A", "an", None)
        work.records.save(replace(record, reading_sha256="ab" * 32))
        work.batches.save_file(replace(file, page_faults=(fault,)))
        work.commit()
    with store.read() as work:
        assert work.records.get("r").reading_sha256 == "ab" * 32
        assert work.batches.get_file("f").page_faults == (fault,)
    engine.dispose()


def test_processes_may_start_together(empty_url: str) -> None:
    """Three processes that migrate one new database at once all succeed."""
    command = [sys.executable, "-c", f"{BOTH} migrate(make_engine(sys.argv[1]))", empty_url]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in running]
    assert [code for _, code in ended] == [0, 0, 0], ended


@pytest.mark.sql
def test_an_unreachable_database_is_an_outage() -> None:
    """A server that is not there is `StoreUnavailable`, not a driver's error."""
    engine = make_engine("postgresql://nobody@127.0.0.1:1/none", timeout=2)
    with pytest.raises(StoreUnavailable):
        migrate(engine)
