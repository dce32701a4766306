"""Field by field, what was proposed for papers whose values are known (đo việc trích trường).

    python bench/fields.py FOLDER... [--profile fast] [--limit N] [--list]

FOLDER holds images with their truth as bench/truth.py says, and fields/NAME.json with the values as printed.
Every value falls into one of five: right and released by the service's own rules; right but sent to a
person; wrong and sent to a person; not proposed at all; wrong and nobody told. Only the last does harm. The
command `sohoa ocr` is run, as a user would.
"""

import argparse
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

# Run as a script, this file's own folder comes first and would hide the package of the same name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.readers import ReaderFailed, ReaderMissing, read_with_sohoa  # noqa: E402
from bench.truth import TruePage, find_pages, limit_pages  # noqa: E402


class Outcome(StrEnum):
    """What became of one known value (kết cục của một giá trị)."""

    RIGHT = "right"
    RIGHT_FLAGGED = "right, flagged"
    WRONG_FLAGGED = "wrong, flagged"
    ABSENT = "absent"
    WRONG = "WRONG UNSEEN"


def main() -> int:
    """Print one table for each profile; 0 when at least one could run."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folders", nargs="+", type=Path)
    options.add_argument("--profile", action="append", help="default: tesseract, fast, accurate")
    options.add_argument("--limit", type=int, default=0, help="pages of each group")
    options.add_argument("--list", action="store_true", help="show every value that was not simply right")
    given = options.parse_args()
    pages = [page for page in limit_pages(find_pages(given.folders), given.limit) if page.fields]
    done = [
        run(pages, profile, show=given.list) for profile in given.profile or ("tesseract", "fast", "accurate")
    ]
    return 0 if any(done) else 1


def run(pages: Sequence[TruePage], profile: str, *, show: bool) -> bool:
    """Read all pages with a profile and print its table; False where it cannot run here."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            reading = read_with_sohoa(pages, Path(folder), profile)
    except (ReaderMissing, ReaderFailed) as exc:
        print(f"{profile}: {exc}")
        return False
    print(f"\n{profile}: {len(pages)} pages, {reading.usage.cpu / max(1, len(pages)):.2f} CPU s a page")
    print("\n".join(build_table(count(pages, reading.fields))))
    if show:
        print("\n".join(list_misses(pages, reading.fields)))
    return True


def judge(truth: str, found: Mapping[str, Any] | None) -> Outcome:
    """What became of a value: letters as printed in Unicode NFC, blanks taken as one."""
    if found is None:
        return Outcome.ABSENT
    is_right = _plain(found["value"] or "") == _plain(truth)
    if found["needs_review"]:
        return Outcome.RIGHT_FLAGGED if is_right else Outcome.WRONG_FLAGGED
    return Outcome.RIGHT if is_right else Outcome.WRONG


def count(pages: Sequence[TruePage], read: Sequence[Mapping[str, Any]]) -> Mapping[str, Counter[Outcome]]:
    """Outcomes by field name."""
    counts: dict[str, Counter[Outcome]] = {}
    for page, fields in zip(pages, read, strict=True):
        for name, truth in page.fields.items():
            counts.setdefault(name, Counter())[judge(truth, fields.get(name))] += 1
    return counts


def build_table(counts: Mapping[str, Counter[Outcome]]) -> Iterator[str]:
    """One line a field."""
    yield f"{'field':20}" + "".join(f"{outcome.value:>16}" for outcome in Outcome)
    for name in sorted(counts):
        yield f"{name:20}" + "".join(f"{counts[name][outcome]:16}" for outcome in Outcome)


def list_misses(pages: Sequence[TruePage], read: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Every value that was not right and released, with why a person was asked."""
    for page, fields in zip(pages, read, strict=True):
        for name, truth in page.fields.items():
            found = fields.get(name)
            outcome = judge(truth, found)
            if outcome is not Outcome.RIGHT:
                value, reasons = (found["value"], found["reasons"]) if found else (None, [])
                line = f"{page.path.stem}  {name}  {outcome.value}: {value!r} for {truth!r}"
                yield " ".join([line, *reasons])


def _plain(text: str) -> str:
    """Text in NFC with single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


if __name__ == "__main__":
    raise SystemExit(main())
