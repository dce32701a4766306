"""Holds a coverage report (JSON of coverage.py, lines and branches) against the budgets.

Files whose every branch decides a legal question must be covered whole; everything else together to 90 %.
Prints what falls short and ends with 1 then.
"""

import json
import sys
from pathlib import Path

WHOLE = frozenset(
    {
        "signing/verify.py",
        "signing/revisions.py",
        "signing/compare.py",
        "signing/verdict.py",
        "signing/trust.py",
    }
    | {
        "records/numbering.py",
        "records/states.py",
        "records/access.py",
        "search/access.py",
        "search/lookup.py",
    }
)
ELSEWHERE_PERCENT = 90.0


def find_shortfalls(report: dict[str, dict[str, dict[str, dict[str, float]]]]) -> list[str]:
    """One line for each budget that the report does not meet."""
    files = {name: entry["summary"] for name, entry in report["files"].items()}
    short = [
        f"{name}: {summary['percent_covered']:.1f} % of 100 %"
        for name, summary in sorted(files.items())
        if name in WHOLE and summary["missing_lines"] + summary["missing_branches"] > 0
    ]
    other = [summary for name, summary in files.items() if name not in WHOLE]
    covered = sum(summary["covered_lines"] + summary["covered_branches"] for summary in other)
    possible = sum(summary["num_statements"] + summary["num_branches"] for summary in other)
    percent = 100.0 * covered / possible if possible else 0.0
    if percent < ELSEWHERE_PERCENT:
        short.append(f"everything else: {percent:.1f} % of {ELSEWHERE_PERCENT:.0f} %")
    return short


def main(path: str) -> int:
    """Check one report file; the exit code."""
    shortfalls = find_shortfalls(json.loads(Path(path).read_text()))
    print("\n".join(shortfalls) or "coverage: every budget met")
    return 1 if shortfalls else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
