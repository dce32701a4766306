"""Kills the worker at random moments and counts what is lost or doubled (thử ngắt đột ngột).

    python -m bench.kill --kills 30 --store sqlite
    python -m bench.kill --kills 30 --store postgres --workers 2

Small generated papers come in through the real gate while workers die by SIGKILL. At the end every file
must have exactly one record, each record its pages, one index entry and one audit row of each kind, with
nobody's help. The peer is a run without kills: the same counts.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "demo")]

from PIL import Image, ImageDraw, ImageFont  # noqa: E402

from bench.kill_worker import BODIES, open_index  # noqa: E402
from ocr.sidecar import page_texts_from_json  # noqa: E402
from records.access import Scope  # noqa: E402
from records.states import CaptureState  # noqa: E402
from tests.line import Line, open_line  # noqa: E402

FONT = Path("/usr/share/fonts/truetype/freefont/FreeSerif.ttf")
DPI = 100
FILES_A_KILL = 2
RECOVERY_SECONDS = 180
INTO_A_STEP_SECONDS = 4.0
EVERYWHERE = Scope(None)


@dataclass(frozen=True)
class KillReport:
    """What a run found; every number of `wrong` must be 0, `found` says what is there once."""

    kills: int
    kills_at_work: int
    files: int
    pages: int
    seconds: float
    found: dict[str, int]
    wrong: dict[str, int]

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing doubled."""
        return not any(self.wrong.values())

    def tabulate(self) -> str:
        """The report as lines of text."""
        head = f"{self.kills} kills ({self.kills_at_work} at work), {self.files} files, {self.pages} pages"
        rows = [f"  {name:<26} {count:>6}" for name, count in self.found.items()]
        rows += [f"  wrong: {name:<26} {count:>6}" for name, count in self.wrong.items()]
        return "\n".join([f"{head}, {self.seconds:.0f} s", *rows])


def write_paper(path: Path, number: int, pages: int) -> Path:
    """A small TIFF of so many pages with one printed line each."""
    font = ImageFont.truetype(str(FONT), 26)
    drawn: list[Image.Image] = []
    for page in range(pages):
        image = Image.new("L", (640, 400), 255)
        ImageDraw.Draw(image).text((60, 120), f"Giấy xác nhận số {number} trang {page + 1}", 0, font)
        drawn.append(image)
    drawn[0].save(
        path, "TIFF", save_all=True, append_images=drawn[1:], dpi=(DPI, DPI), compression="tiff_lzw"
    )
    return path


class Crew:
    """The worker processes: started, killed, started again."""

    def __init__(self, folder: Path, memory: Path, url: str, workers: int) -> None:
        self._command = [sys.executable, "-m", "bench.kill_worker", str(folder), str(memory), "--url", url]
        self._log = (folder / "workers.log").open("ab")
        self._processes: list[subprocess.Popen[bytes]] = [self._start() for _ in range(workers)]

    def kill_one(self, chance: random.Random, pid: int | None = None) -> None:
        """SIGKILL to that worker, or any, alone; its own children must notice. Another takes its place."""
        pids = [process.pid for process in self._processes]
        place = pids.index(pid) if pid in pids else chance.randrange(len(pids))
        self._processes[place].kill()
        self._processes[place].wait()
        self._processes[place] = self._start()

    def stop(self) -> None:
        """Ask all to stop, as a service manager does."""
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(timeout=60)
        self._log.close()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, cwd=ROOT, stdout=self._log, stderr=self._log)


def run_kills(folder: Path, memory: Path, *, url: str, kills: int, workers: int, seed: int) -> KillReport:
    """Receive, kill, wait until all is done, count."""
    chance = random.Random(seed)
    started = time.monotonic()
    at_work = number = 0
    with (
        open_line(folder, memory, url, workers=1) as line,
        stopping(Crew(folder, memory, url, workers)) as crew,
    ):
        batch = line.open_batch()
        for _ in range(kills):
            for _ in range(FILES_A_KILL):
                number += 1
                paper = write_paper(folder / f"{number}.tiff", number, 1 + number % 2)
                begun = read_bodies(folder)
                line.receive(batch, paper)
            victim = _choose_moment(chance, folder, begun, can_aim=workers > 1)
            at_work += _is_at_work(line)
            crew.kill_one(chance, victim)
        _wait_until_done(line, batch.id)
        wrong = count_wrong(line, batch.id)
        with line.store.read() as work:
            files = work.batches.files(batch.id)
        pages = sum(file.pages or 0 for file in files)
        seconds = round(time.monotonic() - started, 1)
        return KillReport(kills, at_work, number, pages, seconds, count_found(line), wrong)


@contextmanager
def stopping(crew: Crew) -> Iterator[Crew]:
    """The crew, stopped at the end."""
    try:
        yield crew
    finally:
        crew.stop()


