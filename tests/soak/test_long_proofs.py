"""The long forms of what CI proves in short (phép thử dài): `make soak` runs them and prints their tables."""

import os
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from sample_effects import add_scan_look
from sample_papers import draw_pages
from sample_paragraphs import RESULT_KINDS
from sample_text import build_paper

from bench.gate import run, tabulate
from bench.gate_pages import build_cases
from bench.kill import KillReport, run_kills
from bench.ocr import compare

pytestmark = [pytest.mark.soak, pytest.mark.tesseract, pytest.mark.slow, pytest.mark.timeout(0)]
KILLS = 30
PAGES = 12


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
    """The whole path takes less CPU time a page than OCRmyPDF --deskew on the same pages in the same run."""
    ours, theirs, table = compare(write_pages(tmp_path))
    show(capsys, table)
    assert ours.cpu < theirs.cpu


def write_pages(folder: Path) -> list[Path]:
    """First pages of invented papers, as a scanner at 300 dpi leaves them."""
    files: list[Path] = []
    for seed in range(PAGES):
        paper = build_paper(seed, RESULT_KINDS[seed % len(RESULT_KINDS)], date(2026, 3, 12))
        page = add_scan_look(draw_pages(paper, 300, seed, [])[0], seed)
        files.append(folder / f"{seed:02d}.jpg")
        page.convert("RGB").save(files[-1], "JPEG", quality=85, dpi=(300, 300))
    return files
