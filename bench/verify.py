"""Verdicts by expected class over a folder with an index.tsv, beside plain pyHanko in the same run.

Usage: python bench/verify.py FOLDER [--list]. index.tsv needs the columns file, class and expected
(ok, not-ok, indeterminate, policy, unsigned, any).
"""

import csv
import io
import logging
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from signing.verify import verify_pdf

GREEN = {"intact", "extended"}


def grade(expected: str, verdict: str) -> str:
    """How a verdict compares with the expectation."""
    if expected == "ok":
        return "agrees" if verdict in GREEN else "VALID REFUSED"
    if expected == "unsigned":
        return "agrees" if verdict == "unsigned" else "ALARM ON UNSIGNED"
    if expected in ("not-ok", "indeterminate"):
        if verdict in GREEN:
            return "SHOWN OK THAT IS NOT"
        return "LOST" if verdict == "unsigned" else "agrees"
    if expected == "policy":
        return "LOST" if verdict == "unsigned" else "agrees"
    return "agrees"


def judge_plain(data: bytes) -> str:
    """What plain pyHanko with its defaults says of the file."""
    context = ValidationContext(trust_roots=[], allow_fetching=False)
    reader = PdfFileReader(io.BytesIO(data))
    good = True
    signatures = reader.embedded_signatures
    for signature in signatures:
        if signature.sig_object_type == "/DocTimeStamp":
            status = validate_pdf_timestamp(signature, context)
            good &= status.intact and status.valid
        else:
            status = validate_pdf_signature(signature, context)
            stamp = status.timestamp_validity
            good &= status.intact and status.valid and status.docmdp_ok is not False
            good &= stamp is None or (stamp.intact and stamp.valid)
        good &= status.modification_level is not None and status.modification_level.name != "OTHER"
    if not signatures:
        return "unsigned"
    return "intact" if good else "altered"


def run_plain(data: bytes) -> tuple[str, float]:
    """(verdict, seconds) of plain pyHanko; an exception is a verdict of its own."""
    start = time.perf_counter()
    try:
        verdict = judge_plain(data)
    except Exception:
        verdict = "exception"
    return verdict, time.perf_counter() - start


def run_ours(data: bytes) -> tuple[str, float, str]:
    """(verdict, seconds, why) of Sohoa without trust."""
    start = time.perf_counter()
    try:
        report = verify_pdf(data, trust=None)
        why = "; ".join(f"{entry.code} {','.join(entry.reasons)}" for entry in report.signatures)
        verdict = str(report.summary.integrity)
    except Exception as exc:
        verdict, why = "exception", repr(exc)
    return verdict, time.perf_counter() - start, why


def print_grades(title: str, grades: Counter[str], seconds: list[float]) -> None:
    """One line of counts and one of times."""
    print(f"{title}: " + ", ".join(f"{name} {count}" for name, count in sorted(grades.items())))
    print(f"  median {statistics.median(seconds):.3f} s, max {max(seconds):.2f} s, sum {sum(seconds):.1f} s")


def main(folder: Path, *, listing: bool) -> None:
    """Grade every file of the folder by both and print the tables."""
    logging.disable(logging.CRITICAL)
    rows = list(csv.DictReader((folder / "index.tsv").open(encoding="utf-8"), delimiter="\t"))
    ours: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    table: Counter[tuple[str, str]] = Counter()
    times: tuple[list[float], list[float]] = ([], [])
    for row in rows:
        data = (folder / row["file"]).read_bytes()
        verdict, seconds, why = run_ours(data)
        other, other_seconds = run_plain(data)
        times[0].append(seconds)
        times[1].append(other_seconds)
        table[row["expected"], verdict] += 1
        ours[grade(row["expected"], verdict) if verdict != "exception" else "EXCEPTION"] += 1
        plain[grade(row["expected"], other) if other != "exception" else "EXCEPTION"] += 1
        if listing or grade(row["expected"], verdict) != "agrees":
            print(f"{row['expected']:13} {verdict:13} {row['class']:26} {row['file']}\n{'':14}{why[:300]}")
    for (expected, verdict), count in sorted(table.items()):
        print(f"{expected:14} {verdict:14} {count}")
    print_grades("Sohoa", ours, times[0])
    print_grades("plain pyHanko", plain, times[1])


if __name__ == "__main__":
    main(Path(sys.argv[1]), listing="--list" in sys.argv)
