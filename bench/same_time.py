"""Does the time of an answer tell whether there is something to hide? (thời gian trả lời có lộ gì không)

    python -m bench.same_time [--rounds 2000] [--url postgresql://…]

Asks in turn for what does not exist, for what the caller may not know of, and for a secret result, in one
process on a scratch store, and reports p50 of each and their differences: the bar is 2 ms.
"""

import argparse
import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from api.wiring import SystemClock
from records.access import Permission, Principal, Scope
from records.actions.acting import Acting
from records.agreements import Right
from records.journal import Journal
from records.model import Result, ResultType
from records.ports import LookupPurpose, OwnerKey
from records.sql.engine import make_engine
from records.sql.migrate import migrate
from records.sql.unit_of_work import SqlStore
from records.states import Confidentiality, ResultState, SignatureValue
from search.decision import DecisionCode
from search.lookup import LookupService
from search.needs import Inquiry, Need

_TYPE, _DAY = "KQ.DO.000001", date(2026, 3, 1)
_BAR_MS = 2.0
_PURPOSE = LookupPurpose("H00.01-260301-0001", "1.000001")


def build_acting(*rights: Right) -> Acting:
    """A machine client that may look up, under these agreements only."""
    principal = Principal("do", "Đo", "machine", {Permission.LOOKUP: Scope(None)}, "H00", rights or None)
    return Acting(principal, datetime.now(UTC), "cli")


def fill(store: SqlStore, owners: int) -> None:
    """A normal result for each owner and one secret one, so that the tables are not empty."""
    now = datetime.now(UTC)
    with store.write() as work:
        if work.types.find(_TYPE) is None:
            work.types.add(ResultType(_TYPE, "Giấy để đo"))
        for number in range(owners):
            secret = number == 0
            work.results.add(
                Result(
                    f"do-{now.timestamp()}-{number}", None, "cccd", f"{number:012d}", _TYPE, "H00",
                    "1/GP", "Đơn vị đo", _DAY, _DAY, None, ResultState.VALID, SignatureValue.VALID,
                    Confidentiality.SECRET if secret else Confidentiality.NORMAL, _DAY, now, now,
                )
            )  # fmt: skip
        work.commit()


def measure(service: LookupService, rounds: int) -> dict[str, float]:
    """Median milliseconds of each kind of question, asked in turn so that load strikes all alike."""
    stranger = build_acting(Right(None, None, frozenset({"KQ.DO.000009"}), date(2020, 1, 1), None))
    kinds = {
        "none": (build_acting(), "999999999999", DecisionCode.NONE),
        "not_allowed": (stranger, "000000000001", DecisionCode.NOT_ALLOWED),
        "secret": (build_acting(), "000000000000", DecisionCode.NONE),
    }
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for _round in range(rounds):
        for name, (acting, number, expected) in kinds.items():
            inquiry = Inquiry(OwnerKey("cccd", number), (Need(_TYPE),), _DAY, _PURPOSE)
            started = time.perf_counter()
            code = service.inquire(acting, inquiry).answers[0].code
            times[name].append((time.perf_counter() - started) * 1000)
            if code is not expected:
                raise SystemExit(f"{name}: {code}")
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    """Measure and print; exit 1 when a difference is above the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--owners", type=int, default=10_000)
    parser.add_argument("--url", default="", help="a database of its own; SQLite when left out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sohoa-same-time-") as folder:
        engine = make_engine(given.url or f"sqlite:///{folder}/records.db")
        migrate(engine)
        store = SqlStore(engine, clock=SystemClock())
        fill(store, given.owners)
        service = LookupService(store, Journal(Path(folder) / "journal.jsonl"), b"do", seconds=5.0)
        medians = measure(service, given.rounds)
        engine.dispose()
    widest = max(medians.values()) - min(medians.values())
    for name, median in medians.items():
        print(f"{name:<12} p50 {median:7.3f} ms")
    print(f"{'difference':<12}     {widest:7.3f} ms (bar {_BAR_MS} ms)")
    raise SystemExit(widest >= _BAR_MS)


if __name__ == "__main__":
    main()
