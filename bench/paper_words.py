"""Words of invented papers (lời văn bản mẫu): offices, kinds, subjects and paragraphs put together at random.

The province and everybody in it are invented, as in demo/sample_text.py; what offices, positions and
kinds of papers are called follows decree 30/2020, annexes I and III.
"""

import random
from dataclasses import dataclass, replace
from datetime import date

from sample_text import COMMUNES, FAMILY, GIVEN, MIDDLE, PROVINCE, Paper, build_paper

RESULT_SHARE = 0.4
"""Share of papers that are results for a citizen, with owner and dossier; the rest is letters and rulings."""

_MIDDLE = (*MIDDLE, "Đức", "Xuân", "Hồng", "Kim", "Công", "Phương", "Bích", "Trọng", "Thế", "Diệu")
_GIVEN = (*GIVEN, "Ẩn", "Bằng", "Chuẩn", "Đạt", "Hiển", "Kiều", "Lĩnh", "Mẫn", "Nhựt", "Oánh", "Phụng", "Sửu",
          "Thủy", "Tường", "Uyển", "Vỹ", "Xuyến", "Yến")  # fmt: skip
_COMMUNES = (*COMMUNES, "Thủy Vọng", "Phước Nghĩa Tây", "Cửa Ải", "Hữu Lũng Sơn", "Trà Vằng", "Nậm Tỉa")

