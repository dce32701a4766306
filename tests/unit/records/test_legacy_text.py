"""Old Vietnamese encodings come out as NFC, and Unicode text stays as it is."""

import pytest

from records.legacy_text import Encoding, convert_legacy, find_font_encoding, find_text_encoding, is_syllable

PAIRS = (
    (
        "Uỷ ban nhân dân xã đã cấp giấy khai sinh, kẻ sọc, chữ ký rõ ràng.",
        "Uû ban nh©n d©n x· ®· cÊp giÊy khai sinh, kÎ säc, ch÷ ký râ rµng.",
        "Uyû ban nhaân daân xaõ ñaõ caáp giaáy khai sinh, keû soïc, chöõ kyù roõ raøng.",
    ),
    (
        "Người nộp hồ sơ được nhận kết quả trước thứ bảy; nghỉ lễ thì nhận sau.",
        "Ng­êi nép hå s¬ ®­îc nhËn kÕt qu¶ tr­íc thø b¶y; nghØ lÔ th× nhËn sau.",
        "Ngöôøi noäp hoà sô ñöôïc nhaän keát quaû tröôùc thöù baûy; nghæ leã thì nhaän sau.",
    ),
    (
        "QUYẾT ĐỊNH VỀ VIỆC ĐẶT TÊN ĐƯỜNG",
        "QUYÕT §ÞNH VÒ VIÖC §ÆT TªN §¦êNG",
        "QUYEÁT ÑÒNH VEÀ VIEÄC ÑAËT TEÂN ÑÖÔØNG",
    ),
)


@pytest.mark.parametrize(("text", "tcvn3", "vni"), PAIRS)
def test_detects_and_converts_both_encodings(text: str, tcvn3: str, vni: str) -> None:
    """Text statistics alone tell the encoding, and every letter comes out in NFC."""
    assert find_text_encoding(tcvn3) is Encoding.TCVN3
    assert convert_legacy(tcvn3, Encoding.TCVN3) == text
    assert find_text_encoding(vni) is Encoding.VNI
    assert convert_legacy(vni, Encoding.VNI) == text


@pytest.mark.parametrize(
    "text",
    [
        "Người nộp hồ sơ được nhận kết quả",
        "Nguo\u031b\u0300i no\u0323\u0302p ho\u0302\u0300 so\u031b",
        "Straße, Müller & Söhne, Café à la crème",
        "Quyet dinh so 12/QD-UBND",
        "",
        "§ 5, ± 3 %, 20 °C, « trích »",
    ],
)
def test_leaves_other_text_alone(text: str) -> None:
    """Unicode, foreign and plain text is not taken for an old encoding."""
    assert find_text_encoding(text) is Encoding.UNICODE


def test_unicode_comes_out_in_nfc() -> None:
    """Decomposed text is composed."""
    assert convert_legacy("ho\u0302\u0300 so\u031b", Encoding.UNICODE) == "hồ sơ"


def test_capital_fonts_show_capitals() -> None:
    """What is typed in a font like .VnTimeH shows as capitals, whatever the codes say."""
    assert convert_legacy("céng hßa x· héi", Encoding.TCVN3, is_capital=True) == "CỘNG HÒA XÃ HỘI"


@pytest.mark.parametrize(
    ("name", "encoding", "is_capital"),
    [
        (".VnTime", Encoding.TCVN3, False),
        ("ABCDEF+.VnTimeH-Bold", Encoding.TCVN3, True),
        (".VnTime,Italic", Encoding.TCVN3, False),
        (".VnArial NarrowH", Encoding.TCVN3, True),
        ("VNI-Times", Encoding.VNI, False),
        ("BCDEFG+VNI-Helve-Condense", Encoding.VNI, False),
    ],
)
def test_font_names_tell_the_encoding(name: str, encoding: Encoding, *, is_capital: bool) -> None:
    """The families of old fonts are known by name, also as subsets and styles."""
    found = find_font_encoding(name)
    assert found is not None
    assert (found.encoding, found.is_capital) == (encoding, is_capital)


@pytest.mark.parametrize("name", ["TimesNewRomanPSMT", "ABCDEF+Vnuk", "Arial,Bold", "", "VnexpressSans"])
def test_other_fonts_name_no_encoding(name: str) -> None:
    """A name that only begins alike is no old font."""
    assert find_font_encoding(name) is None


def test_syllables_are_told_from_other_words() -> None:
    """Letters decide, tone and capitals do not."""
    assert all(is_syllable(word) for word in ("Nghiêng", "QUYẾT", "giấy", "khuỷu", "y", "Đắc"))
    assert not any(is_syllable(word) for word in ("Müller", "straße", "bbc", "ngh", "Ngêi­"))
