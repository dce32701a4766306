"""The syllable model's counts, back-off and tone placement."""

import numpy as np
import pytest

from ocr.syllables import UNKNOWN, load_syllables, skeleton, swap_tone, unify_tone


@pytest.mark.parametrize(
    ("word", "unified"),
    [("hoà", "hòa"), ("thuỷ", "thủy"), ("Uỷ", "ủy"), ("quý", "quý"), ("hoàn", "hoàn"), ("a", "a")],
)
def test_both_tone_placements_are_one_syllable(word: str, unified: str) -> None:
    """hoà counts as hòa; the u of qu bears no tone; a closed syllable is left alone."""
    assert unify_tone(word) == unified


def test_swapping_the_tone_twice_gives_the_word_again() -> None:
    """The other placement of the other placement is the word itself; most words have none."""
    assert swap_tone("hòa") == "hoà"
    assert swap_tone("hoà") == "hòa"
    assert swap_tone("quý") is None
    assert swap_tone("định") is None


def test_skeleton_drops_tone_vowel_mark_and_bar() -> None:
    """The skeleton is the bare letters in lower case."""
    assert skeleton("Quyết") == "quyet"
    assert skeleton("ĐỒNG") == "dong"


def test_a_pair_of_law_is_likelier_than_its_misreading() -> None:
    """quyết định is likelier than quyêt đinh, and pairs beat chance."""
    model = load_syllables()
    right, wrong = model.find_number("quyết"), model.find_number("đinh")
    scores = model.score_pairs([right], [model.find_number("định"), wrong])
    assert scores[0, 0] > scores[0, 1] + 3
    assert scores[0, 0] > model.score([model.find_number("định")])[0]


def test_probabilities_behind_a_word_sum_to_at_most_one() -> None:
    """Discounting gives away what it takes: the followers of a syllable share one."""
    model = load_syllables()
    everything = np.arange(len(model.words))
    total = float(np.exp(model.score_pairs([model.find_number("quyết")], everything)).sum())
    assert total == pytest.approx(1.0, abs=0.01)


def test_an_unknown_word_has_a_small_score_and_no_pairs() -> None:
    """A word outside the model is unlikely and says nothing about the word behind it."""
    model = load_syllables()
    assert model.find_number("Hrưng") == UNKNOWN
    assert model.score([UNKNOWN])[0] < model.score([model.find_number("và")])[0]
    number = model.find_number("và")
    assert model.score_pairs([UNKNOWN], [number])[0, 0] == pytest.approx(model.score([number])[0])


def test_same_letters_are_the_syllables_of_one_skeleton() -> None:
    """All readings of bare letters come, commonest first, and nothing of other letters."""
    found = load_syllables().same_letters("Tô")
    assert {"tổ", "tố", "to"} <= set(found)
    assert {skeleton(word) for word in found} == {"to"}
