"""Where words of a search stand on the pages of a record."""

from api.hits import place_hits
from ocr.sidecar import page_texts_to_json
from ocr.types import PageText, Quality, QualityVerdict, Word


def build_pages(*pages: str) -> bytes:
    """Pages with eight words a line, each word in a box of its own."""
    built: list[PageText] = []
    for text in pages:
        words = tuple(
            Word(
                word,
                word,
                0.9,
                (100 * (at % 8), 50 * (at // 8), 100 * (at % 8) + 90, 50 * (at // 8) + 40),
                at // 8,
            )
            for at, word in enumerate(text.split())
        )
        built.append(PageText(800, 1100, 96, 0, 0.0, Quality(QualityVerdict.GOOD, ()), words))
    return page_texts_to_json(built)


def test_phrase_runs_on_over_line_and_page() -> None:
    """A phrase broken by a line end, or a page end, is one hit with a box for each word."""
    data = build_pages("Căn cứ Luật Đất đai về việc thu hồi đất của hộ; nay thu", "hồi đất tại xã")
    first, second = place_hits(data, "thu hoi dat")
    assert (first.text, [box.page for box in first.boxes]) == ("thu hồi đất", [0, 0, 0])
    assert [box.box for box in first.boxes] == [(700, 0, 790, 40), (0, 50, 90, 90), (100, 50, 190, 90)]
    assert (second.text, [box.page for box in second.boxes]) == ("thu hồi đất", [0, 1, 1])


def test_common_words_alone_are_no_hit() -> None:
    """With a phrase on the page, a lone word of it is not gone to; without one, it is."""
    data = build_pages("quyết định của ủy ban và của sở")
    assert [hit.text for hit in place_hits(data, "quyết định của ủy ban")] == ["quyết định của ủy ban"]
    assert [hit.text for hit in place_hits(data, "của tỉnh")] == ["của", "của"]


def test_accent_the_reader_got_wrong_is_no_loss() -> None:
    """The words are matched without marks, so a misread tone is still marked."""
    data = build_pages("Qụyết đinh thú hội")
    assert [hit.text for hit in place_hits(data, "quyết định")] == ["Qụyết đinh"]


def test_no_words_no_hits() -> None:
    """Operators alone, or words that are not there, mark nothing."""
    data = build_pages("một hai ba")
    assert place_hits(data, "* OR") == []
    assert place_hits(data, "bốn") == []
