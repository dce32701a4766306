"""What a back end must tell about its words (vốn từ của chỉ mục), so that ranking is the same on both."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts over unrestricted documents (thống kê): documents, mean length in words, documents a term.

    `frequencies` maps a folded word, or two joined by a space, to the documents that hold it.
    """

    documents: int
    mean_length: float
    frequencies: Mapping[str, int] = field(default_factory=dict)

    def frequency(self, term: str) -> int:
        """Documents with the term; 0 when none has it."""
        return self.frequencies.get(term, 0)


class Vocabulary(Protocol):
    """The words of an index; restricted documents never shape it (they would leak through it)."""

    def read_statistics(self, words: Collection[str], pairs: Collection[str]) -> Statistics:
        """Counts for these folded words and pairs of words."""
        ...
