"""Accuracy and speed of every profile beside OCRmyPDF on the same pages (bảng đo nhận dạng).

    python bench/ocr.py FOLDER... [--profiles tesseract,fast,accurate] [--limit N] [--no-peer] [--json FILE]

FOLDER holds page images (or PDFs) with their truth; see bench/truth.py for the layouts. Each side reads
each group of pages in one run of its command, one worker, one OpenMP thread, to PDF/A-2b; CPU time is that
of all its processes, start-up and model loading counted, and memory that of its largest process.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

# Run as a script, this file's own folder comes first and would hide the package of the same name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.readers import (  # noqa: E402
    PEER,
    ReaderMissing,
    Reading,
    read_with_ocrmypdf,
    read_with_sohoa,
)
from bench.textscore import TextScore, score_page  # noqa: E402
from bench.truth import TruePage, find_pages, limit_pages  # noqa: E402

PROFILES = ("tesseract", "fast", "accurate")
Reader = Callable[[Sequence[TruePage], Path], Reading]


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How often a field was right, wrong but flagged for a person, or wrong unseen (đếm trường)."""

    right: int = 0
    flagged: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a reader on a group of pages."""

    group: str
    reader: str
    score: TextScore
    cpu: float
    wall: float
    peak_mb: float
    pages: int
    bytes_out: int
    fields: Mapping[str, FieldCount] = field(default_factory=dict)

    @property
    def pages_per_minute(self) -> float:
        """Pages per CPU minute of the whole path."""
        return 60 * self.pages / self.cpu


def main() -> None:
    """Measure every group under every reader and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--profiles", default=",".join(PROFILES), help="comma-separated")
    parser.add_argument("--limit", type=int, default=0, help="only the first N pages of each group")
    parser.add_argument("--no-peer", action="store_true", help="leave OCRmyPDF out")
    parser.add_argument("--json", type=Path, help="write all figures into this file")
    given = parser.parse_args()
    readers: dict[str, Reader] = {
        name: partial(read_with_sohoa, profile=name) for name in filter(None, given.profiles.split(","))
    }
    if not given.no_peer:
        readers[PEER] = read_with_ocrmypdf
    rows = list(iter_rows(limit_pages(find_pages(given.folders), given.limit), readers))
    print(build_table(rows))
    if given.json:
        given.json.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))


def iter_rows(pages: Sequence[TruePage], readers: Mapping[str, Reader]) -> Iterator[Row]:
    """Measure group by group, the readers one after the other on the same files."""
    groups = dict.fromkeys(page.group for page in pages)
    missing: set[str] = set()
    for group in groups:
        here = [page for page in pages if page.group == group]
        for name, read in readers.items():
            if name in missing:
                continue
            with tempfile.TemporaryDirectory() as folder:
                try:
                    reading = read(here, Path(folder))
                except ReaderMissing as exc:
                    missing.add(name)
                    print(f"!!! NOT MEASURED: {name} is not available here: {exc}", file=sys.stderr)
                    continue
            if reading.refused:
                print(f"!!! {name} refused: {', '.join(reading.refused)}", file=sys.stderr)
            yield build_row(group, name, here, reading)


def build_row(group: str, name: str, pages: Sequence[TruePage], reading: Reading) -> Row:
    """Score what a reader made of a group."""
    scores = [
        score_page(page.lines, text, page.optional, page.orders)
        for page, text in zip(pages, reading.texts, strict=True)
    ]
    usage = reading.usage
    fields = count_fields([page.fields for page in pages], reading.fields)
    return Row(
        group,
        name,
        sum(scores, TextScore()),
        usage.cpu,
        usage.wall,
        usage.peak_mb,
        reading.pages,
        reading.bytes_out,
        fields,
    )


def count_fields(
    truths: Sequence[Mapping[str, str]], read: Sequence[Mapping[str, Any]]
) -> dict[str, FieldCount]:
    """Right, flagged and wrong values of every field that a truth names; a missing one counts as flagged."""
    counts: dict[str, FieldCount] = {}
    for truth, fields in zip(truths, read, strict=False):
        for name, value in truth.items():
            found = fields.get(name) or {"value": None, "needs_review": True}
            old = counts.get(name, FieldCount())
            if found["value"] == value:
                counts[name] = FieldCount(old.right + 1, old.flagged, old.wrong)
            elif found["needs_review"]:
                counts[name] = FieldCount(old.right, old.flagged + 1, old.wrong)
            else:
                counts[name] = FieldCount(old.right, old.flagged, old.wrong + 1)
    return counts


def build_table(rows: Sequence[Row]) -> str:
    """The table of all groups, the totals over them, and the fields."""
    head = f"{'group':22}{'reader':12}{'pages':>6}{'CER %':>8}{'WER %':>8}{'ordered':>9}"
    lines = [head + f"{'pages/CPU min':>15}{'MB':>6}{'KiB/page':>10}{'speed ratio':>13}"]
    names = dict.fromkeys(row.reader for row in rows)
    groups = dict.fromkeys(row.group for row in rows)
    totals = [_add_up(name, [row for row in rows if row.reader == name]) for name in names]
    for group, part in [*((g, [row for row in rows if row.group == g]) for g in groups), ("all", totals)]:
        peer = next((row for row in part if row.reader == PEER), None)
        lines += [_build_line(group, row, peer) for row in part]
    return "\n".join([*lines, *_field_lines(totals)])


def _build_line(group: str, row: Row, peer: Row | None) -> str:
    ratio = f"{row.pages_per_minute / peer.pages_per_minute:.1f} x" if peer else ""
    score = row.score
    return (
        f"{group:22}{row.reader:12}{row.pages:6}{100 * score.cer:8.2f}{100 * score.wer:8.2f}"
        f"{100 * score.ordered_cer:9.2f}{row.pages_per_minute:15.1f}{row.peak_mb:6.0f}"
        f"{row.bytes_out / row.pages / 1024:10.0f}{ratio:>13}"
    )


def _add_up(name: str, rows: Sequence[Row]) -> Row:
    """A reader's groups together."""
    fields: dict[str, FieldCount] = {}
    for row in rows:
        for key, count in row.fields.items():
            old = fields.get(key, FieldCount())
            fields[key] = FieldCount(
                old.right + count.right, old.flagged + count.flagged, old.wrong + count.wrong
            )
    return Row(
        "all",
        name,
        sum((row.score for row in rows), TextScore()),
        sum(row.cpu for row in rows),
        sum(row.wall for row in rows),
        max(row.peak_mb for row in rows),
        sum(row.pages for row in rows),
        sum(row.bytes_out for row in rows),
        fields,
    )


def _field_lines(totals: Sequence[Row]) -> Iterator[str]:
    ours = [row for row in totals if row.fields]
    if ours:
        yield ""
        yield f"{'fields: right / flagged / wrong unseen':40}" + "".join(f"{row.reader:>16}" for row in ours)
    for name in dict.fromkeys(name for row in ours for name in row.fields):
        counts = (row.fields.get(name, FieldCount()) for row in ours)
        yield f"{name:40}" + "".join(f"{f'{c.right} / {c.flagged} / {c.wrong}':>16}" for c in counts)


if __name__ == "__main__":
    main()
