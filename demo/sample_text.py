"""Invented people, offices and papers of a province that does not exist (dữ liệu mẫu hư cấu).

Nothing here names a real person, commune or office. Personal numbers come from a counter, so that they
are plainly invented, yet have the form of decree 137/2015.
"""

import random
from dataclasses import dataclass, field
from datetime import date

from sample_paragraphs import FILLER_PARAGRAPHS, RESULT_KINDS, ResultKind

PROVINCE = "Lam Giang"
COMMUNES = ("Suối Trăng", "Bến Sỏi Đông", "Thạch Lĩnh Hạ", "Mường Khoai", "Đồng Lau", "Vạn Chài Bắc")
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Dương", "Lý")
MIDDLE = ("Văn", "Thị", "Ngọc", "Quang", "Minh", "Thanh", "Hữu", "Thu", "Đình", "Khánh")
GIVEN = ("Bưởi", "Cần", "Duyên", "Giang", "Hạnh", "Khải", "Lượng", "Mỹ", "Nghĩa", "Phượng", "Quý", "Tuệ")


@dataclass(frozen=True, slots=True)
class Paper:
    """An invented administrative paper in the layout of decree 30/2020 (văn bản mẫu).

    `kind` is printed in capitals, empty for an official letter (công văn). `owner_*`, `result_type`,
    `dossier_code` and `valid_until` are what a person would confirm as its fields.
    """

    agency: str
    parent_agency: str
    number: str
    place: str
    issued: date
    kind: str
    subject: str
    body: tuple[str, ...]
    recipients: tuple[str, ...]
    authority: str
    position: str
    signer: str
    owner_name: str = ""
    personal_number: str = ""
    dossier_code: str = ""
    result_type: str = ""
    valid_until: date | None = None
    face: str = "liberation"
    grounds: tuple[str, ...] = field(default=())


def invent_person(rng: random.Random) -> str:
    """A Vietnamese name put together at random (họ tên)."""
    return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}"


def invent_personal_number(ordinal: int, birth_year: int = 1990) -> str:
    """A personal number out of a counter (số định danh cá nhân): 12 digits, random part `000nnn`.

    Decree 137/2015: province of birth, century and sex, two digits of the year, six free digits.
    """
    century = 0 if birth_year < 2000 else 2
    return f"{1 + ordinal % 90:03d}{century + ordinal % 2}{birth_year % 100:02d}{ordinal % 1000:06d}"


def invent_dossier_code(ordinal: int, received: date) -> str:
    """A dossier code of the invented province (mã hồ sơ), e.g. H15.07-260115-0042."""
    return f"H15.{1 + ordinal % 60:02d}-{received:%y%m%d}-{ordinal % 10000:04d}"


def build_paper(
    seed: int,
    kind: ResultKind | None = None,
    issued: date | None = None,
    paragraphs: int = 3,
    ordinal: int | None = None,
) -> Paper:
    """An invented result paper; the same arguments give the same paper."""
    rng = random.Random(seed)
    kind = kind or rng.choice(RESULT_KINDS)
    issued = issued or date(rng.randint(2021, 2026), rng.randint(1, 9), rng.randint(1, 28))
    ordinal = seed if ordinal is None else ordinal
    commune, owner = rng.choice(COMMUNES), invent_person(rng)
    number = invent_personal_number(ordinal, rng.randint(1960, 2004))
    dossier = invent_dossier_code(ordinal, issued)
    valid_until = issued.replace(year=issued.year + kind.years) if kind.years else None
    body = _build_body(kind, rng, owner, number, dossier, commune, valid_until, paragraphs)
    return Paper(
        agency=f"ỦY BAN NHÂN DÂN XÃ {commune.upper()}",
        parent_agency=f"TỈNH {PROVINCE.upper()}",
        number=f"{rng.randint(1, 980):02d}/{kind.symbol}-UBND",
        place=commune,
        issued=issued,
        kind=kind.heading,
        subject=kind.subject,
        body=body,
        recipients=("Như trên;", "Sở Tư pháp (để báo cáo);", "Lưu: VT, MC."),
        authority="TM. ỦY BAN NHÂN DÂN",
        position=rng.choice(("CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
        signer=invent_person(rng),
        owner_name=owner,
        personal_number=number,
        dossier_code=dossier,
        result_type=kind.code,
        valid_until=valid_until,
        face=rng.choice(("liberation", "freefont", "noto")),
        grounds=kind.grounds,
    )


def _build_body(
    kind: ResultKind,
    rng: random.Random,
    owner: str,
    number: str,
    dossier: str,
    commune: str,
    valid_until: date | None,
    paragraphs: int,
) -> tuple[str, ...]:
    opening = kind.opening.format(
        owner=owner, number=number, dossier=dossier, commune=commune, province=PROVINCE
    )
    rounds = -(-paragraphs // len(FILLER_PARAGRAPHS))
    fillers = [text for _ in range(rounds) for text in rng.sample(FILLER_PARAGRAPHS, len(FILLER_PARAGRAPHS))]
    chosen = [text.format(commune=commune) for text in fillers[:paragraphs]]
    ending = f"Có giá trị đến ngày {valid_until:%d/%m/%Y}." if valid_until else "Có giá trị từ ngày ký."
    return (opening, *chosen, ending)
