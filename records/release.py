"""Whether values may be released unseen (miễn kiểm tra): what an office's own confirmations prove.

A person has confirmed each value with the paper in view; what the machine had proposed lies beside it. One
half of the records, split by a hash of their ids, chooses the confidence from which errors are rare enough;
the other half, which had no say in that, judges it. What a reuse answer rests on is never released.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from records.field_names import REUSE_FIELDS, FieldName
from records.model import RecordField

TARGET_ERROR = 0.005
"""Share of wrong values that may pass unseen: one in two hundred."""
CERTAINTY = 0.95
MINIMUM_CONFIRMED = 3000
"""Below this many confirmed values of a field nothing of it is released."""
_BINS = 1000
_HALVINGS = 60
# Low confidence is what the threshold itself judges; any other reason sends the value to a person.
_JUDGED_BY_THRESHOLD = frozenset({"low_confidence"})


class ReleaseVerdict(StrEnum):
    """Whether a field's values may go without a second look (kết luận miễn kiểm tra)."""

    NEVER = "never"
    TOO_FEW = "too_few"
    NO_THRESHOLD = "no_threshold"
    NOT_PROVEN = "not_proven"
    EARNED = "earned"


@dataclass(frozen=True, slots=True)
class FieldRelease:
    """What the confirmations prove of one field (kết quả của một trường).

    `confirmed` counts values a person settled, `proposed` those of them for which the machine had proposed
    something, `wrong` the proposals the person changed. From `threshold` on, of the `judged` values of the
    judging half `released` would have passed unseen, `errors` of them wrong; `error_bound` is the one-sided
    95 % upper bound (Clopper-Pearson, exact) of the share of errors among released values. All four are
    what would be: only the verdict EARNED says that they may be.
    """

    name: FieldName
    verdict: ReleaseVerdict
    confirmed: int
    proposed: int
    wrong: int
    threshold: float | None = None
    judged: int = 0
    released: int = 0
    errors: int = 0
    error_bound: float | None = None

    @property
    def share(self) -> float:
        """Share of the judging half's values that would pass unseen, 0 to 1."""
        return self.released / self.judged if self.judged else 0.0


@dataclass(slots=True)
class _Half:
    """Counts of one half of the records: right and wrong proposals by confidence in steps of 0.001."""

    settled: int = 0
    right: list[int] = field(default_factory=lambda: [0] * (_BINS + 1))
    wrong: list[int] = field(default_factory=lambda: [0] * (_BINS + 1))

    def count_from(self, step: int) -> tuple[int, int]:
        """Values at and above a step of confidence, and the wrong ones among them."""
        wrong = sum(self.wrong[step:])
        return sum(self.right[step:]) + wrong, wrong


@dataclass(slots=True)
class _Tally:
    """All counts of one field."""

    proposed: int = 0
    changed: int = 0
    halves: tuple[_Half, _Half] = field(default_factory=lambda: (_Half(), _Half()))

    def add(self, one: RecordField) -> None:
        """Count one confirmed field."""
        half = self.halves[is_judging(one.record_id)]
        half.settled += 1
        if one.proposed is None:
            return
        is_right = one.proposed == one.value
        self.proposed += 1
        self.changed += not is_right
        if set(one.reasons) <= _JUDGED_BY_THRESHOLD:
            step = math.floor(min(max(one.confidence, 0.0), 1.0) * _BINS + 1e-9)
            (half.right if is_right else half.wrong)[step] += 1


def judge_fields(confirmed: Iterable[RecordField], target: float = TARGET_ERROR) -> Sequence[FieldRelease]:
    """What confirmed fields prove, field by field in the order of `FieldName`, in one pass.

    A field that is neither on the paper nor proposed counts nowhere. Fields that nobody confirmed must not
    be handed in.
    """
    tallies = {name: _Tally() for name in FieldName}
    for one in confirmed:
        if one.name in tallies and (one.value is not None or one.proposed is not None):
            tallies[FieldName(one.name)].add(one)
    return [_judge(name, tally, target) for name, tally in tallies.items()]


def is_judging(record_id: str) -> bool:
    """Whether a record lies in the half that judges; fixed by its id, so that nobody can draw again."""
    return hashlib.sha256(f"release {record_id}".encode()).digest()[0] % 2 == 1


def find_error_bound(errors: int, total: int, certainty: float = CERTAINTY) -> float:
    """Exact one-sided upper bound of a share after `errors` in `total` (Clopper and Pearson 1934).

    The share at which so few errors would have a chance of `1 - certainty`; 1 without any value.
    """
    if errors >= total:
        return 1.0
    low, high = errors / total, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _chance_of_at_most(errors, total, middle) > 1 - certainty:
            low = middle
        else:
            high = middle
    return high


def _judge(name: FieldName, tally: _Tally, target: float) -> FieldRelease:
    choosing, judging = tally.halves
    confirmed = choosing.settled + judging.settled
    if name in REUSE_FIELDS:
        return FieldRelease(name, ReleaseVerdict.NEVER, confirmed, tally.proposed, tally.changed)
    step = _choose(choosing, target)
    if step is None:
        verdict = ReleaseVerdict.NO_THRESHOLD if _is_enough(tally) else ReleaseVerdict.TOO_FEW
        return FieldRelease(name, verdict, confirmed, tally.proposed, tally.changed)
    released, errors = judging.count_from(step)
    bound = find_error_bound(errors, released)
    if not _is_enough(tally):
        verdict = ReleaseVerdict.TOO_FEW
    else:
        verdict = ReleaseVerdict.EARNED if bound <= target else ReleaseVerdict.NOT_PROVEN
    return FieldRelease(
        name, verdict, confirmed, tally.proposed, tally.changed,
        threshold=step / _BINS, judged=judging.settled, released=released, errors=errors, error_bound=bound,
    )  # fmt: skip


def _is_enough(tally: _Tally) -> bool:
    """Only values with a proposal can prove anything about proposals."""
    return tally.proposed >= MINIMUM_CONFIRMED


def _choose(half: _Half, target: float) -> int | None:
    """The lowest confidence from which on this half's errors are surely rare enough; None without one."""
    chosen, total, wrong = None, 0, 0
    for step in range(_BINS, -1, -1):
        if not half.right[step] + half.wrong[step]:
            continue
        total += half.right[step] + half.wrong[step]
        wrong += half.wrong[step]
        if wrong <= target * total and find_error_bound(wrong, total) <= target:
            chosen = step
    return chosen


def _chance_of_at_most(errors: int, total: int, share: float) -> float:
    """Binomial probability of at most so many errors, summed in logarithms against underflow."""
    hit, miss, whole = math.log(share), math.log1p(-share), math.lgamma(total + 1)
    terms = (
        whole - math.lgamma(k + 1) - math.lgamma(total - k + 1) + k * hit + (total - k) * miss
        for k in range(errors + 1)
    )
    return math.fsum(math.exp(term) for term in terms)
