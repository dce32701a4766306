"""Other readings of a recogniser's words, on lattices made up frame by frame."""

import numpy as np

from ocr.engine import Reading
from ocr.engines.lattice import LineLattice, read_greedy
from ocr.engines.readings import find_readings
from ocr.repair import Doubt, repair_words
from ocr.syllables import load_syllables
from ocr.tokens import parse_tokens
from ocr.types import Box

CHARSET = tuple(" .,abcdđehinqtuyêếệịĐN21")


def draw_lattice(frames: list[dict[str, float]]) -> LineLattice:
    """A lattice with the given chances of characters, a clear blank between any two."""
    scores = np.full((2 * len(frames) + 1, len(CHARSET) + 1), 1e-5, np.float32)
    scores[0::2, 0] = 1.0
    for place, chances in enumerate(frames):
        for letter, chance in chances.items():
            scores[2 * place + 1, CHARSET.index(letter) + 1] = chance
        scores[2 * place + 1, 0] = max(1e-5, 1 - sum(chances.values()))
    return LineLattice(np.log(scores / scores.sum(axis=1, keepdims=True)), CHARSET, Box(0, 0, 400, 40), 0, 4)


def readings_of(frames: list[dict[str, float]], *, ends_line: bool = False) -> dict[str, float]:
    """The other readings of the last word, with their scores."""
    lattice = draw_lattice(frames)
    found = find_readings([(lattice, read_greedy(lattice), ends_line)], load_syllables())
    return {reading.text: reading.score for reading in found[0][-1]}


def test_marks_are_scored_by_the_frames() -> None:
    """A syllable of the same letters that the frames half saw stands high, one never seen stands low."""
    found = readings_of([{"b": 1.0}, {"i": 1.0}, {"ê": 0.55, "ế": 0.44}, {"n": 1.0}])
    assert -0.5 < found["biến"] < 0
    assert "biện" not in found or found["biện"] < found["biến"] - 5


def test_second_thoughts_on_digits_are_offered_too() -> None:
    """A digit that was nearly read otherwise is offered; nothing is offered where the reader is sure."""
    assert "22" in readings_of([{"2": 1.0}, {"1": 0.6, "2": 0.4}])
    assert readings_of([{"2": 1.0}, {"1": 1.0}]) == {}


def test_a_faint_full_stop_at_the_end_of_a_line_wins() -> None:
    """A full stop of a fifth of a chance is more likely there than not at the end of a line, not within."""
    frames: list[dict[str, float]] = [{"t": 1.0}, {"h": 1.0}, {"i": 1.0}, {".": 0.2}]
    assert readings_of(frames, ends_line=True)["thi."] > 0
    assert readings_of(frames, ends_line=False).get("thi.", -1.0) < 0


def test_language_decides_between_near_readings() -> None:
    """quyết đinh becomes quyết định when the frames do not contradict, and not in a signature block."""
    words = ["quyết", "đinh"]
    others: list[tuple[Reading, ...]] = [(), (Reading("định", -2.0),)]
    for zone, meant in (("noi_dung", "định"), ("ky", "đinh")):
        tokens = parse_tokens(words, [zone, zone])
        doubts = [Doubt(token, 0.9, other) for token, other in zip(tokens, others, strict=True)]
        choices = repair_words(doubts, load_syllables())
        assert [choice.text for choice in choices] == ["quyết", meant]
        assert all(0.5 < choice.chance <= 1 for choice in choices)


def test_language_has_no_say_against_clear_frames() -> None:
    """A reading that the frames rule out stays out however likely the words are."""
    tokens = parse_tokens(["quyết", "đinh"], ["noi_dung", "noi_dung"])
    doubts = [Doubt(tokens[0], 1.0, ()), Doubt(tokens[1], 1.0, (Reading("định", -14.0),))]
    assert repair_words(doubts, load_syllables())[1].text == "đinh"
