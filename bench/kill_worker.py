"""The worker process that the kill test kills: the real worker on the real line, with a quick heartbeat.

    python -m bench.kill_worker FOLDER MEMORY [--url URL] [--kill-after STEP] [--poison FILE]

`--kill-after STEP` makes the process end itself by SIGKILL right after the body of that step, before its
result is remembered; once, the next process goes on. `--poison FILE` makes the job of that file do so
every time.
"""

import argparse
import hashlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "demo")]

from api.worker import Deliver, Parts, Rhythm, Worker  # noqa: E402
from ingest.pipeline import build_plans  # noqa: E402
from ocr.sidecar import page_texts_from_json  # noqa: E402
from records.model import OutboxEvent, Record  # noqa: E402
from records.ports import JobPlan, StepFunction  # noqa: E402
from records.sql.engine import make_engine  # noqa: E402
from records.sql.unit_of_work import SqlUnitOfWork  # noqa: E402
from search.document import IndexDocument  # noqa: E402
from search.embedded import EmbeddedIndex  # noqa: E402
from tests.line import Line, open_line  # noqa: E402

QUICK = Rhythm(outbox=0.1, audit=0.3, heartbeat=0.3, recovery=0.5)
SILENCE = timedelta(seconds=2)
BODIES = "bodies.log"


def open_index(line: Line) -> EmbeddedIndex:
    """The embedded index in the records' database, or beside PostgreSQL in a file of its own."""
    if line.store.engine.dialect.name == "sqlite":
        return EmbeddedIndex(line.store.engine)
    return EmbeddedIndex(make_engine(f"sqlite:///{line.folder / 'search.db'}"))


def make_deliver(line: Line, index: EmbeddedIndex) -> Deliver:
    """Writes records into the index, in the events' own transaction where both share the database."""

    def deliver(work: SqlUnitOfWork, events: Sequence[OutboxEvent]) -> None:
        records = work.records.get_many([event.subject_id for event in events])
        documents = [build_document(line, record) for record in records.values()]
        if line.store.engine.dialect.name == "sqlite":
            index.upsert_in(work.connection, documents)
        else:
            index.upsert(documents)

    return deliver


def build_document(line: Line, record: Record) -> IndexDocument:
    """What the index holds of a record."""
    pages = page_texts_from_json(line.blobs.read(record.text_sha256))
    return IndexDocument(
        record.id,
        record.version,
        title=record.title,
        unit=record.unit,
        pages=tuple(page.text for page in pages),
    )


def die_in(plan: JobPlan, step_name: str, is_time: Callable[[str], bool]) -> JobPlan:
    """The plan with one step that kills its process after its work and before it is remembered."""

    def wrap(step: StepFunction) -> StepFunction:
        def run(argument: str, results: Mapping[str, str]) -> str:
            made = step(argument, results)
            if is_time(argument):
                os.kill(os.getpid(), signal.SIGKILL)
            return made

        return run

    steps = tuple((name, wrap(step) if name == step_name else step) for name, step in plan.steps)
    return replace(plan, steps=steps)


def note_bodies(plan: JobPlan, log: Path) -> JobPlan:
    """The plan with a line in `log` for every body of a step that begins: process, step, job."""

    def wrap(name: str, step: StepFunction) -> StepFunction:
        def run(argument: str, results: Mapping[str, str]) -> str:
            # Short lines appended by several processes do not mix.
            with log.open("a") as lines:
                lines.write(f"{os.getpid()} {name} {hashlib.sha256(argument.encode()).hexdigest()}\n")
            return step(argument, results)

        return run

    return replace(plan, steps=tuple((name, wrap(name, step)) for name, step in plan.steps))


def make_once(mark: Path) -> Callable[[str], bool]:
    """True the first time, in whatever process."""

    def is_first(_argument: str) -> bool:
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    return is_first


def main() -> None:
    """Work until killed or told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("memory", type=Path)
    parser.add_argument("--url", default="")
    parser.add_argument("--kill-after", default="")
    parser.add_argument("--poison", default="")
    given = parser.parse_args()
    with open_line(given.folder, given.memory, given.url) as line:
        plans = tuple(note_bodies(plan, given.folder / BODIES) for plan in build_plans(line.steps))
        if given.kill_after:
            once = make_once(given.folder / f"killed-{given.kill_after}")
            plans = tuple(die_in(plan, given.kill_after, once) for plan in plans)
        if given.poison:
            plans = tuple(
                die_in(plan, "compose", lambda argument: given.poison in argument) for plan in plans
            )
        durable = line.make_worker(plans, silence=SILENCE)
        Worker(Parts(durable, line.store, line.clock, make_deliver(line, open_index(line))), QUICK).run()


if __name__ == "__main__":
    main()
