"""Unknown words replaced in context."""

import itertools
from collections.abc import Collection

import pytest

from search.correction import correct_words, find_alternative
from search.vocabulary import Statistics

TEXTS = (
    "cap giay phep xay dung nha o",
    "nguoi lao dong nghi viec",
    "quyet dinh thu hoi dat",
    "thanh tra so noi vu",
)


class SmallVocabulary:
    """The words and pairs of a few texts."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        for text in TEXTS:
            words = text.split()
            for term in {*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))}:
                self.counts[term] = self.counts.get(term, 0) + 1

    def read_statistics(self, words: Collection[str], pairs: Collection[str]) -> Statistics:
        """Counts of those that are there."""
        return Statistics(len(TEXTS), 6.0, {t: self.counts[t] for t in (*words, *pairs) if t in self.counts})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("giay phepp xay dung", "giay phep xay dung"),
        ("giay phpe xay dung", "giay phep xay dung"),
        ("nguwowif lao dong", "nguoi lao dong"),
        ("thanb tra", "thanh tra"),
        ("thuhoi dat", "thu hoi dat"),
        ("1ao dong", "lao dong"),
    ],
)
def test_unknown_word_becomes_the_one_that_fits(typed: str, meant: str) -> None:
    """Slips, Telex keys, look-alikes and joined words are mended by their neighbours."""
    corrected = correct_words(typed.split(), SmallVocabulary())
    assert (" ".join(corrected.words), corrected.is_changed) == (meant, True)


def test_known_words_are_never_touched() -> None:
    """A word of the index stays, whatever its neighbours."""
    corrected = correct_words(["noi", "phep", "dat"], SmallVocabulary())
    assert (corrected.words, corrected.is_changed) == (("noi", "phep", "dat"), False)


def test_word_without_neighbour_in_the_index_stays() -> None:
    """What is like nothing stays as typed."""
    assert correct_words(["zzzzzz"], SmallVocabulary()).words == ("zzzzzz",)


def test_word_visible_to_the_searcher_stays() -> None:
    """A word of a restricted document the searcher may see is no mistake."""
    typed = ["giay", "phepp"]
    assert correct_words(typed, SmallVocabulary(), lambda _: {"phepp"}).words == ("giay", "phepp")


def test_empty_index_corrects_nothing() -> None:
    """Without documents there is nothing to correct by."""

    class Nothing:
        """An empty vocabulary."""

        def read_statistics(self, words: Collection[str], pairs: Collection[str]) -> Statistics:
            """No counts."""
            return Statistics(0, 1.0)

    assert correct_words(["dat"], Nothing()).words == ("dat",)


class _Counting:
    """A vocabulary that knows nothing and notes how much it was asked."""

    asked = 0

    def read_statistics(self, words: Collection[str], pairs: Collection[str]) -> Statistics:
        """Count what is asked for."""
        self.asked += len(words) + len(pairs)
        return Statistics(1, 1.0)


def test_a_pasted_string_has_no_alternatives() -> None:
    """Words of hundreds of letters are not tried with every letter changed."""
    vocabulary = _Counting()
    assert find_alternative(["q" * 400, "x" * 400], vocabulary) is None
    assert vocabulary.asked < 10
