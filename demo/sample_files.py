"""Writes drawn papers as the files a scanner or an office program leaves (ghi tệp mẫu)."""

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name
from PIL import Image
from sample_layout import (
    FACE_SCALE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    STYLES,
    PageLayout,
    Run,
    find_font_path,
    layout_paper,
)
from sample_text import Paper


def write_scan_pdf(path: Path, pages: Sequence[Image.Image], dpi: int, quality: int = 82) -> Path:
    """A PDF of JPEG scans, one a page, as a network scanner makes it."""
    pdf = pikepdf.new()
    for page in pages:
        _add_scan_page(pdf, page, dpi, quality)
    pdf.docinfo["/Producer"] = "Sample Scanner 1.0"
    pdf.save(path, deterministic_id=True)
    return path


def _add_scan_page(pdf: pikepdf.Pdf, page: Image.Image, dpi: int, quality: int) -> None:
    stored = page if page.mode in ("L", "RGB") else page.convert("L")
    buffer = io.BytesIO()
    stored.save(buffer, "JPEG", quality=quality, dpi=(dpi, dpi))
    image = pdf.make_stream(
        buffer.getvalue(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=stored.width,
        Height=stored.height,
        ColorSpace=Name.DeviceGray if stored.mode == "L" else Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    width, height = stored.width * 72 / dpi, stored.height * 72 / dpi
    content = pdf.make_stream(f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Im0 Do Q".encode())
    sheet = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(width, 2), round(height, 2)]),
        Resources=Dictionary(XObject=Dictionary(Im0=image)),
        Contents=content,
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(sheet)))


def write_tiff(path: Path, pages: Sequence[Image.Image], dpi: int) -> Path:
    """A multi-page TIFF; black-and-white pages as fax group 4, others as LZW."""
    compression = "group4" if all(page.mode == "1" for page in pages) else "tiff_lzw"
    first, *rest = pages
    first.save(path, "TIFF", save_all=True, append_images=rest, compression=compression, dpi=(dpi, dpi))
    return path


def write_jpeg(path: Path, page: Image.Image, dpi: int, quality: int = 85) -> Path:
    """A JPEG that says its resolution."""
    page.convert("RGB").save(path, "JPEG", quality=quality, dpi=(dpi, dpi))
    return path


def write_truncated(path: Path, source: Path, share: float = 0.4) -> Path:
    """The first part of a file, as a broken transfer leaves it."""
    data = source.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def write_encrypted_pdf(path: Path, source: Path, password: str = "khong-doan-duoc") -> Path:
    """The same PDF behind a password to open it."""
    with pikepdf.open(source) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user=password, owner=f"{password}-2", R=6))
    return path


def write_text_pdf(path: Path, paper: Paper) -> Path:
    """A born-digital PDF with embedded fonts and real text, without seal or signature (PDF gốc số)."""
    pdf = pikepdf.new()
    layouts = layout_paper(paper)
    fonts = {style: _EmbeddedFont(pdf, paper.face, style, _used_letters(layouts, style)) for style in STYLES}
    resources = Dictionary(Font=Dictionary({f"/{style}": font.object for style, font in fonts.items()}))
    for layout in layouts:
        content = "\n".join([_show_run(run, fonts[run.style], layout.face) for run in layout.runs])
        rules = [
            f"{r.x0:.2f} {PAGE_HEIGHT - r.y:.2f} m {r.x1:.2f} {PAGE_HEIGHT - r.y:.2f} l S"
            for r in layout.rules
        ]
        stream = pdf.make_stream("\n".join(["0.7 w", *rules, "BT", content, "ET"]).encode())
        sheet = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, PAGE_WIDTH, PAGE_HEIGHT]),
            Resources=resources,
            Contents=stream,
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(sheet)))
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = f"{paper.kind} {paper.number}".strip()
    pdf.save(path, deterministic_id=True)
    return path


def _used_letters(layouts: Sequence[PageLayout], style: str) -> str:
    return "".join(
        sorted({c for page in layouts for run in page.runs if run.style == style for c in run.text + " "})
    )


def _show_run(run: Run, font: "_EmbeddedFont", face: str) -> str:
    size = run.size * FACE_SCALE.get(face, 1.0)
    # Justified lines widen their spaces; a TJ array keeps the line one string for readers of the text.
    gap = f"{-run.extra * 1000 / size:.1f}"
    pieces = [f"<{font.encode(word + ' ')}> {gap}" for word in run.text.split(" ")[:-1]]
    pieces.append(f"<{font.encode(run.text.split(' ')[-1])}>")
    return (
        f"/{run.style} {size:.2f} Tf 1 0 0 1 {run.x:.2f} {PAGE_HEIGHT - run.y:.2f} Tm [{' '.join(pieces)}] TJ"
    )


class _EmbeddedFont:
    """A subset TrueType font in a PDF, its glyphs addressed by number (Identity-H)."""

    def __init__(self, pdf: pikepdf.Pdf, face: str, style: str, letters: str) -> None:
        font = TTFont(find_font_path(face, style), recalcTimestamp=False)
        options = subset.Options(layout_features=[], hinting=False)
        options.drop_tables += ["FFTM"]
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=letters or " ")
        subsetter.subset(font)
        buffer = io.BytesIO()
        font.save(buffer)
        self._glyphs = {chr(code): font.getGlyphID(name) for code, name in font.getBestCmap().items()}
        self.object = pdf.make_indirect(self._build(pdf, font, buffer.getvalue()))

    def encode(self, text: str) -> str:
        """The text as hexadecimal glyph numbers."""
        return "".join(f"{self._glyphs[letter]:04X}" for letter in text)

    def _build(self, pdf: pikepdf.Pdf, font: TTFont, data: bytes) -> Dictionary:
        name = Name(f"/SAMPLE+{font['name'].getDebugName(6)}")
        em, head, hhea = 1000 / font["head"].unitsPerEm, font["head"], font["hhea"]
        widths = [round(font["hmtx"][glyph][0] * em) for glyph in font.getGlyphOrder()]
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=name,
            Flags=4,
            FontBBox=Array([round(v * em) for v in (head.xMin, head.yMin, head.xMax, head.yMax)]),
            ItalicAngle=round(font["post"].italicAngle),
            Ascent=round(hhea.ascent * em),
            Descent=round(hhea.descent * em),
            CapHeight=700,
            StemV=80,
            FontFile2=pdf.make_stream(data, Length1=len(data)),
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            CIDToGIDMap=Name.Identity,
            W=Array([0, Array(widths)]),
        )
        return Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=name,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_stream(self._build_unicode_map()),
        )

    def _build_unicode_map(self) -> bytes:
        pairs = [f"<{glyph:04X}> <{ord(letter):04X}>" for letter, glyph in self._glyphs.items()]
        # A bfchar block holds at most 100 entries (ISO 32000-1, 9.10.3 and CMap specification).
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        body = "\n".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Sample def "
            "/CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
            f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end"
        ).encode()
