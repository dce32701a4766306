"""The gate's judgement of words and stamps, without a reader."""

import dataclasses

import cv2
import numpy as np
import pytest

from ingest.secrecy import Level, Outcome, count_edits, fold_letters, judge_secrecy
from ocr.engine import Grey
from ocr.stamps import StampLine, StampRegion, StampText
from ocr.types import Box, PageText, Quality, QualityVerdict, Word


def make_page(*lines: str, rotation: int = 0) -> PageText:
    """A page of printed lines; two spaces in a row make a wide gap."""
    words: list[Word] = []
    for number, line in enumerate(lines):
        left = 100
        for piece in line.split("  "):
            for text in piece.split():
                width = 14 * len(text)
                box = Box(left, 40 * number, left + width, 40 * number + 26)
                if rotation == 90:
                    box = Box(40 * number, left, 40 * number + 26, left + width)
                words.append(Word(text, text, 0.9, box, number))
                left += width + 9
            left += 120
    return PageText(1654, 2339, 200, rotation, 0.0, Quality(QualityVerdict.GOOD), tuple(words))


def make_stamp(
    *lines: tuple[str, float],
    size: tuple[float, float] = (30.0, 11.0),
    framed: bool = True,
    red: bool = False,
    has_ink: bool = True,
    image: Grey | None = None,
) -> StampText:
    """A stamp region with the lines read in it; its image blank if not given."""
    image = np.full((80, 230), 255, np.uint8) if image is None else image
    region = StampRegion(Box(200, 0, 320, 44), 0.0, size, framed, red, has_ink, image)
    return StampText(tuple(StampLine(text, confidence) for text, confidence in lines), region)


def draw_word(word: str) -> Grey:
    """A word as plain strokes, its lower half under a row of print."""
    image = np.full((80, 260), 255, np.uint8)
    cv2.putText(image, word, (24, 52), cv2.FONT_HERSHEY_DUPLEX, 1.15, 0, 3, cv2.LINE_AA)
    cv2.putText(image, "gia tri den ngay", (-8, 66), cv2.FONT_HERSHEY_COMPLEX, 0.9, 0, 1, cv2.LINE_AA)
    return image


EMPTY = make_page()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("MẬT", Level.MAT),
        ("MÂT", Level.MAT),
        ("MAT", Level.MAT),
        ("| MẬT .", Level.MAT),
        ("TỐI MẬT", Level.TOI_MAT),
        ("TOI MẠT", Level.TOI_MAT),
        ("TUYỆT MẬT", Level.TUYET_MAT),
        ("„IUYẾT MẬT,.", Level.TUYET_MAT),
        ("TÀI LI1ƑL: ?HU HÔI", Level.RECALL),
        ("THU HỒI", Level.RECALL),
    ],
)
@pytest.mark.parametrize("red", [True, False])
def test_a_stamp_that_says_a_mark_is_a_hit(text: str, level: Level, red: bool) -> None:
    """Every mark stops the page, also with letters misread, framed or in red ink."""
    verdict = judge_secrecy(EMPTY, [make_stamp((text, 0.3), framed=not red, red=red)], 3)
    assert (verdict.outcome, verdict.level, verdict.page) == (Outcome.SECRET, level, 3)


@pytest.mark.parametrize(
    "text",
    ["KHẨN", "HỎA TỐC", "LƯU HÀNH NỘI BỘ", "XEM XONG TRẢ LẠI", "ĐẾN", "SAO Y", "BÍ MẬT", "MẪU", "ĐÃ THU PHÍ"],
)
def test_a_stamp_that_says_something_else_is_no_hit(text: str) -> None:
    """Urgency, circulation, registry and copy stamps let the page pass."""
    assert judge_secrecy(EMPTY, [make_stamp((text, 0.9), red=True)]).outcome is Outcome.CLEAR


def test_a_frame_of_secrecy_size_that_cannot_be_read_counts_as_a_hit() -> None:
    """What cannot be ruled out stops the page, and the verdict says that it could not be told."""
    verdict = judge_secrecy(EMPTY, [make_stamp(("#gfprlne", 0.05))])
    assert verdict.outcome is Outcome.CANNOT_TELL
    assert verdict.is_hit


