"""One reuse lookup for every decision code (tám câu trả lời), each with its reason and its audit row."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pysqlite3
from office import OTHER_TYPE, DemoFailed, Office, check, sign_in

PURPOSE = {"dossier": "H15.03-261120-0007", "procedure": "1.004222", "legal_basis": "NĐ 118/2025/NĐ-CP"}
_WAIT_SECONDS = 20.0


def ask_all(office: Office, truths: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """Ask one question a decision code; `truths` maps roles of the samples to what their papers say."""
    valid = truths["valid"]
    nobody = "001399000001"
    questions = (
        ("CO_GIA_TRI_TAI_SU_DUNG", valid["owner_id"], valid["result_type"], PURPOSE),
        ("KHONG_CO", nobody, valid["result_type"], PURPOSE),
        ("HET_HIEU_LUC", truths["expired"]["owner_id"], truths["expired"]["result_type"], PURPOSE),
        (
            "DA_THU_HOI_HOAC_THAY_THE",
            truths["to_revoke"]["owner_id"],
            truths["to_revoke"]["result_type"],
            PURPOSE,
        ),
        (
            "KHONG_DU_GIA_TRI_PHAP_LY",
            truths["sign_tampered"]["owner_id"],
            truths["sign_tampered"]["result_type"],
            PURPOSE,
        ),
        ("TU_CHOI_THIEU_MUC_DICH", valid["owner_id"], valid["result_type"], None),
        ("TU_CHOI_KHONG_CO_QUYEN", valid["owner_id"], OTHER_TYPE, PURPOSE),
    )
    headers = {"Authorization": f"Bearer {office.state['key']}"}
    with (
        httpx.Client(base_url=f"{office.address}/api/v1", headers=headers, timeout=10) as shop,
        sign_in(office, "thanh.tra") as auditor,
    ):
        answers = [_ask(shop, auditor, *question) for question in questions]
        with hold_database(office):
            answer = check(
                shop.post("/reuse/lookups", json=_body(valid["owner_id"], valid["result_type"], PURPOSE)), 503
            )
            # Looked at before the database is back: then a worker empties the journal at once.
            journal = office.folder / "kho" / "journal" / "audit.jsonl"
            kept = journal.is_file() and journal.stat().st_size > 0
        row = _await_row(auditor, "TAM_THOI_KHONG_TRA_LOI")
        answers.append(
            {"expected": "TAM_THOI_KHONG_TRA_LOI", "answer": answer, "audit": row, "journaled": kept}
        )
    for item in answers:
        if item["answer"]["code"] != item["expected"]:
            raise DemoFailed(f"Chờ {item['expected']}, nhận {item['answer']['code']}.")
    return answers


def _ask(
    shop: httpx.Client, auditor: httpx.Client, expected: str, owner: str, type_code: str, purpose: object
) -> dict[str, Any]:
    answer = check(shop.post("/reuse/lookups", json=_body(owner, type_code, purpose)))
    return {"expected": expected, "answer": answer, "audit": _await_row(auditor, answer["code"])}


def _body(owner: str, type_code: str, purpose: object) -> dict[str, object]:
    return {"owner": {"id": owner}, "type": type_code, "purpose": purpose}


def _await_row(auditor: httpx.Client, outcome: str) -> Mapping[str, Any]:
    """The newest audit row of a lookup with that outcome, as the auditor reads it."""
    end = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < end:
        for row in check(auditor.get("/audit", params={"limit": 20}))["items"]:
            if row["action"] == "reuse.lookup" and row["outcome"] == outcome:
                return row
        time.sleep(0.5)
    raise DemoFailed(f"Không thấy dòng nhật ký của câu trả lời {outcome}.")


@contextmanager
def hold_database(office: Office) -> Iterator[None]:
    """Put the database out of reach: what the audit log is written with is locked from outside meanwhile."""
    if url := office.state.get("store"):
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("LOCK TABLE audit_rows IN ACCESS EXCLUSIVE MODE")
            yield
        return
    with _hold_file(office):
        yield


@contextmanager
def _hold_file(office: Office) -> Iterator[None]:
    """SQLite has one writing lock for the whole file."""
    connection = pysqlite3.connect(office.folder / "kho" / "sohoa.db", isolation_level=None, timeout=30)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()
