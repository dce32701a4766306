"""Where every line of a sample paper stands (bố cục trang theo nghị định 30/2020, phụ lục I).

Units are points (1/72 inch) on A4, origin top left, `y` the baseline. The same layout is drawn to
images (`sample_papers`) and to PDF text (`sample_files`).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageFont
from sample_text import Paper

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
LEFT, RIGHT, TOP, BOTTOM = 85.0, 548.0, 62.0, 775.0
LEFT_CENTRE, RIGHT_CENTRE = 170.0, 418.0
SIGN_HEIGHT = 170.0

FACES = {
    "liberation": ("liberation2/LiberationSerif-", ("Regular", "Bold", "Italic", "BoldItalic")),
    "freefont": ("freefont/FreeSerif", ("", "Bold", "Italic", "BoldItalic")),
    "noto": ("noto/NotoSerif-", ("Regular", "Bold", "Italic", "BoldItalic")),
    "sans": ("liberation2/LiberationSans-", ("Regular", "Bold", "Italic", "BoldItalic")),
}
STYLES = ("regular", "bold", "italic", "bolditalic")
# Noto Serif runs wide; the same text must fit the columns the decree gives.
FACE_SCALE = {"noto": 0.87}


@dataclass(frozen=True, slots=True)
class Run:
    """One printed line piece: text, style, size in points, start, points added to each space."""

    text: str
    style: str
    size: float
    x: float
    y: float
    extra: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin horizontal line from x0 to x1 at y (đường kẻ)."""

    x0: float
    x1: float
    y: float


@dataclass(frozen=True, slots=True)
class PageLayout:
    """Everything printed on one page; `sign_y` is where the signature stands, None without one."""

    face: str
    runs: tuple[Run, ...]
    rules: tuple[Rule, ...]
    sign_y: float | None = None


def find_font_path(face: str, style: str) -> Path:
    """The font file of a face and style; raises FileNotFoundError naming the Debian package folder."""
    stem, names = FACES[face]
    path = Path(f"/usr/share/fonts/truetype/{stem}{names[STYLES.index(style)]}.ttf")
    if not path.exists():
        raise FileNotFoundError(f"thiếu phông chữ {path}: chạy `make setup`")
    return path


@cache
def load_font(face: str, style: str, pixels: int) -> ImageFont.FreeTypeFont:
    """A font at a pixel size, loaded once."""
    path = str(find_font_path(face, style))
    return ImageFont.truetype(path, pixels, layout_engine=ImageFont.Layout.BASIC)


def measure(text: str, face: str, style: str, size: float) -> float:
    """Width of a text in points."""
    return load_font(face, style, 200).getlength(text) * size * FACE_SCALE.get(face, 1.0) / 200


class _Sheet:
    """Collects the runs of one page while it is laid out."""

    def __init__(self, face: str) -> None:
        self.face = face
        self.runs: list[Run] = []
        self.rules: list[Rule] = []
        self.y = TOP
        self.sign_y: float | None = None

    def centre(self, text: str, style: str, size: float, x: float, y: float) -> None:
        width = measure(text, self.face, style, size)
        self.runs.append(Run(text, style, size, x - width / 2, y))

    def centre_lines(self, text: str, style: str, size: float, x: float, y: float, width: float) -> float:
        for line in wrap(text, self.face, style, size, width):
            self.centre(line, style, size, x, y)
            y += size * 1.22
        return y

    def done(self) -> PageLayout:
        return PageLayout(self.face, tuple(self.runs), tuple(self.rules), self.sign_y)


def wrap(text: str, face: str, style: str, size: float, width: float, indent: float = 0.0) -> list[str]:
    """Words broken into lines no wider than `width` points, the first shorter by `indent`."""
    lines: list[str] = []
    current, room = "", width - indent
    for word in text.split():
        longer = f"{current} {word}".strip()
        if current and measure(longer, face, style, size) > room:
            lines.append(current)
            current, room = word, width
        else:
            current = longer
    return [*lines, current] if current else lines


