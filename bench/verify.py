"""Verdicts by expected class over a folder with an index.tsv, beside plain pyHanko and EU DSS in one run.

    python bench/verify.py FOLDER [--list] [--no-dss]

index.tsv needs the columns file, class and expected (ok, not-ok, indeterminate, policy, unsigned, any). EU
DSS is the reference validator; Maven fetches it, Java 17 runs it. Every disagreement with it is listed with
our reason.
"""

import csv
import io
import logging
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

# Run as a script, this file's own folder comes first and would hide the package of the same name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: E402
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp  # noqa: E402
from pyhanko_certvalidator import ValidationContext  # noqa: E402

from bench.dss_peer import PeerVerdict, judge_files  # noqa: E402
from bench.verify_reasons import explain, explain_peer  # noqa: E402
from signing import long_strings  # noqa: E402
from signing.verify import verify_pdf  # noqa: E402

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
    """(verdict, seconds) of plain pyHanko, its own string reader in place; an exception is a verdict."""
    long_strings.uninstall()
    start = time.perf_counter()
    try:
        verdict = judge_plain(data)
    except Exception:
        verdict = "exception"
    seconds = time.perf_counter() - start
    long_strings.install()
    return verdict, seconds


def run_ours(data: bytes) -> tuple[str, float, str]:
    """(verdict, seconds, why) of Sohoa without trust."""
    start = time.perf_counter()
    try:
        report = verify_pdf(data, trust=None)
        why = explain(report)
        verdict = str(report.summary.integrity)
    except Exception as exc:
        verdict, why = "exception", repr(exc)
    return verdict, time.perf_counter() - start, why


def print_grades(title: str, grades: Counter[str], seconds: list[float]) -> None:
    """One line of counts and one of times."""
    print(f"{title}: " + ", ".join(f"{name} {count}" for name, count in sorted(grades.items())))
    ranked = sorted(seconds)
    p95 = ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))]
    middle, most = statistics.median(ranked), ranked[-1]
    print(f"  median {middle:.3f} s, p95 {p95:.2f} s, max {most:.2f} s, sum {sum(ranked):.1f} s")


@dataclass(frozen=True)
class Line:
    """One file: what is expected, what each validator said, in seconds, and our reasons."""

    row: dict[str, str]
    ours: tuple[str, float, str]
    plain: tuple[str, float]


def grade_all(lines: list[Line], verdicts: list[str]) -> Counter[str]:
    """How often each grade was earned; an exception is a grade of its own."""
    return Counter(
        "EXCEPTION" if verdict == "exception" else grade(line.row["expected"], verdict)
        for line, verdict in zip(lines, verdicts, strict=True)
    )


def print_peer(lines: list[Line], verdicts: list[PeerVerdict]) -> None:
    """EU DSS by status and with its warnings, then every disagreement with our reason."""
    seconds = [verdict.seconds for verdict in verdicts]
    print_grades("EU DSS, status alone", grade_all(lines, [one.by_status for one in verdicts]), seconds)
    print_grades(
        "EU DSS, its warnings read", grade_all(lines, [one.with_warnings for one in verdicts]), seconds
    )
    print("\nDisagreements with EU DSS (its warnings read):")
    for line, peer in zip(lines, verdicts, strict=True):
        ours = "intact" if line.ours[0] in GREEN else line.ours[0]
        if ours != peer.with_warnings:
            row = line.row
            print(f"{row['file']} (expected {row['expected']})")
            print(f"    DSS {peer.with_warnings}: {peer.words[:200]}")
            print(f"        {explain_peer(peer.with_warnings, peer.words)}")
            print(f"    Sohoa {line.ours[0]}: {line.ours[2][:400]}")


def main(folder: Path, *, listing: bool, peer: bool) -> None:
    """Grade every file of the folder by all validators and print the tables."""
    logging.disable(logging.CRITICAL)
    rows = list(csv.DictReader((folder / "index.tsv").open(encoding="utf-8"), delimiter="\t"))
    lines: list[Line] = []
    for row in rows:
        data = (folder / row["file"]).read_bytes()
        lines.append(Line(row, run_ours(data), run_plain(data)))
        verdict, _, why = lines[-1].ours
        if listing or grade(row["expected"], verdict) != "agrees":
            print(f"{row['expected']:13} {verdict:13} {row['class']:26} {row['file']}\n{'':14}{why[:300]}")
    for (expected, verdict), count in sorted(
        Counter((line.row["expected"], line.ours[0]) for line in lines).items()
    ):
        print(f"{expected:14} {verdict:14} {count}")
    ours, plain = [line.ours for line in lines], [line.plain for line in lines]
    print_grades("Sohoa", grade_all(lines, [one[0] for one in ours]), [one[1] for one in ours])
    print_grades("plain pyHanko", grade_all(lines, [one[0] for one in plain]), [one[1] for one in plain])
    ratio = statistics.median(one[1] for one in ours) / statistics.median(one[1] for one in plain)
    print(f"ratio of medians, Sohoa to plain pyHanko: {ratio:.2f}")
    if peer:
        print_peer(lines, judge_files(folder / row["file"] for row in rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]), listing="--list" in sys.argv, peer="--no-dss" not in sys.argv)
