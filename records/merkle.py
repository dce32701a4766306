"""Merkle tree hashing and proofs after RFC 6962 §2.1 (cây băm), on SHA-256 in lower-case hex.

A tree over n leaves is kept as its complete subtrees: level l, index i covers the leaves
[i * 2**l, (i + 1) * 2**l). Every proof and root is made of these, so appending never changes a stored hash.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

EMPTY_ROOT = hashlib.sha256(b"").hexdigest()
Subtree = Callable[[int, int], str]
"""(level, index) to the stored hash of that complete subtree."""


def hash_leaf(data: bytes) -> str:
    """SHA-256(0x00 || data): a leaf can never pass for an inner node."""
    return hashlib.sha256(b"\x00" + data).hexdigest()


def hash_children(left: str, right: str) -> str:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def iter_peaks(size: int) -> Iterator[tuple[int, int]]:
    """(level, index) of the complete subtrees that make up a tree of `size` leaves, left to right."""
    start = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            yield level, start >> level
            start += 1 << level


def fold_peaks(peaks: Iterable[str]) -> str:
    """The root over the hashes of the peaks, left to right."""
    root = ""
    for peak in reversed(list(peaks)):
        root = hash_children(peak, root) if root else peak
    return root or EMPTY_ROOT


@dataclass(slots=True)
class Frontier:
    """The right edge of a growing tree: its size and peaks, left to right."""

    size: int = 0
    peaks: list[str] = field(default_factory=list[str])

    def append(self, leaf: str) -> list[tuple[int, int, str]]:
        """Add a leaf hash; returns the complete subtrees (level, index, hash) it closes, level ≥ 1."""
        closed: list[tuple[int, int, str]] = []
        index, level = self.size, 0
        while index & 1:
            leaf = hash_children(self.peaks.pop(), leaf)
            index, level = index >> 1, level + 1
            closed.append((level, index, leaf))
        self.peaks.append(leaf)
        self.size += 1
        return closed

    @property
    def root(self) -> str:
        """The root over all leaves so far."""
        return fold_peaks(self.peaks)


def load_frontier(size: int, subtree: Subtree) -> Frontier:
    """The frontier of a stored tree."""
    return Frontier(size, [subtree(level, index) for level, index in iter_peaks(size)])


def build_root(start: int, stop: int, subtree: Subtree) -> str:
    """The hash over leaves [start, stop), a range that the splits of RFC 6962 lead to."""
    width = stop - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return subtree(level, start >> level)
    middle = start + _split(width)
    return hash_children(build_root(start, middle, subtree), build_root(middle, stop, subtree))


def build_inclusion_proof(place: int, size: int, subtree: Subtree) -> list[str]:
    """The audit path of the leaf at `place` in the tree of `size` leaves (RFC 6962 §2.1.1)."""
    if not 0 <= place < size:
        raise ValueError("place outside the tree")
    path: list[str] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if place < middle:
            path.append(build_root(middle, stop, subtree))
            stop = middle
        else:
            path.append(build_root(start, middle, subtree))
            start = middle
    return path[::-1]


def verify_inclusion(leaf: str, place: int, size: int, proof: Sequence[str], root: str) -> bool:
    """Whether the proof shows the leaf at `place` under `root` (RFC 9162 §2.1.3.2)."""
    if not 0 <= place < size:
        return False
    index, last, value = place, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            value = hash_children(sibling, value)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            value = hash_children(value, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and value == root


def build_consistency_proof(old: int, new: int, subtree: Subtree) -> list[str]:
    """That the tree of `old` leaves is the beginning of the tree of `new` leaves (RFC 6962 §2.1.2)."""
    if not 0 < old <= new:
        raise ValueError("sizes out of order")
    path: list[str] = []
    start, stop, whole = 0, new, True
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(build_root(middle, stop, subtree))
            stop = middle
        else:
            path.append(build_root(start, middle, subtree))
            start, whole = middle, False
    if not whole:
        path.append(build_root(start, stop, subtree))
    return path[::-1]


def verify_consistency(old: int, new: int, proof: Sequence[str], old_root: str, new_root: str) -> bool:
    """Whether the proof shows that nothing of the older tree was changed (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    first = second = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            first, second = hash_children(sibling, first), hash_children(sibling, second)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            second = hash_children(second, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(width: int) -> int:
    """The greatest power of two below `width` (≥ 2)."""
    return 1 << ((width - 1).bit_length() - 1)