def layout_paper(paper: Paper) -> list[PageLayout]:
    """The pages of a paper: header, title, body over as many pages as it takes, signature block."""
    sheet, done = _Sheet(paper.face), list[PageLayout]()
    _lay_header(sheet, paper)
    paragraphs = [(text, "italic") for text in paper.grounds] + [(text, "regular") for text in paper.body]
    for text, style in paragraphs:
        lines = wrap(text, paper.face, style, 13.5, RIGHT - LEFT, 34)
        for number, line in enumerate(lines):
            if sheet.y > BOTTOM:
                done.append(sheet.done())
                sheet = _next_sheet(paper.face, len(done) + 1)
            _lay_body_line(sheet, line, style, first=number == 0, last=number == len(lines) - 1)
        sheet.y += 6
    if sheet.y + SIGN_HEIGHT > BOTTOM + 20:
        done.append(sheet.done())
        sheet = _next_sheet(paper.face, len(done) + 1)
    _lay_signature(sheet, paper)
    return [*done, sheet.done()]


def _next_sheet(face: str, number: int) -> _Sheet:
    sheet = _Sheet(face)
    sheet.centre(str(number), "regular", 13, PAGE_WIDTH / 2, 40)
    sheet.y = TOP + 12
    return sheet


def _lay_body_line(sheet: _Sheet, line: str, style: str, *, first: bool, last: bool) -> None:
    x = LEFT + (34 if first else 0)
    gaps = line.count(" ")
    spare = RIGHT - x - measure(line, sheet.face, style, 13.5)
    extra = 0.0 if last or not gaps else spare / gaps
    sheet.runs.append(Run(line, style, 13.5, x, sheet.y, extra))
    sheet.y += 19.5


def _lay_header(sheet: _Sheet, paper: Paper) -> None:
    face = paper.face
    y = sheet.centre_lines(paper.parent_agency, "regular", 12, LEFT_CENTRE, TOP, 185)
    y = sheet.centre_lines(paper.agency, "bold", 12, LEFT_CENTRE, y, 185)
    sheet.rules.append(Rule(LEFT_CENTRE - 34, LEFT_CENTRE + 34, y - 9))
    sheet.centre(f"Số: {paper.number}", "regular", 13, LEFT_CENTRE, y + 10)
    left_end = y + 14
    if not paper.kind:
        left_end = sheet.centre_lines(f"V/v {paper.subject}", "regular", 12, LEFT_CENTRE, y + 27, 185)
    sheet.centre("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "bold", 12, RIGHT_CENTRE, TOP)
    motto = "Độc lập - Tự do - Hạnh phúc"
    sheet.centre(motto, "bold", 13, RIGHT_CENTRE, TOP + 16)
    half = measure(motto, face, "bold", 13) / 2
    sheet.rules.append(Rule(RIGHT_CENTRE - half, RIGHT_CENTRE + half, TOP + 21))
    day = f"{paper.place}, ngày {paper.issued:%d} tháng {_month(paper)} năm {paper.issued:%Y}"
    sheet.centre(day, "italic", 13, RIGHT_CENTRE, TOP + 46)
    sheet.y = max(left_end, TOP + 50) + 52
    if paper.kind:
        sheet.centre(paper.kind, "bold", 14, PAGE_WIDTH / 2 + 15, sheet.y)
        end = sheet.centre_lines(paper.subject, "bold", 13.5, PAGE_WIDTH / 2 + 15, sheet.y + 19, 380)
        sheet.rules.append(Rule(PAGE_WIDTH / 2 - 30, PAGE_WIDTH / 2 + 60, end - 9))
        sheet.y = end + 16


def _month(paper: Paper) -> str:
    # Decree 30/2020, annex I: only January and February take a leading zero.
    return f"{paper.issued.month:02d}" if paper.issued.month < 3 else str(paper.issued.month)


def _lay_signature(sheet: _Sheet, paper: Paper) -> None:
    top = sheet.y + 12
    sheet.runs.append(Run("Nơi nhận:", "bolditalic", 12, LEFT, top))
    for number, name in enumerate(paper.recipients):
        sheet.runs.append(Run(f"- {name}", "regular", 11, LEFT, top + 15 + 13.5 * number))
    sheet.centre(paper.authority, "bold", 13, RIGHT_CENTRE, top)
    sheet.centre(paper.position, "bold", 13, RIGHT_CENTRE, top + 16)
    sheet.sign_y = top + 62
    sheet.centre(paper.signer, "bold", 13.5, RIGHT_CENTRE, top + 112)