# Name, abbreviation in the symbol, head's position, deputy's position.
_DEPARTMENTS = (
    ("SỞ NỘI VỤ", "SNV"), ("SỞ TƯ PHÁP", "STP"), ("SỞ XÂY DỰNG", "SXD"), ("SỞ CÔNG THƯƠNG", "SCT"),
    ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "SKHCN"), ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", "SGDĐT"), ("SỞ TÀI CHÍNH", "STC"),
    ("SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "SNNMT"), ("SỞ Y TẾ", "SYT"), ("THANH TRA TỈNH", "TTr"),
    ("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "SVHTTDL"),
)  # fmt: skip
_KINDS = (
    ("QUYẾT ĐỊNH", "QĐ"), ("QUYẾT ĐỊNH", "QĐ"), ("THÔNG BÁO", "TB"), ("BÁO CÁO", "BC"), ("TỜ TRÌNH", "TTr"),
    ("KẾ HOẠCH", "KH"), ("CHỈ THỊ", "CT"), ("HƯỚNG DẪN", "HD"), ("GIẤY MỜI", "GM"), ("", ""), ("", ""),
)  # fmt: skip
_DIVISIONS = ("VP", "TCHC", "KTTH", "NV", "QLNN", "TCKH")
_DEEDS = (
    "phê duyệt kết quả", "kiểm tra việc thực hiện", "ban hành quy chế", "tăng cường công tác", "điều chỉnh",
    "triển khai thực hiện", "công bố danh mục", "thành lập tổ công tác", "báo cáo tình hình", "sửa đổi",
    "tổ chức hội nghị tổng kết", "giao chỉ tiêu", "hỗ trợ kinh phí", "xử lý vướng mắc trong",
)  # fmt: skip
_MATTERS = (
    "cải cách thủ tục hành chính", "quản lý đất đai và trật tự xây dựng", "chuyển đổi số trong cơ quan",
    "phòng, chống thiên tai và tìm kiếm cứu nạn", "số hóa hồ sơ lưu trữ lịch sử", "an toàn thực phẩm",
    "tuyển dụng viên chức ngành giáo dục", "vệ sinh môi trường nông thôn", "trợ giúp xã hội thường xuyên",
    "phổ cập giáo dục, xóa mù chữ", "cấp giấy chứng nhận quyền sử dụng đất", "đầu tư công trung hạn",
    "giải quyết khiếu nại, tố cáo của công dân", "bảo vệ rừng và phòng cháy, chữa cháy rừng",
)  # fmt: skip
_SCOPES = (
    "", "năm {year}", "giai đoạn {year} - {later}", "trên địa bàn tỉnh {province}", "6 tháng đầu năm {year}",
    "tại xã {commune}", "theo Nghị quyết số {number}/NQ-HĐND",
)  # fmt: skip
_SENTENCES = (
    "Căn cứ kết quả kiểm tra thực tế ngày {day}, {office} thống nhất {deed} {matter} theo đúng thẩm quyền.",
    ("Yêu cầu thủ trưởng các cơ quan, đơn vị, Chủ tịch Ủy ban nhân dân các xã nghiêm túc thực hiện; báo cáo "
    "kết quả trước ngày {day} để tổng hợp, báo cáo cấp có thẩm quyền xem xét, quyết định."),
    ("Tổng kinh phí thực hiện là {money} đồng, trong đó ngân sách tỉnh {share}%, phần còn lại huy động từ "
    "các nguồn hợp pháp khác theo quy định của pháp luật."),
    ("Tính đến ngày {day} đã tiếp nhận {count} hồ sơ, giải quyết đúng hạn {share}%, còn {few} hồ sơ chưa đến "
    "hạn trả kết quả; không có hồ sơ quá hạn."),
    ("Giao {office} chủ trì, phối hợp với các đơn vị liên quan hướng dẫn, đôn đốc, kiểm tra việc {deed} "
    "{matter}; kịp thời tham mưu xử lý khó khăn, vướng mắc phát sinh."),
    "Văn bản này có hiệu lực kể từ ngày ký và thay thế Văn bản số {number}/{year} về {matter}.",
    "Các nội dung khác không nêu tại văn bản này được thực hiện theo Điều {few} Quy chế ban hành kèm theo.",
)  # fmt: skip
_RECIPIENTS = (
    "UBND tỉnh (để báo cáo);", "Các sở, ban, ngành;", "UBND các xã, phường;", "Cổng thông tin điện tử;",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Office:
    """An office and who signs for it: authority line, position, abbreviation of the symbol."""

    name: str
    parent: str
    place: str
    symbol: str
    title: str


def invent_paper(seed: int) -> Paper:
    """An invented paper of one or two pages; the same seed gives the same paper."""
    rng = random.Random(f"paper {seed}")
    if rng.random() < RESULT_SHARE:
        return _invent_result(seed, rng)
    office = _invent_office(rng)
    kind, symbol = rng.choice(_KINDS)
    issued = date(rng.randint(2016, 2026), rng.randint(1, 12), rng.randint(1, 28))
    subject = _sentence_start(_invent_subject(rng, issued))
    number = rng.choice(("{:02d}", "{:d}", "{:04d}")).format(rng.randint(1, 4999))
    tail = f"{symbol}-{office.symbol}" if symbol else f"{office.symbol}-{rng.choice(_DIVISIONS)}"
    authority, position = _invent_authority(rng, office)
    return Paper(
        agency=office.name,
        parent_agency=office.parent,
        number=f"{number}/{tail}",
        place=office.place,
        issued=issued,
        kind=kind,
        subject=f"Về việc {subject}" if kind else subject,
        body=tuple(_invent_paragraph(rng, issued) for _ in range(rng.randint(2, 4))),
        recipients=_invent_recipients(rng),
        authority=authority,
        position=position,
        signer=_invent_name(rng),
        face=_invent_face(rng),
    )


def _invent_result(seed: int, rng: random.Random) -> Paper:
    """A result for a citizen in the wording of the demonstration, by another signer of another commune."""
    drawn = build_paper(seed, paragraphs=rng.randint(1, 3))
    return replace(drawn, signer=_invent_name(rng), face=_invent_face(rng))


def _invent_office(rng: random.Random) -> _Office:
    way = rng.random()
    if way < 0.45:
        name, symbol = rng.choice(_DEPARTMENTS)
        parent = f"ỦY BAN NHÂN DÂN TỈNH {PROVINCE.upper()}"
        title = "CHÁNH THANH TRA" if name.startswith("THANH TRA") else "GIÁM ĐỐC"
        return _Office(name, parent, PROVINCE, symbol, title)
    if way < 0.65:
        return _Office(f"ỦY BAN NHÂN DÂN TỈNH {PROVINCE.upper()}", "", PROVINCE, "UBND", "CHỦ TỊCH")
    commune = rng.choice(_COMMUNES)
    name = f"ỦY BAN NHÂN DÂN XÃ {commune.upper()}"
    return _Office(name, f"TỈNH {PROVINCE.upper()}", commune, "UBND", "CHỦ TỊCH")


def _invent_authority(rng: random.Random, office: _Office) -> tuple[str, str]:
    """The line of authority and the position (decree 30/2020, annex I, part II.7): TM., KT. or none."""
    deputy = rng.random() < 0.55
    if office.symbol == "UBND" and not deputy:
        return "TM. ỦY BAN NHÂN DÂN", office.title
    return (f"KT. {office.title}", f"PHÓ {office.title}") if deputy else ("", office.title)


def _invent_subject(rng: random.Random, issued: date) -> str:
    scope = rng.choice(_SCOPES).format(
        year=issued.year,
        later=issued.year + 5,
        province=PROVINCE,
        commune=rng.choice(_COMMUNES),
        number=rng.randint(1, 99),
    )
    return f"{rng.choice(_DEEDS)} {rng.choice(_MATTERS)} {scope}".strip()


def _sentence_start(text: str) -> str:
    return text[0].lower() + text[1:]


def _invent_paragraph(rng: random.Random, issued: date) -> str:
    sentences = rng.sample(_SENTENCES, rng.randint(1, 2))
    return " ".join(
        sentence.format(
            day=f"{rng.randint(1, 28):02d}/{rng.randint(1, 12)}/{issued.year}",
            office=rng.choice(_DEPARTMENTS)[0].capitalize(),
            deed=rng.choice(_DEEDS),
            matter=rng.choice(_MATTERS),
            money=f"{rng.randint(10, 9999)}.{rng.randint(0, 999):03d}.000",
            share=rng.randint(20, 99),
            count=f"{rng.randint(1, 9)}.{rng.randint(0, 999):03d}",
            few=rng.randint(2, 60),
            number=rng.randint(1, 999),
            year=issued.year - rng.randint(1, 6),
        )
        for sentence in sentences
    )


def _invent_recipients(rng: random.Random) -> tuple[str, ...]:
    more = (
        "UBND tỉnh (để báo cáo);",
        "Các sở, ban, ngành;",
        "UBND các xã, phường;",
        "Cổng thông tin điện tử;",
    )
    chosen = rng.sample(more, rng.randint(1, 3))
    return ("Như trên;", *chosen, f"Lưu: VT, {rng.choice(_DIVISIONS)}.")


def _invent_name(rng: random.Random) -> str:
    middle = " ".join(rng.sample(_MIDDLE, rng.choice((1, 1, 1, 2))))
    return f"{rng.choice(FAMILY)} {middle} {rng.choice(_GIVEN)}"


def _invent_face(rng: random.Random) -> str:
    """Mostly Times-like print, as offices must use (decree 30/2020, annex I)."""
    return rng.choices(("liberation", "freefont", "noto"), (60, 25, 15))[0]
