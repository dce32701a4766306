"""A font that paints nothing for invisible text (phông chữ ẩn): every character has one blank glyph.

The idea is Tesseract's and OCRmyPDF's: a composite font whose codes are UTF-16 units, all mapped to one
blank glyph half an em wide, and a ToUnicode map that returns the codes. It covers Vietnamese fully.
"""

import io
from functools import cache

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pikepdf import Array, Dictionary, Name

FONT_NAME = "SohoaInvisible"
GLYPH_WIDTH = 500  # thousandths of the font size
ASCENT, DESCENT = 610, -150
"""What a printed word reaches over and under its baseline in thousandths of the font size.

The box around a word of print is about three quarters of its font's size high; with these figures the box
that programs draw around our invisible word is the print's, and their idea of line spacing is right too.
"""
_EM = 1000
_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
%d beginbfrange
%s
endbfrange
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


@cache
def build_font_file() -> bytes:
    """The TrueType program: .notdef and one blank glyph."""
    names = [".notdef", "blank"]
    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "blank"})
    builder.setupGlyf({".notdef": Glyph(), "blank": _draw_blank()})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (GLYPH_WIDTH, 0)))
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": FONT_NAME, "styleName": "Regular", "psName": FONT_NAME})
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWinAscent=ASCENT, usWinDescent=-DESCENT)
    builder.setupPost()
    buffer = io.BytesIO()
    builder.save(buffer)
    return buffer.getvalue()


def _draw_blank() -> Glyph:
    """A line there and back: it covers nothing, yet has the extent of a letter.

    PDFium, and browsers with it, leave out text whose glyphs are without extent across the page, which
    would be all text that runs upwards on a turned scan.
    """
    pen = TTGlyphPen(None)
    pen.moveTo((0, DESCENT))
    pen.lineTo((GLYPH_WIDTH, ASCENT))
    pen.closePath()
    return pen.glyph()


def add_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Add the font to a document; the indirect font dictionary comes back."""
    file = pdf.make_stream(build_font_file(), Length1=len(build_font_file()))
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name(f"/{FONT_NAME}"),
            Flags=4,
            FontBBox=Array([0, DESCENT, GLYPH_WIDTH, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=file,
        )
    )
    descendant = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name(f"/{FONT_NAME}"),
            CIDSystemInfo=Dictionary(
                Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
            ),
            FontDescriptor=descriptor,
            DW=GLYPH_WIDTH,
            CIDToGIDMap=pdf.make_stream(b"\x00\x01" * 0x10000),
        )
    )
    # A range may not run over the last byte of a code (ISO 32000-1 9.10.3), hence 256 rows in 100s.
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name(f"/{FONT_NAME}"),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([descendant]),
            ToUnicode=pdf.make_stream(_to_unicode_map()),
        )
    )


@cache
def _to_unicode_map() -> bytes:
    """The map of every code of the basic plane to itself."""
    rows = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>".encode() for high in range(256)]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    head, tail = _TO_UNICODE.split(b"%d beginbfrange\n%s\nendbfrange\n")
    middle = b"".join(b"%d beginbfrange\n%s\nendbfrange\n" % (len(b), b"\n".join(b)) for b in blocks)
    return head + middle + tail


def encode(text: str) -> bytes:
    """Codes of the text; what lies outside the basic plane becomes the replacement character."""
    return "".join(letter if ord(letter) < 0x10000 else "\ufffd" for letter in text).encode("utf-16-be")
