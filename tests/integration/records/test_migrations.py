"""Migrations bring any database to the schema that the code knows."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from records.errors import StoreUnavailable
from records.sql.engine import make_engine
from records.sql.migrate import is_ours, migrate
from records.sql.schema import metadata

BOTH = "import sys; from records.sql.engine import make_engine; from records.sql.migrate import migrate;"
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
