"""The journey of a file after the gate, top to bottom (hành trình xử lý một tệp).

Order after TT 01/2023/TT-VPCP Art. 7: copy and sign, extract, assign the code, store. The gate, the first
reading and the keeping of the original come before (`ingest.batches`); a person's confirmation and the
code come after (`records.actions.fields`); the index follows the record through the outbox.
"""

from ingest.comparing import build_compare_plan
from ingest.jobs import PROCESS_FILE, SIGN_WAITING
from ingest.reading import ReadingSteps
from ingest.recheck import RECHECK, RecheckSteps
from ingest.recheck_start import MARK_DUE, mark_due
from ingest.steps import Steps
from ingest.waiting import WaitingSteps
from records.actions.reading import MAKE_READING_COPY
from records.ports import JobPlan


def build_process_plan(steps: Steps) -> JobPlan:
    """From the kept original to a record that waits for a person."""
    return JobPlan(
        kind=PROCESS_FILE,
        steps=(
            ("verify_signatures", steps.verify_signatures),
            ("compose", steps.compose),
            ("sign_as_digitiser", steps.sign_as_digitiser),
            ("extract_fields", steps.extract_fields),
            ("store_record", steps.store_record),
        ),
        on_failure=steps.reject_file,
    )


def build_sign_plan(steps: Steps) -> JobPlan:
    """A record that waited gets the digitiser's signature once there is a key."""
    waiting = WaitingSteps(steps)
    return JobPlan(
        kind=SIGN_WAITING,
        steps=(("sign", waiting.sign), ("verify", waiting.verify), ("keep", waiting.keep)),
    )


def build_reading_plan(steps: Steps) -> JobPlan:
    """A confirmed record gets a small copy for reading with the confirmed text."""
    reading = ReadingSteps(steps)
    return JobPlan(kind=MAKE_READING_COPY, steps=(("make", reading.make), ("keep", reading.keep)))


def build_recheck_plans(steps: Steps) -> tuple[JobPlan, JobPlan]:
    """A record's signatures judged again; many records made due by hand."""
    again = RecheckSteps(steps)
    return (
        JobPlan(RECHECK, (("judge", again.judge), ("keep", again.keep)), again.fail),
        JobPlan(MARK_DUE, (("mark", lambda argument, _results: mark_due(steps.store, argument)),)),
    )


def build_plans(steps: Steps) -> tuple[JobPlan, ...]:
    """Every plan of the line, for the worker."""
    return (
        build_process_plan(steps),
        build_sign_plan(steps),
        build_reading_plan(steps),
        build_compare_plan(steps),
        *build_recheck_plans(steps),
    )
