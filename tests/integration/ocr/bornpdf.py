"""Draws invented born-digital PDFs: text with real fonts, old encodings, and ways in which text can lie."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pikepdf
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fpdf import FPDF
from fpdf.enums import TextMode
from PIL import Image

FONT = next(
    path
    for path in (
        Path("/usr/share/fonts/truetype/freefont/FreeSerif.ttf"),
        Path("/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"),
    )
    if path.exists()
)
STAMP_FONT = FONT.with_name("FreeSansBold.ttf" if FONT.stem == "FreeSerif" else "LiberationSans-Bold.ttf")
LINES = (
    "ỦY BAN NHÂN DÂN TỈNH HOÀ MẪU",
    "Số: 1734/QĐ-UBND ngày 15 tháng 01 năm 2026",
    "QUYẾT ĐỊNH",
    "Về việc cấp giấy phép xây dựng nhà ở riêng lẻ",
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
    "Căn cứ Nghị định số 118/2025/NĐ-CP của Chính phủ về thủ tục hành chính;",
    "Xét đề nghị của Giám đốc Sở Xây dựng tại Tờ trình số 45/TTr-SXD.",
    "Điều 1. Cấp giấy phép cho Ông: Trần Văn Mẫu, được xây dựng nhà ở.",
    "Giấy phép này có giá trị đến ngày 31/12/2027.",
    "Điều 2. Chánh Văn phòng và các đơn vị liên quan thi hành Quyết định này.",
)
"""Lines of an invented decision; the date, number and symbol hold every kind of sign."""


def draw_text(
    lines: Sequence[str] = LINES, font: Path = FONT, name: str = "Body", size: float = 13, **options: object
) -> bytes:
    """A one-page A4 PDF with lines of text; `mode`, `colour` and `top` change how they are painted."""
    pdf = FPDF(unit="pt", format="A4")
    pdf.add_font(name, fname=font)
    pdf.add_page()
    add_lines(pdf, lines, name, size, **options)
    return bytes(pdf.output())


def add_lines(
    pdf: FPDF, lines: Sequence[str], name: str = "Body", size: float = 13, **options: object
) -> None:
    """Lines of text on the current page."""
    pdf.set_font(name, size=size)
    colour = options.get("colour", (0, 0, 0))
    assert isinstance(colour, tuple)
    pdf.set_text_color(*colour)
    mode = options.get("mode", TextMode.FILL)
    assert isinstance(mode, TextMode)
    top = options.get("top", 90)
    assert isinstance(top, int)
    with pdf.local_context(text_mode=mode):
        for number, line in enumerate(lines):
            pdf.text(85, top + number * size * 1.7, line)


def draw_with_stamp(stamp: str, *, reversed_out: bool = False) -> bytes:
    """The page of `draw_text` with a few letters of a font of their own, white on black if asked for."""
    pdf = FPDF(unit="pt", format="A4")
    pdf.add_font("Body", fname=FONT)
    pdf.add_font("Stamp", fname=STAMP_FONT)
    pdf.add_page()
    add_lines(pdf, LINES, top=150)
    pdf.set_font("Stamp", size=18)
    if reversed_out:
        pdf.rect(90, 58, 120, 28, style="F")
        pdf.set_text_color(255, 255, 255)
    pdf.text(100, 80, stamp)
    return bytes(pdf.output())


def change(data: bytes, page: Mapping[str, object]) -> bytes:
    """The same file with entries of its first page set."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for key, value in page.items():
            pdf.pages[0].obj[key] = value
        return to_bytes(pdf)


def turn_content(data: bytes) -> bytes:
    """The same page lying on its side as stored, without saying so in /Rotate."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        height, width = float(page.mediabox[3]), float(page.mediabox[2])
        page.contents_add(pdf.make_stream(f"q 0 1 -1 0 {height} 0 cm".encode()), prepend=True)
        page.contents_add(pdf.make_stream(b"Q"))
        page.mediabox = pikepdf.Array([0, 0, height, width])
        return to_bytes(pdf)


def swap_in_maps(data: bytes, letters: Mapping[str, str], font: str = "") -> bytes:
    """The same picture, but ToUnicode maps of fonts of that name give other letters for some glyphs."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for held in pdf.objects:
            is_font = isinstance(held, pikepdf.Dictionary) and "/ToUnicode" in held
            if is_font and font in str(held.get("/BaseFont")):
                held.ToUnicode.write(_swap(bytes(held.ToUnicode.read_bytes()), letters))
        return to_bytes(pdf)


