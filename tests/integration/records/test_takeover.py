"""Only a job that is lost again and again in the midst of one step ends for good."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from records.sql.engine import make_engine
from records.sql.migrate import migrate
from records.sql.unit_of_work import SqlStore
from records.takeover import LOSSES, Verdict, judge_loss, note_begin
from tests.line import RealClock

pytestmark = pytest.mark.sql
JOB = "process_file:1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A migrated SQLite database."""
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    migrate(engine)
    yield SqlStore(engine, clock=RealClock())
    engine.dispose()


def lose(store: SqlStore, number: int, *, step: int = 1, begun: bool = True) -> Verdict:
    """One run of the job that ends with its worker's death."""
    if begun:
        note_begin(store, JOB, step)
    return judge_loss(store, JOB, step, f"slot-1:{number}")


def test_a_job_that_dies_in_the_same_step_each_time_ends(store: SqlStore) -> None:
    """The first loss only makes it run alone; then as many as are allowed."""
    verdicts = [lose(store, number) for number in range(LOSSES + 1)]
    assert verdicts == [Verdict.AGAIN] * LOSSES + [Verdict.OVER]
    assert lose(store, 99) is Verdict.OVER


def test_losses_outside_a_step_do_not_count(store: SqlStore) -> None:
    """A service that is killed at every start refuses no paper."""
    assert {lose(store, number, begun=False) for number in range(5 * LOSSES)} == {Verdict.AGAIN}


def test_a_job_that_gets_on_begins_anew(store: SqlStore) -> None:
    """Each step has a count of its own."""
    verdicts = {lose(store, number, step=number // (LOSSES - 1)) for number in range(3 * LOSSES)}
    assert verdicts == {Verdict.AGAIN}


def test_two_who_see_the_same_loss_count_one(store: SqlStore) -> None:
    """The second leaves it to the first."""
    lose(store, 0)
    assert (lose(store, 1), lose(store, 1, begun=False)) == (Verdict.AGAIN, Verdict.SEEN)


def test_a_job_that_was_never_lost_writes_nothing(store: SqlStore) -> None:
    """The usual way costs no row."""
    note_begin(store, JOB, 0)
    with store.read() as work:
        assert work.steps.find(f"begun:{JOB}:0:0") is None
