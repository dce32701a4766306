"""Marks on texts and page words."""

from search.highlight import build_fragments, find_word_matches

PAGE = ["QUYẾT", "ĐỊNH", "Về", "việc", "thu", "hồi", "đất,", "số", "15/QĐ-UBND", "thu"]


def test_phrase_over_line_breaks_is_one_range() -> None:
    """Words that follow each other on the page are one mark, wherever the line ends."""
    assert find_word_matches("thu hoi dat", PAGE) == [range(4, 7), range(9, 10)]


def test_case_accents_and_punctuation_do_not_matter() -> None:
    """The mark is on the folded form of the printed word."""
    assert find_word_matches("quyet dinh", PAGE) == [range(2)]
    assert find_word_matches("ubnd", PAGE) == [range(8, 9)]


def test_nothing_matches_nothing() -> None:
    """No query word, no mark."""
    assert find_word_matches("*", PAGE) == []
    assert find_word_matches("rừng", PAGE) == []


def test_fragment_ranges_lie_on_the_words() -> None:
    """Ranges are offsets in the fragment's own text."""
    text = "Căn cứ Luật Đất đai.\n" + "Điều khoản chung. " * 30 + "Quyết định thu hồi đất của hộ ông Thử."
    fragments = build_fragments(text, ["thu", "hoi", "dat"])
    assert len(fragments) == 2
    marked = [[fragment.text[start:end] for start, end in fragment.ranges] for fragment in fragments]
    assert marked[0] == ["thu", "hồi", "đất", "Thử"]
    assert all(len(fragment.text) <= 200 and "\n" not in fragment.text for fragment in fragments)


def test_first_fragment_is_the_fullest() -> None:
    """The piece with the most different words comes first."""
    text = "đất " + "x " * 300 + "thu hồi đất"
    assert "thu hồi đất" in build_fragments(text, ["thu", "hoi", "dat"])[0].text


def test_no_match_no_fragment() -> None:
    """A text without the words gives nothing."""
    assert build_fragments("Giấy phép", ["dat"]) == ()