def _choose_moment(
    chance: random.Random, folder: Path, begun: Mapping[str, int], *, can_aim: bool
) -> int | None:
    """Wait for any moment, or every other time until a step runs for the first time; then its process.

    A lone worker is never aimed at: each successor would die soon after its start, with the same lost job in
    hand, and a job that loses eight workers in the midst of one step is refused on purpose.
    """
    if not can_aim or chance.random() < 0.5:
        time.sleep(chance.uniform(0.0, 4.0))
        return None
    deadline = time.monotonic() + INTO_A_STEP_SECONDS
    while time.monotonic() < deadline:
        fresh = [pid for body, pid in read_bodies(folder).items() if body not in begun]
        if fresh:
            time.sleep(chance.uniform(0.0, 0.3))
            return fresh[-1]
        time.sleep(0.005)
    return None


def read_bodies(folder: Path) -> dict[str, int]:
    """Every body of a step that has begun (step and job), in order, with the process that began it first."""
    log = folder / BODIES
    found: dict[str, int] = {}
    for body in log.read_text().split("\n")[:-1] if log.exists() else []:
        pid, _, name = body.partition(" ")
        found.setdefault(name, int(pid))
    return found


def _is_at_work(line: Line) -> bool:
    with line.store.read() as work:
        counts = [work.batches.counts(batch.id) for batch in work.batches.page(EVERYWHERE, limit=10)[0]]
    return any(count.by_state.get(CaptureState.READ) for count in counts)


def _wait_until_done(line: Line, batch_id: str) -> None:
    """Until no file is on the line, no event undelivered and no audit row without a place."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while True:
        with line.store.read() as work:
            waiting = work.batches.counts(batch_id).by_state.get(CaptureState.READ, 0)
            if not waiting and not work.outbox.backlog() and not work.audit.unsequenced():
                return
        if time.monotonic() > deadline:
            return
        time.sleep(0.2)


def count_wrong(line: Line, batch_id: str) -> dict[str, int]:
    """How many of each kind are missing or too many."""
    with line.store.read() as work:
        files = work.batches.files(batch_id)
        records = [work.records.get(record_id) for record_id in work.records.iter_ids()]
        rows = [entry for _, entry in work.audit.page(limit=100_000)[0]]
        backlog, unplaced = work.outbox.backlog(), work.audit.unsequenced()
    made = Counter(record.file_id for record in records)
    indexed = Counter(dict.fromkeys((one for one, _ in open_index(line).ids_with_versions()), 1))
    stored = Counter(row.subject_id for row in rows if row.action == "record.store")
    received = Counter(row.subject_id for row in rows if row.action == "file.receive")
    return {
        "files not in review": sum(file.state is not CaptureState.VERIFY for file in files),
        "records": _off(made, [file.id for file in files]),
        "pages": sum(_pages_off(line, record.text_sha256, record.pages) for record in records),
        "index entries": _off(indexed, [record.id for record in records]),
        "audit rows of records": _off(stored, [record.id for record in records]),
        "audit rows of files": _off(received, [file.id for file in files]),
        "events undelivered": backlog,
        "audit rows without place": unplaced,
    }


def count_found(line: Line) -> dict[str, int]:
    """How much of each kind is there, and how many bodies of steps ran more than once."""
    with line.store.read() as work:
        records = [work.records.get(record_id) for record_id in work.records.iter_ids()]
        rows = Counter(entry.action for _, entry in work.audit.page(limit=100_000)[0])
    bodies = len(read_bodies(line.folder))
    runs = (line.folder / BODIES).read_text().count("\n")
    return {
        "records": len(records),
        "pages": sum(record.pages for record in records),
        "index entries": open_index(line).count(),
        "audit rows of records": rows["record.store"],
        "audit rows of files": rows["file.receive"],
        "bodies of steps": bodies,
        "bodies repeated": runs - bodies,
    }


def _off(found: Counter[str], wanted: list[str]) -> int:
    """Keys that do not occur exactly once, or should not occur."""
    return sum(found.get(key, 0) != 1 for key in wanted) + len(set(found) - set(wanted))


def _pages_off(line: Line, text_sha256: str, pages: int) -> int:
    return abs(len(page_texts_from_json(line.blobs.read(text_sha256))) - pages)


def main() -> int:
    """Run as the arguments say; 0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sohoa-kill-")))
        memory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sohoa-kill-", dir="/dev/shm")))
        url = ""
        if given.store == "postgres":
            from tests.services.postgres import running_postgres

            url = stack.enter_context(stack.enter_context(running_postgres()).fresh_database())
        report = run_kills(folder, memory, url=url, kills=given.kills, workers=given.workers, seed=given.seed)
        if not report.is_clean and "SOHOA_TEST_KEEP" in os.environ:
            print((folder / "workers.log").read_text()[-4000:], file=sys.stderr)
    print(json.dumps(asdict(report), ensure_ascii=False, indent=1) if given.json else report.tabulate())
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
