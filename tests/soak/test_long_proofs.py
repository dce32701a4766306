"""The long forms of what CI proves in short (phép thử dài): `make soak` runs them and prints their tables."""

import os
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from demo_pki import DemoPki

from bench.fuzz_verify import run_fuzz
from bench.gate import run, tabulate
from bench.gate_pages import build_cases
from bench.kill import KillReport, run_kills
from bench.ocr import build_table, iter_rows
from bench.papers import ScanQuality, write_cases
from bench.readers import PEER, read_with_ocrmypdf, read_with_sohoa
from bench.truth import find_pages
from signing.trust import TrustBundle
from tests.pki.fixtures import NOON, bundle, pki, plain_pdf
from tests.pki.shapes import pick_raw_shapes, sign_shapes

__all__ = ["bundle", "pki", "plain_pdf"]

pytestmark = [pytest.mark.soak, pytest.mark.tesseract, pytest.mark.slow, pytest.mark.timeout(0)]
KILLS = 30
PAGES = 12
MUTANTS = 10_000
OFFICE = ScanQuality("office", 300, 1.0, 4.0, 85)


def show(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Print past pytest's capture."""
    shown: AbstractContextManager[None] = capsys.disabled()
    with shown:
        print(f"\n{text}")


def check_kills(report: KillReport) -> None:
    """Everything there is there once, and the kills met work."""
    assert report.wrong == dict.fromkeys(report.wrong, 0)
    assert report.files == report.found["records"] == report.found["index entries"] == 2 * KILLS
    assert report.pages == report.found["pages"]
    assert report.kills == KILLS
    assert report.kills_at_work > 0
    assert report.found["bodies repeated"] > 0, "no kill met a step at work"


@pytest.mark.sql
def test_thirty_kills_on_sqlite(tmp_path: Path, memory_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Records, pages, index entries and audit rows exactly once after thirty SIGKILLs of the only worker."""
    report = run_kills(tmp_path, memory_dir, url="", kills=KILLS, workers=1, seed=2026)
    show(capsys, f"SQLite, one worker: {report.tabulate()}")
    check_kills(report)


@pytest.mark.sql
@pytest.mark.postgres
def test_thirty_kills_on_postgresql_with_two_workers(
    tmp_path: Path, memory_dir: Path, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same on PostgreSQL, each SIGKILL hitting one of two workers."""
    report = run_kills(tmp_path, memory_dir, url=postgres_url, kills=KILLS, workers=2, seed=2026)
    show(capsys, f"PostgreSQL, two workers: {report.tabulate()}")
    check_kills(report)


def test_gate_on_thirteen_hundred_pages(capsys: pytest.CaptureFixture[str]) -> None:
    """At least 99 % of 300 secret pages are stopped and at most 0.5 % of 1,000 others."""
    results = list(run(build_cases(300, 1000, 7), os.cpu_count() or 1))
    show(capsys, tabulate(results))
    secret = [one.hit for one in results if one.case.secret]
    plain = [one.hit for one in results if not one.case.secret]
    assert (len(secret), len(plain)) == (300, 1000)
    assert sum(secret) >= 0.99 * len(secret)
    assert sum(plain) <= 0.005 * len(plain)


def test_pages_per_cpu_minute_beside_ocrmypdf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole path takes less CPU time and fewer errors than OCRmyPDF --deskew on the same pages."""
    write_cases(tmp_path, range(PAGES), OFFICE)
    readers = {"tesseract": partial(read_with_sohoa, profile="tesseract"), PEER: read_with_ocrmypdf}
    ours, theirs = rows = list(iter_rows(find_pages([tmp_path]), readers))
    show(capsys, build_table(rows))
    assert (ours.pages, theirs.pages) == (PAGES, PAGES)
    assert ours.cpu < theirs.cpu
    assert ours.score.cer < theirs.score.cer


def test_ten_thousand_damaged_signed_files(
    pki: DemoPki, plain_pdf: bytes, bundle: TrustBundle, capsys: pytest.CaptureFixture[str]
) -> None:
    """No damaged file is shown as good, none stops the verifier."""
    samples = [*sign_shapes(pki, plain_pdf).values(), *pick_raw_shapes().values()]
    report = run_fuzz(samples, MUTANTS, 77, bundle, at=NOON)
    show(capsys, report.tabulate())
    assert report.broken == []
