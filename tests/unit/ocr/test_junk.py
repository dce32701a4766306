"""Junk of seals and strokes told from print."""

from ocr.engines.junk import keep_print
from ocr.engines.lattice import LatticeWord
from ocr.syllables import load_syllables


def kept(*words: tuple[str, float]) -> str:
    """The words of a line that are kept, given with their confidences."""
    line = [LatticeWord(text, confidence, 0, 1, 0, 1) for text, confidence in words]
    flags = keep_print(line, load_syllables())
    return " ".join(word.text for word, flag in zip(line, flags, strict=True) if flag)


def test_a_line_that_nobody_is_sure_of_is_junk() -> None:
    """Letters of low confidence that form no word are left out whole, specks too."""
    assert kept(("CVS0tu2San", 0.35)) == ""
    assert kept((",", 0.9), (".", 0.8)) == ""


def test_a_tangle_before_print_goes_alone() -> None:
    """A stamp that runs into a line is left out with what is doubtful beside it; the line stays."""
    line = (("teumotiucoosieemmsoco", 0.68), ("ucu", 0.78), ("Về", 0.7), ("việc", 1.0))
    assert kept(*line) == "Về việc"


def test_doubtful_print_stays() -> None:
    """Known words, short handwritten numbers, long codes and names that were read surely stay."""
    assert kept(("quyêt", 0.5), ("định", 0.9)) == "quyêt định"
    assert kept(("MẬT", 0.3)) == "MẬT"
    assert kept(("04/12/2019", 0.4)) == "04/12/2019"
    assert kept(("4", 0.4)) == "4"
    assert kept(("P.KTTHTien502.", 0.7)) == "P.KTTHTien502."
    assert kept(("Microsoft", 0.95)) == "Microsoft"
    assert kept(("-", 0.95)) == "-"


def test_a_row_of_scraps_goes_and_its_words_stay() -> None:
    """The border of a stamp read as single letters is left out; a known word among them is not."""
    scraps = [("ts", 0.6), ("t", 0.5), ("s", 0.3), ("MẬT", 0.5), ("o", 0.5)]
    assert kept(*scraps, ("Về", 0.96), ("việc", 1.0)) == "MẬT Về việc"
    assert kept(("a", 0.6), ("ở", 0.6), ("đây", 1.0)) == "a ở đây"
