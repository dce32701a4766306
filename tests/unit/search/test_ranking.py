"""The shared order of the best hits."""

from dataclasses import replace
from datetime import date

import pytest

from search.queries import WordPlan
from search.ranking import Candidate, find_nearness, rank
from search.text import word_forms
from search.vocabulary import Statistics


def build_candidate(name: str, text: str, title: str = "", issued: date | None = None) -> Candidate:
    """A candidate with these words."""
    exact, folded = word_forms(f"{title} {text}")
    return Candidate(name, " ".join(folded), " ".join(exact), " ".join(word_forms(title)[1]), issued)


def order(query: str, *candidates: Candidate) -> list[str]:
    """Ids in ranked order, all words equally rare."""
    exact, folded = word_forms(query)
    accented = tuple(exact) if exact != folded else ()
    plan = WordPlan(tuple(folded), accented, (), 1)
    statistics = Statistics(100, 8.0, dict.fromkeys({*plan.folded, *plan.pairs}, 10))
    return [candidate.id for candidate, _ in rank(plan, statistics, candidates)]


@pytest.mark.parametrize(
    ("query", "right", "wrong"), [("tỉnh", "tỉnh", "tình"), ("thừa đất", "thừa đất", "thửa đặt")]
)
def test_matching_accents_come_first(query: str, right: str, wrong: str) -> None:
    """Between two texts that differ in accents only, the one as typed comes first."""
    assert order(query, build_candidate("b", wrong), build_candidate("a", right)) == ["a", "b"]
    assert order(query, build_candidate("a", wrong), build_candidate("b", right)) == ["b", "a"]


def test_words_in_a_row_beat_words_apart() -> None:
    """Neighbouring words in the order of the query count more."""
    near = build_candidate("b", "về thu hồi đất của hộ dân")
    apart = build_candidate("a", "đất của hộ hồi dân về thu")
    assert order("thu hồi đất", apart, near) == ["b", "a"]


def test_title_counts_more_than_text() -> None:
    """A word in the title lifts a document."""
    assert order("đất", build_candidate("a", "giao đất"), build_candidate("b", "giao", title="đất")) == [
        "b",
        "a",
    ]


def test_equal_scores_go_to_the_newest_then_to_the_lower_id() -> None:
    """Ties are broken by date, undated last, then by id."""
    old = build_candidate("a", "đất", issued=date(2020, 1, 1))
    new = build_candidate("z", "đất", issued=date(2024, 1, 1))
    undated = build_candidate("b", "đất")
    assert order("đất", undated, old, new, replace(new, id="y")) == ["y", "z", "a", "b"]


@pytest.mark.parametrize(
    ("positions", "nearness"),
    [
        ([[3], [4], [5]], 1.0),
        ([[3], [5]], 0.5),
        ([[0, 10], [1, 11]], 2.0),
        ([[5], [4]], 1 / 3),
        ([[0], []], 0.0),
        ([], 0.0),
        ([[0], [100]], 0.0),
    ],
)
def test_nearness(positions: list[list[int]], nearness: float) -> None:
    """An exact phrase counts one a place, a spread one less, a missing or far word nothing."""
    assert find_nearness(positions) == pytest.approx(nearness)