@pytest.mark.parametrize(
    "stamp",
    [
        make_stamp(("#gfprlne", 0.05), size=(60.0, 40.0)),
        make_stamp(("#gfprlne", 0.05), has_ink=False),
        make_stamp(("#gfprlne", 0.05), framed=False),
        make_stamp(("THƯỢNG#ñúWc KHẨN", 0.05)),
        make_stamp(("Ảnh 3 x 4", 0.8)),
    ],
)
def test_an_unread_frame_is_no_hit_when_something_rules_a_mark_out(stamp: StampText) -> None:
    """Another size, an empty frame, no frame, a word of urgency or a sure reading let the page pass."""
    assert not judge_secrecy(EMPTY, [stamp]).is_hit


@pytest.mark.parametrize(
    ("word", "is_hit"), [("KHAN", False), ("HOA TOC", False), ("MAT", True), ("TOI MAT", True)]
)
def test_the_shape_of_a_word_tells_urgency_from_secrecy_where_print_crosses(word: str, is_hit: bool) -> None:
    """An unread frame passes when its letters look like a word of urgency, and clearly not like secrecy."""
    assert judge_secrecy(EMPTY, [make_stamp(("#gfprlne", 0.05), image=draw_word(word))]).is_hit == is_hit


def test_print_read_across_a_frame_does_not_speak_for_the_stamp() -> None:
    """A sure reading clears a frame of its own words, not one that a line of the page runs through."""
    stamp = make_stamp(("gia tri den", 0.9), image=draw_word("TOI MAT"))
    assert not judge_secrecy(EMPTY, [stamp]).is_hit
    assert judge_secrecy(make_page("có giá trị đến ngày ký"), [stamp]).outcome is Outcome.CANNOT_TELL
    ordinary = make_stamp(("gia tri den", 0.9))
    assert not judge_secrecy(make_page("có giá trị đến ngày ký"), [ordinary]).is_hit


@pytest.mark.parametrize(
    ("text", "confidence", "is_hit"), [("ĐẾN", 0.96, False), ("ĐẾN", 0.6, True), ("đến", 0.96, True)]
)
def test_the_stamp_of_receipt_names_itself_under_print(text: str, confidence: float, is_hit: bool) -> None:
    """Its one word in capitals, read surely, explains a frame that a line of the page runs through."""
    stamp = make_stamp((text, confidence), image=draw_word("TOI MAT"))
    assert judge_secrecy(make_page("có giá trị đến ngày ký"), [stamp]).is_hit is is_hit


def test_a_doubtful_reading_gives_way_to_the_shape_of_secrecy() -> None:
    """A tangle of stamp and print may be read half surely as words; its shape then decides."""
    assert judge_secrecy(EMPTY, [make_stamp(("TUXÊ QUYẾT", 0.7), image=draw_word("TUYET MAT"))]).is_hit
    assert not judge_secrecy(EMPTY, [make_stamp(("TUXÊ QUYẾT", 0.7))]).is_hit


def test_a_frame_without_letters_or_likeness_is_no_hit() -> None:
    """An empty cell with a stray line in it is no stamp."""
    image = np.full((80, 230), 255, np.uint8)
    cv2.line(image, (0, 70), (229, 60), 0, 2)
    assert not judge_secrecy(EMPTY, [make_stamp(image=image)]).is_hit
    assert judge_secrecy(EMPTY, [make_stamp(image=draw_word("MAT"))]).is_hit


def test_numbers_read_in_a_frame_explain_nothing() -> None:
    """A date that runs through a stamp is no word of its own."""
    assert judge_secrecy(EMPTY, [make_stamp(("3410494", 0.9))]).is_hit


def test_the_flatter_half_of_a_frame_is_spoken_for_by_the_whole() -> None:
    """Print through a frame makes a second, flatter one: what was read in the whole decides."""
    half = make_stamp(("#gfp", 0.0), size=(30.0, 7.0))
    assert judge_secrecy(EMPTY, [half]).is_hit
    assert not judge_secrecy(EMPTY, [half, make_stamp(("HỎA TỐC", 0.8))]).is_hit
    assert judge_secrecy(EMPTY, [half, make_stamp(("2#f", 0.1))]).is_hit


def test_the_second_line_of_a_recall_stamp_stops_when_the_first_is_lost() -> None:
    """`Thời hạn` in a frame of recall size counts unless the other line is surely something else."""
    lost = make_stamp(("2N 7#", 0.1), ("Thời hạn: 30", 0.2), size=(54.0, 18.0))
    other = make_stamp(("SAO LỤC HỒ SƠ", 0.9), ("Thời hạn: 30", 0.2), size=(54.0, 18.0))
    assert judge_secrecy(EMPTY, [lost]).outcome is Outcome.CANNOT_TELL
    assert not judge_secrecy(EMPTY, [other]).is_hit


