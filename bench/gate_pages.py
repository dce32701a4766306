"""Invented pages for measuring the state-secret gate (trang thử cổng kiểm soát mật).

Every page follows from one seed. Secret ones carry a stamp of a known class; plain ones carry what must
not stop the gate: secrets in running text, family names, circulation, urgency and registry stamps.
"""

import io
import random
import sys
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "demo"))

from sample_effects import add_scan_look, add_skew, draw_blank_back, photocopy
from sample_layout import PageLayout, layout_paper
from sample_marks import BLACK, RED
from sample_papers import Paper, Stamp, build_paper, draw_pages

LEVELS = {
    "mat": "MẬT",
    "toi_mat": "TỐI MẬT",
    "tuyet_mat": "TUYỆT MẬT",
    "thu_hoi": "TÀI LIỆU THU HỒI\nThời hạn: {term}",
}
COLOURS = {"red": RED, "black": BLACK}
EFFECTS = ("fresh", "faint", "tilted", "faint+tilted", "over text")
PLACES = ("first", "later")
PLAIN = (
    "bare",
    "secret in text",
    "heading",
    "family name",
    "circulation",
    "urgency",
    "registry",
    "table",
    "blank back",
)
CIRCULATION = ("LƯU HÀNH NỘI BỘ", "XEM XONG TRẢ LẠI")
URGENCY = ("KHẨN", "THƯỢNG KHẨN", "HỎA TỐC")


@dataclass(frozen=True, slots=True)
class GateCase:
    """One page to be: its seed, whether the gate must stop it, and its class."""

    seed: int
    secret: bool
    level: str = ""
    colour: str = ""
    effect: str = ""
    place: str = "first"
    kind: str = ""


def build_cases(secret: int, plain: int, seed: int) -> list[GateCase]:
    """Cases spread evenly over all classes, in an order that depends on the seed."""
    rng = random.Random(seed)
    classes = list(product(LEVELS, COLOURS, EFFECTS, PLACES))
    rng.shuffle(classes)
    cases = [
        GateCase(seed * 100_003 + number, True, *classes[number % len(classes)]) for number in range(secret)
    ]
    for number in range(plain):
        kind = PLAIN[number % len(PLAIN)]
        colour, effect = rng.choice(list(COLOURS)), rng.choice(EFFECTS)
        cases.append(GateCase(seed * 100_003 + 50_000 + number, False, "", colour, effect, "first", kind))
    # Mixed, so that a run that was cut short is still a fair sample.
    rng.shuffle(cases)
    return cases


def draw_case(case: GateCase) -> tuple[bytes, int]:
    """The page as a JPEG at 150 or 200 dpi, as a scanner leaves it."""
    rng = random.Random(case.seed)
    dpi = rng.choice((150, 150, 200))
    if case.kind == "blank back":
        return _to_jpeg(draw_blank_back(dpi, case.seed), dpi), dpi
    paper, stamps = _compose(case, rng)
    page_number = 1 if case.place == "later" else 0
    page = draw_pages(paper, dpi, case.seed, stamps)[page_number]
    if case.kind == "table":
        _draw_table(page, dpi, rng)
    page = add_skew(page, rng.uniform(-1.5, 1.5))
    return _to_jpeg(_scan(page, case, rng), dpi), dpi


def _scan(page: Image.Image, case: GateCase, rng: random.Random) -> Image.Image:
    """Colour, grey or, where the stamp is not faint, a photocopy in grey."""
    mode = rng.choices(("colour", "grey", "copy"), (70, 20, 10))[0]
    if mode == "copy" and "faint" not in case.effect:
        return photocopy(page, case.seed, bilevel=False)
    scanned = add_scan_look(page, case.seed, noise=rng.uniform(2, 7))
    return scanned.convert("L") if mode == "grey" else scanned


def _to_jpeg(page: Image.Image, dpi: int) -> bytes:
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=78, dpi=(dpi, dpi))
    return buffer.getvalue()


def _compose(case: GateCase, rng: random.Random) -> tuple[Paper, list[Stamp]]:
    paragraphs = 14 if case.place == "later" else rng.randint(1, 3)
    paper = _say(build_paper(case.seed, paragraphs=paragraphs), case, rng)
    if not case.secret and case.kind not in ("circulation", "urgency", "registry"):
        return paper, []
    layouts = layout_paper(paper)
    number = 1 if case.place == "later" else 0
    return paper, [_build_stamp(case, layouts[number], number, rng)]


