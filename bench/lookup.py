"""How fast a reuse question is answered (đo tra cứu): beside the same server doing nothing, in one run.

    python bench/lookup.py [--results 1000000] [--seconds 10] [--rounds 3] [--processes 2]
                           [--growth 10000,100000] [--json F]

PostgreSQL, audit and key check on. Fills `--results` invented results, then asks, in turns: `/health`, the
same stack doing nothing (`bench.empty`: same body, models and thread, no key, no database) and the lookup; 20
a second, then as many clients as keep p95 at 100 ms. Aims beside the empty stack: p95 at 20/s at most three
times its, the rate at least half of its. `--results 10000 --seconds 2 --rounds 1` is the short form.
"""

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.empty import PATH
from bench.stack import PROVINCE, Stack, running_stack
from bench.timing import Call, Timing, build_timing, read_cpu, run_rate, run_users
from records.states import Confidentiality, ResultState, SignatureValue

RATE = 20
MOST_MS = 100.0
CLIENTS = (4, 8, 16, 24, 32)
TYPE = "2.000815"
_COLUMNS = (
    "id, owner_scheme, owner_id, type_code, unit, number, issuer, issued, valid_from, valid_to, state, "
    "signature, confidentiality, visible_from, created_at, updated_at, version, title, sha256"
)
_EMPTY_SHARE = 4
"""Every fourth question is of an owner who holds nothing."""


def name_owner(number: int) -> str:
    """An invented personal number; five results of one owner have neighbouring numbers."""
    return f"066{number % 1000:03d}{number:06d}"


def iter_rows(start: int, end: int) -> Iterator[tuple[object, ...]]:
    """Invented results as rows of the table, two an owner."""
    now, first = datetime.now(UTC), date(2018, 1, 1)
    chance = random.Random(7)
    for number in range(start, end):
        issued = first + timedelta(days=chance.randrange(2500))
        yield (
            f"kq{number:08d}", "cccd", name_owner(number // 2), TYPE, PROVINCE, f"{number}/GXN-UBND",
            "UBND xã", issued, issued, None, ResultState.VALID.value, SignatureValue.VALID.value,
            Confidentiality.NORMAL.value, issued, now, now, 1, "Giấy xác nhận", None,
        )  # fmt: skip


def fill(database: str, start: int, end: int) -> float:
    """Add results by COPY; seconds it took."""
    begun = time.monotonic()
    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY results ({_COLUMNS}) FROM STDIN") as copy:
            for row in iter_rows(start, end):
                copy.write_row(row)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE results")
    return time.monotonic() - begun


def build_body(number: int, results: int) -> dict[str, object]:
    """Question of that number."""
    owner = name_owner(random.Random(number).randrange(results // 2))
    if number % _EMPTY_SHARE == 0:
        owner = f"099{owner[3:]}"
    purpose = {"dossier": f"H15-{number}", "procedure": "1.004227", "legal_basis": "NĐ 118/2025"}
    return {"owner": {"scheme": "cccd", "id": owner}, "type": TYPE, "purpose": purpose}


def build_call(stack: Stack, results: int) -> Call:
    """Asks about owners all over the table, each for a dossier of its own."""

    def ask(number: int) -> object:
        status, data = stack.caller.ask("POST", "/api/v1/reuse/lookups", build_body(number, results))
        if status not in (200, 503):
            raise RuntimeError(f"{status} {data[:300]!r}")
        # No answer in half a second is a promised answer too; it only counts as slow.
        return data

    return ask


def check_answers(stack: Stack) -> None:
    """One owner who holds something and one who does not are told apart."""
    call = build_call(stack, 1000)
    codes = [json.loads(bytes(call(number)))["code"] for number in (1, 4)]  # type: ignore[arg-type]
    if codes != ["CO_GIA_TRI_TAI_SU_DUNG", "KHONG_CO"]:
        raise RuntimeError(f"wrong answers: {codes}")


def measure_steady(calls: dict[str, Call], seconds: float, rounds: int) -> dict[str, Timing]:
    """Every call at 20 a second, in turns."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds):
        for name, call in calls.items():
            times[name] += run_rate(call, RATE, seconds, turn * 100_000)
    return {name: build_timing(found, seconds * rounds) for name, found in times.items()}


def measure_most(calls: dict[str, Call], seconds: float, pid: int) -> dict[str, dict[str, object]]:
    """The highest rate of each at p95 of 100 ms, with the number of clients and the server's CPU a call."""
    best: dict[str, dict[str, object]] = {}
    for clients in CLIENTS:
        for name, call in calls.items():
            before = read_cpu(pid)
            timing = build_timing(run_users(call, clients, seconds, clients * 1_000_000), seconds)
            cpu = (read_cpu(pid) - before) / timing.count * 1000
            known = best.get(name)
            if timing.p95 <= MOST_MS and (known is None or timing.rate > float(str(known["rate"]))):
                best[name] = {**asdict(timing), "clients": clients, "server_cpu_ms": round(cpu, 2)}
    return best


def measure(stack: Stack, results: int, given: argparse.Namespace) -> dict[str, object]:
    """Both ways of asking, at one size."""
    calls: dict[str, Call] = {
        "health": lambda _number: stack.caller.expect("GET", "/health"),
        "empty": lambda number: stack.caller.expect("POST", PATH, build_body(number, results)),
        "lookup": build_call(stack, results),
    }
    for call in calls.values():
        run_users(call, 4, min(2.0, given.seconds), 900_000_000)
    steady = measure_steady(calls, given.seconds, given.rounds)
    most = measure_most(calls, given.seconds, stack.pid)
    print(f"\n{results} results")
    for name in calls:
        print(f"  {RATE}/s  {name:7} {steady[name].describe()}")
    for name, row in most.items():
        print(
            f"  most  {name:7} {row['rate']:7.1f}/s  p95 {row['p95']:6.1f} ms with {row['clients']} clients, "
            f"{row['server_cpu_ms']} ms CPU of the server"
        )
    ratio = steady["lookup"].p95 / steady["empty"].p95
    rates = {name: float(str(row["rate"])) for name, row in most.items()}
    share = rates.get("lookup", 0.0) / rates.get("empty", math.inf)
    print(f"  p95 is {ratio:.2f} × the empty stack's (aim 3), the rate {share:.2f} of its (aim 0.5)")
    named = {name: asdict(timing) for name, timing in steady.items()}
    return {"results": results, "steady": named, "most": most, "p95_ratio": ratio, "rate_share": share}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, measure at each size, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--results", type=int, default=1_000_000)
    parser.add_argument("--growth", default="", help="sizes measured on the way, e.g. 10000,100000")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2, help="serving processes")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    sizes = sorted({*map(int, filter(None, given.growth.split(","))), given.results})
    rows: list[dict[str, object]] = []
    with running_stack(processes=given.processes) as stack:
        filled = 0
        for size in sizes:
            seconds = fill(stack.database, filled, size)
            print(f"filled {size - filled} results in {seconds:.0f} s", flush=True)
            filled = size
            check_answers(stack)
            rows.append(measure(stack, size, given))
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
