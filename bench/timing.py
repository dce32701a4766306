"""Times of many calls (đo thời gian): by users without pause, or so many calls a second."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

Call = Callable[[int], object]
"""One call; its number chooses what is asked."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long calls took, in milliseconds, and how many were done a second."""

    count: int
    rate: float
    p50: float
    p95: float
    p99: float

    def describe(self) -> str:
        """One line for people."""
        return (
            f"{self.rate:7.1f}/s  p50 {self.p50:7.1f}  p95 {self.p95:7.1f}  p99 {self.p99:7.1f} ms  "
            f"({self.count})"
        )


def build_timing(times: Sequence[float], seconds: float) -> Timing:
    """Percentiles of times in seconds, taken over so many seconds."""
    ordered = sorted(times)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.5, 0.95, 0.99)]
    return Timing(len(ordered), len(ordered) / seconds, *at)


def run_users(call: Call, users: int, seconds: float, first: int = 0) -> list[float]:
    """Times in seconds of calls by users who ask again as soon as they have an answer."""
    times: list[float] = []
    errors: list[BaseException] = []
    end = time.perf_counter() + seconds

    def ask(number: int) -> None:
        try:
            while (start := time.perf_counter()) < end:
                call(number)
                times.append(time.perf_counter() - start)
                number += users
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask, args=(first + user,)) for user in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return times


def run_rate(call: Call, rate: float, seconds: float, first: int = 0) -> list[float]:
    """Times in seconds of calls begun at a steady rate, whether or not earlier ones are done.

    A call that begins late because all hands are busy counts from when it should have begun.
    """
    begun = time.perf_counter()

    def ask(number: int) -> float:
        due = begun + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        call(first + number)
        return time.perf_counter() - due

    with ThreadPoolExecutor(32) as hands:
        return list(hands.map(ask, range(int(rate * seconds))))


def read_cpu(pid: int) -> float:
    """CPU seconds that a process and its children have used so far."""
    used: dict[int, float] = {}
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        number = int(path.parent.name)
        parents[number], used[number] = int(parts[1]), (int(parts[11]) + int(parts[12])) / 100
    return sum(seconds for number, seconds in used.items() if pid in (number, parents[number]))
