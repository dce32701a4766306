"""The main job from scans to defended answers, through the command line and HTTP, as `make demo` runs it."""

import subprocess

import pytest
from office import SOHOA, Office, check, sign_in

from tests.demonstration import EIGHT, run_demo

pytestmark = [pytest.mark.tesseract, pytest.mark.softhsm, pytest.mark.slow, pytest.mark.timeout(600)]


def test_all_eight_decisions(office: Office) -> None:
    """One lookup for each decision code answers with that code, a reason and an audit row of its own."""
    answers = office.state["answers"]
    assert [item["answer"]["code"] for item in answers] == EIGHT
    assert all(item["answer"]["reason_vi"] for item in answers)
    assert [item["audit"]["outcome"] for item in answers] == EIGHT
    assert len({item["audit"]["id"] for item in answers}) == len(EIGHT)
    assert len(answers[0]["answer"]["candidates"]) == 1
    assert all(item["answer"]["candidates"] == [] for item in answers[1:])


def test_outage_is_kept_in_the_local_journal_first(office: Office) -> None:
    """The lookup asked while the database was held lay in the local journal before it reached the log."""
    assert office.state["answers"][-1]["journaled"] is True


def test_batch_adds_up(office: Office) -> None:
    """Every file ends as record, review item, link or refusal, and the counts add up."""
    with sign_in(office, "luu.tru") as archivist:
        batch = check(archivist.get(f"/batches/{office.state['batch']}"))
        files = check(archivist.get(f"/batches/{office.state['batch']}/files"))["items"]
    assert batch["counts"]["received"] == 14 == sum(batch["counts"]["by_state"].values())
    assert [file["ordinal"] for file in files] == list(range(1, 15))
    assert {file["state"] for file in files} == {"released", "verify", "linked", "rejected"}
    assert all(file["reason_vi"] for file in files if file["state"] == "rejected")


def test_files_stand_in_the_order_they_were_given(office: Office) -> None:
    """The ordinal of a file is its place in what was sent: the gate names a paper by it alone."""
    names = [row["shown"] for row in office.state["files"]]
    assert names == sorted(names)


def test_same_bytes_are_linked_and_not_processed_twice(office: Office) -> None:
    """The second copy points at the first file and at its record."""
    rows = {row["shown"]: row for row in office.state["files"]}
    first, second = rows["01-giay-xac-nhan.pdf"], rows["09-nop-lai-lan-hai.pdf"]
    assert second["linked_file"] == first["id"]
    with sign_in(office, "luu.tru") as archivist:
        records = check(archivist.get("/records", params={"limit": 200}))["items"]
    mine = [record["id"] for record in records if record["batch_id"] == office.state["batch"]]
    assert len(mine) == sum(1 for row in rows.values() if row["state"] not in ("linked", "rejected"))
    assert second["record"] is None or second["record"] == first["record"]


def test_confirmation_names_the_person(office: Office) -> None:
    """The audit says which account confirmed, and that it came through the interface."""
    with sign_in(office, "luu.tru") as archivist, sign_in(office, "thanh.tra") as auditor:
        person = check(archivist.get("/session"))["id"]
        rows = check(auditor.get("/audit", params={"actor": person, "limit": 200}))["items"]
    confirmed = {row["subject_id"] for row in rows if row["action"] == "record.confirm"}
    assert set(office.state["confirmed"]) <= confirmed


def test_audit_log_verifies(office: Office) -> None:
    """`sohoa audit verify` finds the whole log sound while the service runs."""
    done = subprocess.run(
        [str(SOHOA), "audit", "verify"],
        env=office.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_second_run_changes_nothing(office: Office) -> None:
    """Running the demonstration again takes nothing in, asks nothing and keeps every row."""
    before = dict(office.state)
    with sign_in(office, "thanh.tra") as auditor:
        lookups = check(auditor.get("/audit", params={"limit": 1}))["total"]
        run_demo(office.folder)
        again = Office.open(office.folder)
        after = check(auditor.get("/audit", params={"limit": 1}))["total"]
    assert again.state == before
    assert after == lookups + 1, "only the look at the log itself is new"
