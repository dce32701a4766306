"""The benchmark's table: groups, totals, fields, what cannot run."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bench.meter import Usage, run_metered
from bench.ocr import FieldCount, build_table, count_fields, iter_rows
from bench.readers import PEER, ReaderMissing, Reading
from bench.truth import TruePage

PAGES = [
    TruePage(Path("a.png"), "good", ("một hai",), fields={"nguoi_ky": "An"}),
    TruePage(Path("b.png"), "bad", ("ba bốn",), fields={"nguoi_ky": "Bình"}),
]


def _reader(cpu: float, texts: Mapping[str, str]) -> object:
    def read(pages: Sequence[TruePage], folder: Path) -> Reading:
        fields = [{"nguoi_ky": {"value": "An", "needs_review": False}} for _ in pages]
        found = tuple(texts[page.path.name] for page in pages)
        return Reading(Usage(0, cpu, cpu, 100.0), found, len(pages), 2048, tuple(fields))

    return read


def _absent(pages: Sequence[TruePage], folder: Path) -> Reading:
    raise ReaderMissing("thiếu mô hình")


def test_rows_by_group_and_reader_with_totals(capsys: pytest.CaptureFixture[str]) -> None:
    """Each group has a line a reader and the speed beside the peer's; a missing reader is told loudly."""
    texts = {"a.png": "một hai", "b.png": "ba bôn"}
    rows = list(iter_rows(PAGES, {"fast": _reader(2, texts), "no": _absent, PEER: _reader(6, texts)}))  # type: ignore[dict-item]
    assert [(row.group, row.reader) for row in rows] == [
        ("good", "fast"), ("good", PEER), ("bad", "fast"), ("bad", PEER),
    ]  # fmt: skip
    table = build_table(rows).splitlines()
    total = next(line for line in table if line.startswith("all") and "fast" in line)
    assert total.split() == ["all", "fast", "2", "7.69", "25.00", "7.69", "30.0", "100", "2", "3.0", "x"]
    assert "NOT MEASURED: no is not available here: thiếu mô hình" in capsys.readouterr().err


def test_fields_are_right_flagged_or_wrong() -> None:
    """A wrong value that asks for a person is flagged, else wrong; an absent one counts as flagged."""
    truth = [{"nguoi_ky": "An"}] * 4
    read = [
        {"nguoi_ky": {"value": "An", "needs_review": True}},
        {"nguoi_ky": {"value": "Ân", "needs_review": True}},
        {"nguoi_ky": {"value": "Ân", "needs_review": False}},
        {},
    ]
    assert count_fields(truth, read) == {"nguoi_ky": FieldCount(right=1, flagged=2, wrong=1)}


def test_meter_counts_children_that_were_left_behind(tmp_path: Path) -> None:
    """CPU time of a grandchild that outlives its parent is counted, and so is the exit status."""
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    leave = f"import subprocess, sys; subprocess.Popen([sys.executable, '-S', '-c', {burn!r}]); sys.exit(3)"
    usage = run_metered([sys.executable, "-S", "-c", leave], tmp_path / "log")
    assert usage.status == 3
    assert usage.cpu >= 0.3
    assert usage.peak_mb > 1