@pytest.mark.parametrize(
    "lines",
    [
        ("Số: 12/BC-UBND", "MẬT", "BÁO CÁO"),
        ("MẬT  BÁO CÁO", "Kết quả"),
        ("TỐI MẬT",),
        ("TUYỆT MẬT  QUYẾT ĐỊNH",),
        ("TÀI LIỆU THU HỒI",),
        ("M  Ậ  T",),
        ("T U Y Ệ T  M Ậ T",),
    ],
)
@pytest.mark.parametrize("rotation", [0, 90])
def test_a_mark_standing_alone_in_the_text_is_a_hit(lines: tuple[str, ...], rotation: int) -> None:
    """A mark printed with the text in zone 10a stops the page, also beside the title and on a turned page."""
    assert judge_secrecy(make_page(*lines, rotation=rotation), []).outcome is Outcome.SECRET


def test_a_mark_that_language_took_for_another_word_is_a_hit() -> None:
    """What was read counts beside what it was repaired to."""
    page = make_page("Số: 12/BC-UBND", "MẬT")
    words = tuple(
        dataclasses.replace(word, text="MỘT") if word.text == "MẬT" else word for word in page.words
    )
    assert judge_secrecy(dataclasses.replace(page, words=words), []).level is Level.MAT


@pytest.mark.parametrize(
    "lines",
    [
        ("giữ bí mật thông tin cá nhân",),
        ("thuộc DANH MỤC BÍ MẬT NHÀ NƯỚC không được",),
        ("DANH MỤC BÍ", "MẬT"),
        ("BẢO VỆ BÍ MẬT",),
        ("NGUYỄN VĂN MẬT",),
        ("Mật Thị Hiền",),
        ("Mật",),
        ("tối mật",),
        ("MẬT ĐỘ DÂN SỐ",),
        ("QUYẾT ĐỊNH", "Thu hồi giấy phép"),
        ("THU HỒI",),
        ("một hai ba bốn MẬT năm sáu bảy",),
    ],
)
def test_ordinary_words_are_no_hit(lines: tuple[str, ...]) -> None:
    """Running text, family names, headings and titles about recall let the page pass."""
    assert judge_secrecy(make_page(*lines), []).outcome is Outcome.CLEAR


def test_circulation_marks_restrict_and_do_not_stop() -> None:
    """LƯU HÀNH NỘI BỘ in a stamp or alone in the text restricts who may read."""
    assert judge_secrecy(EMPTY, [make_stamp(("LƯU HÀNH NỘI BỘ", 0.9))]).is_restricted
    assert judge_secrecy(make_page("XEM XONG TRẢ LẠI"), []).is_restricted
    assert not judge_secrecy(make_page("BÁO CÁO"), []).is_restricted


def test_the_highest_mark_names_the_verdict() -> None:
    """Of several marks on a page the higher level is reported."""
    stamps = [make_stamp(("MẬT", 0.9)), make_stamp(("TUYỆT MẬT", 0.9))]
    assert judge_secrecy(EMPTY, stamps).level is Level.TUYET_MAT


def test_a_verdict_holds_no_text() -> None:
    """After a hit nothing of the content may be kept: level and page number only."""
    verdict = judge_secrecy(make_page("MẬT"), [make_stamp(("MẬT", 0.9))], 1)
    assert dataclasses.asdict(verdict) == {
        "outcome": Outcome.SECRET,
        "page": 1,
        "level": Level.MAT,
        "is_restricted": False,
    }


@pytest.mark.parametrize(
    ("one", "other", "edits"), [("", "MAT", 3), ("MAT", "MAT", 0), ("TOIMAT", "TUMAT", 2)]
)
def test_edits_are_counted(one: str, other: str, edits: int) -> None:
    """The Levenshtein distance, the same both ways."""
    assert count_edits(one, other) == count_edits(other, one) == edits


def test_letters_are_folded_whatever_the_unicode_form() -> None:
    """Composed and decomposed text, Đ and look-alike digits give the same capitals."""
    assert fold_letters("Mật") == fold_letters("MA\u0323\u0302T") == "MAT"
    assert fold_letters("Đ0!") == "DOI"