def _say(paper: Paper, case: GateCase, rng: random.Random) -> Paper:
    """The paper with the words its class is about."""
    if case.kind == "heading":
        subjects = ("BẢO VỆ BÍ MẬT NHÀ NƯỚC", "VỀ BẢO MẬT THÔNG TIN", "Về mật độ xây dựng", "MẬT ĐỘ DÂN SỐ")
        return replace(paper, subject=rng.choice(subjects))
    if case.kind == "family name":
        owner, signer = rng.choice((("Mật Thị Hiền", "Nguyễn Văn Mật"), ("MẬT VĂN AN", "MẬT THỊ HIỀN")))
        return replace(paper, body=(f"Ông (bà) {owner} được cấp giấy này.", *paper.body), signer=signer)
    if case.kind == "secret in text":
        lines = ("Tài liệu BÍ MẬT phải giao tận tay.", "Thông tin mật, tối mật, tuyệt mật không đưa vào đây.")
        return replace(paper, body=(*lines, *paper.body))
    return paper


def _build_stamp(case: GateCase, layout: PageLayout, number: int, rng: random.Random) -> Stamp:
    tilted, faint = "tilted" in case.effect, "faint" in case.effect
    tilt = rng.choice((-1, 1)) * rng.uniform(5, 15) if tilted else rng.uniform(-2, 2)
    stamp = Stamp(
        text=_stamp_text(case, rng),
        colour=COLOURS[case.colour],
        tilt=tilt,
        strength=rng.uniform(0.3, 0.5) if faint else rng.uniform(0.75, 1.0),
        worn=rng.uniform(0.0, 0.25),
        frame=rng.choice((1, 1, 1, 2)),
        size=rng.uniform(13, 15),
        page=number,
        face=rng.choice(("liberation", "liberation", "freefont", "noto", "sans")),
    )
    x, y = _place_over_text(layout, rng) if case.effect == "over text" else _place_free(stamp, layout, rng)
    return replace(stamp, x=x, y=y)


def _stamp_text(case: GateCase, rng: random.Random) -> str:
    if case.secret:
        term = rng.choice(("30 ngày", "31/12/2026", "................."))
        return LEVELS[case.level].format(term=term)
    if case.kind == "registry":
        first = rng.choice(("ĐẾN", "CÔNG VĂN ĐẾN", "SAO Y BẢN CHÍNH", "ĐÃ THU PHÍ"))
        return f"{first}\nSố: {rng.randint(10, 999)} Ngày {rng.randint(1, 28)}/{rng.randint(1, 12)}/2025"
    return rng.choice(CIRCULATION if case.kind == "circulation" else URGENCY)


def _place_free(stamp: Stamp, layout: PageLayout, rng: random.Random) -> tuple[float, float]:
    """Zone 10a, the top margin of a later page, or the empty foot for wide stamps."""
    if "\n" in stamp.text or len(stamp.text) > 10:
        lowest = max(run.y for run in layout.runs)
        return rng.uniform(170, 400), min(lowest + rng.uniform(60, 90), 790)
    if layout.runs[0].text.isdigit():
        return rng.uniform(110, 190), rng.uniform(36, 40)
    number = next(run for run in layout.runs if run.text.startswith("Số:"))
    return rng.uniform(130, 170), number.y + rng.uniform(30, 34)


def _place_over_text(layout: PageLayout, rng: random.Random) -> tuple[float, float]:
    """Half over print: lower half on the first body line, upper half on the last, or beside a title."""
    body = [run for run in layout.runs if run.size == 13.5 and run.style in ("regular", "italic")]
    title = [run for run in layout.runs if run.size in (13.5, 14) and run.style == "bold"]
    way = rng.choice(("above", "below", "beside"))
    if way == "beside" and title and title[0].y < 400:
        return title[0].x - rng.uniform(0, 12), title[0].y - 4
    if way == "below":
        return rng.uniform(140, 220), body[-1].y + rng.uniform(0, 5)
    return rng.uniform(150, 400), body[0].y - 10 - rng.uniform(0, 3)


def _draw_table(page: Image.Image, dpi: int, rng: random.Random) -> None:
    """A ruled table with words in its cells, one of them `Mật`, at the foot of the page."""
    scale = dpi / 72
    draw = ImageDraw.Draw(page)
    rows, columns = rng.randint(2, 4), rng.randint(2, 4)
    left, top, width, height = 90 * scale, 640 * scale, 110 * scale, rng.uniform(22, 30) * scale
    for row in range(rows + 1):
        y = top + row * height
        draw.line((left, y, left + columns * width, y), fill=(30, 30, 30), width=max(1, int(scale)))
    for column in range(columns + 1):
        x = left + column * width
        draw.line((x, top, x, top + rows * height), fill=(30, 30, 30), width=max(1, int(scale)))
