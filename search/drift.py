"""Whether the index holds what the database says (lệch chỉ mục): compared by ranges, then listed.

Ids fall into 256 ranges by a hash, so that ranges are of one size however ids are made. Of each range the
index tells how many documents it holds and the sum of their marks; a mark is a hash of id and version.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

RANGES = 256
_MARK_BITS = 31
"""A sum of marks stays exact as the server's floating-point sum up to four million documents a range."""

Pairs = Iterable[tuple[str, int]]
"""(id, version)."""


@dataclass(frozen=True, slots=True)
class RangeSum:
    """Documents in a range and the sum of their marks (tổng của khoảng)."""

    count: int = 0
    marks: int = 0


def find_range(document_id: str) -> int:
    """The range an id falls into, 0 to 255."""
    return hashlib.blake2s(document_id.encode(), digest_size=1).digest()[0]


def build_mark(document_id: str, version: int) -> int:
    """31 bits that change when the version does."""
    digest = hashlib.blake2s(f"{document_id}\0{version}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") >> (32 - _MARK_BITS)


def sum_ranges(pairs: Pairs) -> dict[int, RangeSum]:
    """Count and marks of each range that has any."""
    found: dict[int, RangeSum] = {}
    for document_id, version in pairs:
        at = find_range(document_id)
        known = found.get(at, RangeSum())
        found[at] = RangeSum(known.count + 1, known.marks + build_mark(document_id, version))
    return found


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs (độ lệch): ids the index lacks, holds in another version, or should not hold.

    The values are versions: the database's of what is missing or outdated, the index's of what is extra.
    """

    ranges: int
    missing: Mapping[str, int] = field(default_factory=dict[str, int])
    outdated: Mapping[str, int] = field(default_factory=dict[str, int])
    extra: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def count(self) -> int:
        """How many documents differ."""
        return len(self.missing) + len(self.outdated) + len(self.extra)

    def iter_all(self) -> Iterable[tuple[str, int]]:
        """Every id that differs, with its version."""
        for part in (self.missing, self.outdated, self.extra):
            yield from part.items()


def find_drift(
    expected: Callable[[], Pairs], held: Mapping[int, RangeSum], list_range: Callable[[int], Pairs]
) -> Drift:
    """Compare the database's pairs with the index's ranges; `list_range` is asked only where they differ."""
    wanted = sum_ranges(expected())
    differing = {at for at in range(RANGES) if wanted.get(at, RangeSum()) != held.get(at, RangeSum())}
    if not differing:
        return Drift(0)
    right = {key: version for key, version in expected() if find_range(key) in differing}
    missing, outdated, extra = dict(right), dict[str, int](), dict[str, int]()
    seen: set[str] = set()
    for document_id, version in (pair for at in sorted(differing) for pair in list_range(at)):
        if document_id not in right:
            extra[document_id] = version
        elif version != right[document_id] or document_id in seen:
            outdated[document_id] = right[document_id]
        seen.add(document_id)
        missing.pop(document_id, None)
    return Drift(len(differing), missing, outdated, extra)
