"""Records from before verdicts had a history: each gets its first row and falls due once."""

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import text

from records.sql.engine import make_engine
from records.sql.migrate import build_config, migrate
from records.sql.unit_of_work import SqlStore
from records.states import SignatureValue
from records.verdicts import Cause, Outcome
from tests.fakes import FixedClock
from tests.integration.records.test_migrations import OLD_BATCH, OLD_FILE, OLD_RECORD

pytestmark = [pytest.mark.sql]
STORED = datetime(2026, 1, 1, tzinfo=UTC)


def test_old_records_are_due_once(empty_url: str) -> None:
    """With a report: a first verdict and a due row on no known basis; those waiting for a key have none."""
    engine = make_engine(empty_url)
    with engine.connect() as connection, connection.begin():
        command.upgrade(build_config(connection), "0004")
        for statement in (OLD_BATCH, OLD_FILE, OLD_RECORD, OLD_RECORD.replace("('r'", "('s'")):
            connection.execute(text(statement))
        connection.execute(text("UPDATE records SET report_sha256 = 'ab'"))
        waits = "UPDATE records SET signature_standing = 'awaiting_digitiser_signature' WHERE id = 's'"
        connection.execute(text(waits))
    migrate(engine)
    with SqlStore(engine, clock=FixedClock()).write() as work:
        (first,) = work.verdicts.of_record("r")
        due = work.verdicts.find_due("r")
        assert (first.outcome, first.value, first.at) == (Outcome.FIRST, SignatureValue.VALID, STORED)
        assert (first.report_sha256, first.trust) == ("ab", None)
        assert due is not None
        assert (due.cause, due.due_at, due.attempts) == (Cause.SCHEDULE, STORED, 0)
        assert work.verdicts.find_due("s") is None
        taken = work.verdicts.take_other_basis("sohoa-verify 2|vgca 2026.1|ab", STORED, 10)
        assert [(row.record_id, row.cause) for row in taken] == [("r", Cause.BASIS)]
        assert work.verdicts.add(first).number > first.number
    engine.dispose()