def _swap(cmap: bytes, letters: Mapping[str, str]) -> bytes:
    lines = cmap.decode("latin-1").splitlines()
    codes = {f"<{ord(one):04X}>": f"<{ord(other):04X}>" for one, other in letters.items()}
    for number, line in enumerate(lines):
        parts = line.split()
        if len(parts) == 2 and parts[1] in codes:
            lines[number] = f"{parts[0]} {codes[parts[1]]}"
    return "\n".join(lines).encode("latin-1")


def say_otherwise(data: bytes, text: str) -> bytes:
    """The same picture, but its second line of text says in the file that it stands for other words."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        content = bytes(page.Contents.read_bytes())
        start = content.find(b"BT", content.find(b"ET"))
        end = content.find(b"ET", start) + 2
        said = text.encode("utf-16-be").hex().encode()
        head = b"/Span <</ActualText <FEFF" + said + b">>> BDC "
        page.Contents = pdf.make_stream(content[:start] + head + content[start:end] + b" EMC" + content[end:])
        return to_bytes(pdf)


def cover_with(data: bytes, picture: bytes) -> bytes:
    """The same page with a JPEG laid over the whole of it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        width, height = Image.open(io.BytesIO(picture)).size
        image = pdf.make_stream(picture)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = width, height, 8
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
        page = pdf.pages[0]
        name = page.add_resource(image, pikepdf.Name.XObject)
        sheet_width, sheet_height = page.mediabox[2], page.mediabox[3]
        page.contents_add(pdf.make_stream(f"q {sheet_width} 0 0 {sheet_height} 0 0 cm {name} Do Q".encode()))
        return to_bytes(pdf)


def join(*files: bytes) -> bytes:
    """The pages of several files in one."""
    with pikepdf.new() as whole:
        for data in files:
            with pikepdf.open(io.BytesIO(data)) as part:
                whole.pages.extend(part.pages)
        return to_bytes(whole)


def to_bytes(pdf: pikepdf.Pdf) -> bytes:
    """A document as bytes."""
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def build_old_font(folder: Path, name: str, letters: Mapping[str, str], *, is_capital: bool = False) -> Path:
    """A font that shows Vietnamese letters under other codes, as fonts before Unicode did.

    `letters` gives for each code the letter it shows; a capital font shows every letter as its capital.
    """
    font = TTFont(FONT)
    shown = font.getBestCmap()
    table: dict[int, str] = {}
    for code in range(32, 127):
        table[code] = shown[ord(chr(code).upper() if is_capital else chr(code))]
    for code, letter in letters.items():
        table[ord(code)] = shown[ord(letter.upper() if is_capital else letter)]
    options = Options(glyph_names=True, notdef_outline=True, layout_features=[])
    for part in font["cmap"].tables:
        if part.isUnicode():
            part.cmap = dict(table)
    # A symbol font's own table: programs without Unicode look glyphs up by byte.
    bytes_table = CmapSubtable.newSubtable(4)
    bytes_table.platformID, bytes_table.platEncID, bytes_table.language = 3, 0, 0
    bytes_table.cmap = {0xF000 + code: glyph for code, glyph in table.items() if code < 256}
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = name
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(table))
    subsetter.subset(font)
    font["cmap"].tables.append(bytes_table)
    path = folder / f"{name.strip('.')}.ttf"
    font.save(path)
    return path


def draw_simple_font(text: bytes, font: Path, name: str, size: float = 13) -> bytes:
    """Lines in a simple symbolic TrueType font without any ToUnicode map, as old programs wrote."""
    face = TTFont(font)
    table, widths = face.getBestCmap(), face["hmtx"]
    scale = 1000 / face["head"].unitsPerEm
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        program = pdf.make_stream(font.read_bytes())
        program.Length1 = font.stat().st_size
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name("/" + name), Flags=4, ItalicAngle=0,
            FontBBox=[-200, -250, 1200, 1000], Ascent=900, Descent=-250, CapHeight=660, StemV=80,
            FontFile2=program,
        )  # fmt: skip
        characters = [chr(code) for code in range(32, 256)]
        held = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.TrueType, BaseFont=pikepdf.Name("/" + name),
            FirstChar=32, LastChar=255,
            Widths=[
                round(widths[table[ord(one)]][0] * scale) if ord(one) in table else 0 for one in characters
            ],
            FontDescriptor=pdf.make_indirect(descriptor),
        )  # fmt: skip
        page = pdf.pages[0]
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary({"/F": pdf.make_indirect(held)}))
        shown = b"".join(
            b"1 0 0 1 85 %d Tm <%s> Tj\n" % (760 - 24 * row, line.hex().encode())
            for row, line in enumerate(text.split(b"\n"))
        )
        page.Contents = pdf.make_stream(b"BT /F %d Tf\n%sET" % (size, shown))
        return to_bytes(pdf)
