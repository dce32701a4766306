"""From user text to a plan."""

import pytest

from records.access import Scope
from search.access import AccessScope
from search.errors import BadQuery
from search.index import SearchRequest
from search.queries import build_plan, check_request, gate_accents, required_words
from search.vocabulary import Statistics

SCOPE = AccessScope(Scope(None))


class EveryWord:
    """A vocabulary that knows every word."""

    def read_statistics(self, words: object, pairs: object) -> Statistics:
        """One document a word."""
        return Statistics(10, 100.0, dict.fromkeys([*words, *pairs], 1))  # type: ignore[misc]


@pytest.mark.parametrize(("words", "required"), [(1, 1), (4, 4), (5, 4), (10, 4), (15, 6), (40, 16)])
def test_matching_rule(words: int, required: int) -> None:
    """Up to four words all are required, above that 40 % and never fewer than four."""
    assert required_words(words) == required


def test_accents_rank_only_where_typed() -> None:
    """No accents: nothing; most words accented: all of them; under half: only those."""
    assert gate_accents(["thu", "hoi"], ["thu", "hoi"]) == ()
    assert gate_accents(["thu", "hồi"], ["thu", "hoi"]) == ("thu", "hồi")
    assert gate_accents(["thu", "hồi", "dat", "o", "xa"], ["thu", "hoi", "dat", "o", "xa"]) == ("hồi",)


def test_operators_only_part_words() -> None:
    """Anything that is no letter or digit is white space."""
    plan = build_plan('đất OR "hộ" -(xã)*', EveryWord(), lambda _: set())
    assert plan.words is not None
    assert plan.words.folded == ("dat", "or", "ho", "xa")


@pytest.mark.parametrize("text", ["", "  ", "*", '"…"', "\ud800"])
def test_text_without_words_has_no_plan(text: str) -> None:
    """Punctuation alone searches for nothing."""
    assert build_plan(text, EveryWord(), lambda _: set()).words is None


def test_long_text_is_cut() -> None:
    """A pasted page is searched by its first words."""
    plan = build_plan("đất đai " * 5000, EveryWord(), lambda _: set())
    assert plan.words is not None
    assert len(plan.words.folded) == 60


def test_relaxed_plan_requires_half() -> None:
    """The fallback needs half of the words."""
    plan = build_plan("thu hồi đất xã", EveryWord(), lambda _: set())
    assert plan.words is not None
    assert (plan.words.required, plan.words.relaxed().required) == (4, 2)


@pytest.mark.parametrize(("offset", "limit"), [(-1, 1), (0, 0), (0, 201), (9_999, 2)])
def test_page_out_of_reach(offset: int, limit: int) -> None:
    """Pages outside the first ten thousand hits are refused."""
    with pytest.raises(BadQuery):
        check_request(SearchRequest("đất", SCOPE, offset=offset, limit=limit))
