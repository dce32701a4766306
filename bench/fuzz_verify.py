"""Fuzz of the signature verdict: thousands of damaged signed files, none of which may be shown as good.

    python bench/fuzz_verify.py FILE... [--mutants N] [--seed S] [--trust FOLDER]

FILE: sound signed PDFs. Held for every mutant: an answer without an exception; a mutant whose change lies
inside a range that a signature of it covers is never green; a green one has, byte for byte, ranges that one
of the sample's signatures covers, and that signature's value and signed attributes; one that passes under
the given trust names a signer whose certificate the sample holds.
"""

import argparse
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

# Run as a script, this file's own folder comes first and would hide the package of the same name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from asn1crypto import cms  # noqa: E402

from bench.mutations import MUTATORS, find_ranges  # noqa: E402
from signing.report import Indication, IntegrityVerdict, SignatureReport  # noqa: E402
from signing.trust import TrustBundle, load_bundle  # noqa: E402
from signing.verify import verify_pdf  # noqa: E402

GREEN = (IntegrityVerdict.INTACT, IntegrityVerdict.EXTENDED)
SLOW_SECONDS = 5.0


@dataclass
class FuzzReport:
    """Counts of verdicts by kind of damage, broken promises and the slowest answer in seconds."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    broken: list[str] = field(default_factory=list[str])
    slowest: float = 0.0
    unchanged: int = 0

    def tabulate(self) -> str:
        """One line a kind of damage, then what was broken."""
        columns = [str(verdict) for verdict in IntegrityVerdict]
        lines = [f"{'':28}" + "".join(f"{name:>15}" for name in columns)]
        for kind in sorted({kind for kind, _ in self.verdicts}):
            counts = "".join(f"{self.verdicts[kind, name]:>15}" for name in columns)
            lines.append(f"{kind:28}{counts}")
        total = sum(self.verdicts.values())
        lines.append(f"{total} mutants ({self.unchanged} as the sample), slowest answer {self.slowest:.2f} s")
        lines.append(f"broken promises: {len(self.broken)}")
        return "\n".join([*lines, *self.broken[:50]])


@dataclass(frozen=True)
class Signed:
    """What one signature signs: the bytes of its ranges, its value, signed attributes and certificates."""

    covered: bytes
    value: bytes
    attributes: bytes
    certificates: frozenset[str]


def iter_mutants(samples: Sequence[bytes], count: int, seed: int) -> Iterator[tuple[str, bytes, bytes]]:
    """(kind of damage, sample, mutant), the same for the same seed."""
    for number in range(count):
        random = Random(f"{seed}:{number}")
        mutator, sample = MUTATORS[number % len(MUTATORS)], random.choice(samples)
        yield mutator.__name__, sample, mutator(sample, random)


def run_fuzz(
    samples: Sequence[bytes], count: int, seed: int, trust: TrustBundle | None = None, **options: Any
) -> FuzzReport:
    """Verify `count` mutants and hold every promise; `options` go to `verify_pdf`."""
    report = FuzzReport()
    known = {sample: read_signed(sample) for sample in set(samples)}
    for number, (kind, sample, mutant) in enumerate(iter_mutants(samples, count, seed)):
        start = time.process_time()  # a busy machine is no finding
        try:
            verdict = verify_pdf(mutant, trust=trust, **options)
        except Exception as exc:
            report.broken.append(f"{seed}:{number} {kind}: {type(exc).__name__} left the verifier")
            continue
        seconds = time.process_time() - start
        report.slowest = max(report.slowest, seconds)
        report.unchanged += mutant == sample
        report.verdicts[kind, str(verdict.summary.integrity)] += 1
        problem = find_broken_promise(verdict, mutant, known[sample])
        if seconds > SLOW_SECONDS:
            problem = problem or f"answered after {seconds:.1f} s"
        if problem:
            report.broken.append(f"{seed}:{number} {kind}: {problem}")
    return report


def find_broken_promise(report: SignatureReport, mutant: bytes, known: Sequence[Signed]) -> str | None:
    """What a green verdict on `mutant` should not have passed over; None when nothing."""
    if report.summary.integrity not in GREEN:
        return None
    if not report.signatures:
        return "green without a signature"
    for entry in report.signatures:
        found = _read_one(mutant, entry.coverage.byte_range)
        if found is None:
            return f"green, but its range or value cannot be read: {entry.coverage.byte_range}"
        same = [one for one in known if one.covered == found.covered]
        if not same:
            return f"green over bytes that nobody signed: {entry.coverage.byte_range}"
        if not any((one.value, one.attributes) == (found.value, found.attributes) for one in same):
            return "green with another signature value or other signed attributes"
        passed = entry.indication == Indication.TOTAL_PASSED
        if passed and not any(entry.signer.sha256 in one.certificates for one in same):
            return "passed with a signer's certificate that the sample does not hold"
    return None


def read_signed(pdf: bytes) -> list[Signed]:
    """What the signatures of a sound file sign."""
    found = [_read_one(pdf, numbers) for numbers in find_ranges(pdf)]
    return [one for one in found if one is not None]


def _read_one(pdf: bytes, numbers: Sequence[int]) -> Signed | None:
    """One signature by its range, None when it is not one."""
    if len(numbers) != 4:
        return None
    start, length, second, rest = numbers
    covered = pdf[start : start + length] + pdf[second : second + rest]
    try:
        # Inside a hexadecimal string white space, NUL included, does not count, and a last digit missing is
        # a zero (ISO 32000-1, 7.3.4.3).
        digits = pdf[start + length : second].strip(b"<>").translate(None, b"\0\t\n\f\r ")
        raw = bytes.fromhex(digits.decode("ascii") + "0" * (len(digits) % 2))
        content: Any = cms.ContentInfo.load(raw)["content"]
        signer = content["signer_infos"][0]
        certificates = frozenset(
            hashlib.sha256(one.chosen.dump()).hexdigest() for one in content["certificates"]
        )
        return Signed(covered, signer["signature"].native, signer["signed_attrs"].dump(), certificates)
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def main() -> None:
    """Fuzz the files given and print the table; exit status 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--trust", type=Path)
    given = parser.parse_args()
    trust = load_bundle(given.trust, allow_demo=True) if given.trust else None
    files: list[Path] = given.files
    report = run_fuzz([path.read_bytes() for path in files], given.mutants, given.seed, trust)
    print(report.tabulate())
    sys.exit(1 if report.broken else 0)


if __name__ == "__main__":
    main()
