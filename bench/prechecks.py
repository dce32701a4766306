"""Whether a bulk pre-check moves the lookup's p95: the same counter's load with none and with one running.

Rounds take turns, so that whatever else the machine does falls on both. Run: `python -m bench.prechecks`.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import typer

from bench.stack import Caller, prepared_service, running_server
from bench.timing import Timing, build_timing, run_rate
from tests.services.postgres import running_postgres

TYPE = "2.000815"
# The store is empty: everybody is unknown, and slow answers are to be measured, not put off.
_SETTINGS = {"SOHOA_WEB__LOOKUP_SECONDS": "30", "SOHOA_CLIENTS__ALARM_MISSES": "0"}
LOOKUPS, PRECHECKS = "/api/v1/reuse/lookups", "/api/v1/reuse/prechecks"


def build_question(number: int) -> dict[str, Any]:
    """A question about one of many owners, for a dossier of its own."""
    return {
        "owner": {"scheme": "cccd", "id": f"0012{(number * 7919) % 10**8:08d}"},
        "type": TYPE,
        "purpose": {"dossier": f"H15-260115-{number % 100_000:05d}", "procedure": "1.011442"},
    }


def measure(caller: Caller, first: int, rate: float, seconds: float) -> Timing:
    """The counter's load: so many lookups a second."""

    def ask(number: int) -> None:
        caller.expect("POST", LOOKUPS, build_question(number))

    return build_timing(run_rate(ask, rate, seconds, first), seconds)


def start_precheck(caller: Caller, count: int) -> str:
    """A pre-check of so many questions; its id."""
    questions = [build_question(10**6 + number) for number in range(count)]
    status, body = caller.ask("POST", PRECHECKS, {"questions": questions})
    if status != 202:
        raise RuntimeError(f"{status} {body[:300]!r}")
    found: str = json.loads(body)["id"]
    return found


def main(rate: float = 20.0, seconds: float = 10.0, rounds: int = 3) -> None:
    """Print p50, p95, p99 of each round and the medians beside each other."""
    quiet: list[Timing] = []
    busy: list[Timing] = []
    with (
        tempfile.TemporaryDirectory(prefix="sohoa-bench-") as folder,
        running_postgres() as postgres,
        postgres.fresh_database() as database,
        prepared_service(database, Path(folder), _SETTINGS) as (_service, tokens),
        running_server() as (host, port, _pid),
    ):

        def open_caller() -> Caller:
            # The server closes connections that rest for seconds: each round has its own.
            return Caller(host, port, tokens[:1])

        measure(open_caller(), 0, rate, 3.0)
        for turn in range(rounds):
            quiet.append(measure(open_caller(), 10_000 * turn, rate, seconds))
            typer.echo(f"none      {quiet[-1].describe()}")
            # As many questions as one worker answers meanwhile, so that the next round is quiet again.
            path = f"{PRECHECKS}/{start_precheck(open_caller(), int(20 * seconds))}"
            busy.append(measure(open_caller(), 10_000 * turn + 5_000, rate, seconds))
            done = json.loads(open_caller().expect("GET", path))["done"]
            typer.echo(f"pre-check {busy[-1].describe()}  {done} answered meanwhile")
            while json.loads(open_caller().expect("GET", path))["state"] != "done":
                time.sleep(1.0)
    for name, pick in (("p50", "p50"), ("p95", "p95")):
        pair = [statistics.median(getattr(one, pick) for one in found) for found in (quiet, busy)]
        share = pair[1] / pair[0]
        typer.echo(f"median {name}: {pair[0]:.1f} ms with none, {pair[1]:.1f} ms with one ({share:.2f} ×)")


if __name__ == "__main__":
    typer.run(main)
