"""Page images of PDF files and image files (ảnh trang): the scan's own stream, or the page drawn."""

import io
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from ocr.errors import EncryptedSource, ImageTooLarge, UnreadableImage
from ocr.imagefile import (
    MAX_PAGES,
    MAX_PIXELS,
    count_image_pages,
    read_image_file,
    read_image_page,
    to_pixels,
)
from ocr.pdftext import read_printed_text
from ocr.scanpage import FullPageImage, find_full_page_image, is_cut_short, is_fax_cut_short
from ocr.source import Colour, FaxData, PictureForm, Pixels, SourcePage, plausible_dpi

DRAWING_DPI = 300
_SMALLEST_DRAWING_DPI = 72
_POINTS = 72.0
_SMALLEST_UNIT, _LARGEST_UNIT = 0.01, 100.0
_EMPTY_DPI = 100
_EMPTY_SHEET = (827, 1169)  # A4
PDF = "pdf"
_JBIG2 = "/JBIG2Decode"
# Scanners write calibrated spaces for what is sRGB or grey; the bytes stay the same under any of these.
_JPEG_SPACES = frozenset({"/DeviceRGB", "/DeviceGray", "/ICCBased", "/CalRGB", "/CalGray"})

# PDFium keeps global state and is not thread-safe.
_pdfium_lock = threading.Lock()


def iter_page_images(
    source: Path | bytes,
    kind: str,
    unread: frozenset[int] = frozenset(),
    lost: frozenset[int] = frozenset(),
) -> Iterator[SourcePage]:
    """The pages of a file one by one; `kind` is "pdf", or anything else for an image file.

    A page of `unread` whose image cannot be had is an empty sheet, so that the others keep their places; one
    of `lost` always is, for it takes down whoever opens it.
    Raises UnreadableImage, EncryptedSource, ImageTooLarge. Memory is bounded by one page.
    """
    if unread or lost:
        for number in range(count_pages(source, kind)):
            read = read_or_empty_page if number in unread else read_page_image
            yield build_empty_page(number) if number in lost else read(source, kind, number)
        return
    if kind != PDF:
        yield from read_image_file(source)
        return
    with _opened(source) as pdf:
        for number in range(_page_count(pdf)):
            yield _read_pdf_page(source, pdf, number)


def read_page_image(source: Path | bytes, kind: str, number: int, *, with_text: bool = False) -> SourcePage:
    """One page, 0-based; see `iter_page_images`. `with_text` adds what a drawn page says it prints."""
    if kind != PDF:
        return read_image_page(source, number)
    with _opened(source) as pdf:
        if number >= _page_count(pdf):
            raise UnreadableImage(page=number)
        return _read_pdf_page(source, pdf, number, with_text=with_text)


def read_or_empty_page(source: Path | bytes, kind: str, number: int) -> SourcePage:
    """One page, or an empty A4 sheet where its image cannot be had."""
    try:
        return read_page_image(source, kind, number)
    except (UnreadableImage, ImageTooLarge):
        return build_empty_page(number)


def build_empty_page(number: int) -> SourcePage:
    """An empty A4 sheet in the place of a page that cannot be had."""
    width, height = _EMPTY_SHEET
    pixels = np.full((height, width), 255, np.uint8)
    return SourcePage(number, width, height, _EMPTY_DPI, Colour.BILEVEL, pixels=pixels)


def count_pages(source: Path | bytes, kind: str) -> int:
    """How many pages a file has; see `iter_page_images` for the errors."""
    if kind != PDF:
        return count_image_pages(source)
    with _opened(source) as pdf:
        return _page_count(pdf)


@contextmanager
def _opened(source: Path | bytes) -> Generator[pikepdf.Pdf]:
    """The PDF opened for reading; its permissions need no password, its content must not either."""
    try:
        pdf = pikepdf.open(io.BytesIO(source) if isinstance(source, bytes) else source)
    except pikepdf.PasswordError as exc:
        raise EncryptedSource from exc
    except (pikepdf.PdfError, OSError, ValueError) as exc:
        raise UnreadableImage from exc
    with pdf:
        yield pdf


def _page_count(pdf: pikepdf.Pdf) -> int:
    """Number of pages within the limit."""
    try:
        count = len(pdf.pages)
    except pikepdf.PdfError as exc:
        raise UnreadableImage from exc
    if count > MAX_PAGES:
        raise ImageTooLarge(pages=count)
    return count


def _read_pdf_page(
    source: Path | bytes, pdf: pikepdf.Pdf, number: int, *, with_text: bool = False
) -> SourcePage:
    """The one full-page image of a scanned page untouched; any other page drawn."""
    page = pdf.pages[number]
    found = find_full_page_image(page)
    scan = _read_scan(source, found, number) if found else None
    if found and _is_cut_short(found.image, scan):
        raise UnreadableImage(page=number)
    return scan or _draw_page(source, number, _find_unit(page), with_text=with_text)


def _is_cut_short(image: pikepdf.Stream, scan: SourcePage | None) -> bool:
    """Whether a full-page image ends before its last row, where decoding it does not notice."""
    if scan is None:
        return is_cut_short(image)
    if scan.fax is None or scan.fax.is_jbig2 or scan.pixels is None:
        return False
    return is_fax_cut_short(image, scan.pixels)


def _find_unit(page: pikepdf.Page) -> float:
    """Points in one unit of the page's space (ISO 32000-1 14.11.2, UserUnit); PDFium leaves it aside."""
    try:
        unit = float(page.obj.get("/UserUnit", 1))
    except (TypeError, ValueError):
        return 1.0
    return unit if _SMALLEST_UNIT <= unit <= _LARGEST_UNIT else 1.0


def _read_scan(source: Path | bytes, found: FullPageImage, number: int) -> SourcePage | None:
    """The scan as it is stored, or None when its coding needs a renderer (masks, odd colours)."""
    image = found.image
    width, height = int(image.get("/Width", 0)), int(image.get("/Height", 0))
    if width < 1 or height < 1:
        return None
    if width * height > MAX_PIXELS:
        raise ImageTooLarge(page=number, width=width, height=height)
    dpi = plausible_dpi(found.dpi, width, height)
    try:
        stored = pikepdf.PdfImage(image)
        if list(stored.filters) == ["/DCTDecode"] and stored.colorspace in _JPEG_SPACES:
            jpeg = bytes(image.read_raw_bytes())
            colour = _plain_jpeg_colour(jpeg, width, height)
            if colour is not None:
                return SourcePage(number, width, height, dpi, colour, found.rotation, jpeg=jpeg)
        if not _is_exactly_decoded(stored):
            return None
        if list(stored.filters) == [_JBIG2]:
            pixels, colour = _decode_jbig2(source, number), Colour.BILEVEL
        else:
            pixels, colour = to_pixels(stored.as_pil_image())
    except ImageTooLarge:
        raise
    except Exception:  # a coding pikepdf cannot take apart: PDFium draws the page instead
        return None
    if pixels.shape[:2] != (height, width):
        return None
    fax = _find_fax(image) if colour is Colour.BILEVEL else None
    return SourcePage(number, width, height, dpi, colour, found.rotation, pixels=pixels, fax=fax)


def _find_fax(image: pikepdf.Stream) -> FaxData | None:
    """The stored data of a group 4 or JBIG2 image (ISO 32000-1 7.4.6 and 7), None for any other coding."""
    stored = pikepdf.PdfImage(image)
    parameters = stored.filter_decodeparms
    if len(parameters) != 1 or parameters[0][0] not in (_JBIG2, "/CCITTFaxDecode"):
        return None
    how = parameters[0][1] or {}
    if parameters[0][0] == _JBIG2:
        shared = how.get("/JBIG2Globals")
        common = bytes(shared.read_bytes()) if isinstance(shared, pikepdf.Stream) else b""
        return FaxData(bytes(image.read_raw_bytes()), is_jbig2=True, shared=common)
    plain = int(how.get("/K", 0)) < 0 and not how.get("/EncodedByteAlign", False)
    if not plain or int(how.get("/Columns", 1728)) != int(image.get("/Width", 0)):
        return None
    return FaxData(bytes(image.read_raw_bytes()), bool(how.get("/BlackIs1", False)))


def _decode_jbig2(source: Path | bytes, number: int) -> Pixels:
    """The very pixels of the page's one image as PDFium decodes it; raises ValueError where it cannot."""
    with _pdfium_lock:
        document = pypdfium2.PdfDocument(source)
        try:
            pictures = list(document[number].get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))
            if len(pictures) != 1 or not isinstance(pictures[0], pypdfium2.PdfImage):
                raise ValueError
            pixels = np.array(pictures[0].get_bitmap(render=False).to_numpy(), dtype=np.uint8).squeeze()
        finally:
            document.close()
    if pixels.ndim != 2 or not np.isin(pixels, (0, 255)).all():
        raise ValueError
    return pixels


def _is_exactly_decoded(stored: "pikepdf.PdfImage") -> bool:
    """Whether pikepdf decodes this coding to the very pixels: bilevel or 8-bit grey, RGB or palette."""
    if stored.bits_per_component == 1:
        return stored.colorspace in {"/DeviceGray", "/CalGray"}
    return stored.bits_per_component == 8 and stored.colorspace in {"/DeviceRGB", "/DeviceGray", "/Indexed"}


def _plain_jpeg_colour(jpeg: bytes, width: int, height: int) -> Colour | None:
    """Grey or colour if the stream decodes to the size that the dictionary says; None for CMYK."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        if image.size != (width, height):
            return None
        return {"L": Colour.GREY, "RGB": Colour.COLOUR}.get(image.mode)


def _draw_page(source: Path | bytes, number: int, unit: float, *, with_text: bool) -> SourcePage:
    """Draw a page at 300 dpi, coarser where the sheet is huge."""
    with _pdfium_lock:
        try:
            document = pypdfium2.PdfDocument(source)
        except pypdfium2.PdfiumError as exc:
            raise UnreadableImage(page=number) from exc
        try:
            # Else PDFium leaves out form fields: visible signatures, seals, a mark of secrecy set as one.
            document.init_forms()
            return _draw(document, number, unit, with_text=with_text)
        except pypdfium2.PdfiumError as exc:
            raise UnreadableImage(page=number) from exc
        finally:
            document.close()


def _draw(document: pypdfium2.PdfDocument, number: int, unit: float, *, with_text: bool) -> SourcePage:
    """The drawn page as pixels, already turned as its /Rotate asks."""
    page = document[number]
    width, height = (side * unit for side in page.get_size())
    dpi = DRAWING_DPI
    while width * height * (dpi / _POINTS) ** 2 > MAX_PIXELS / 3 and dpi > _SMALLEST_DRAWING_DPI:
        dpi -= 38
    if width * height * (dpi / _POINTS) ** 2 > MAX_PIXELS:
        raise ImageTooLarge(page=number)

    def draw() -> Pixels:
        return _render(page, dpi / _POINTS * unit)

    pixels = draw()
    printed = read_printed_text(page, pixels, draw) if with_text else None
    has_gap = _has_undrawn_picture(page)
    page.close()
    if has_gap:
        raise UnreadableImage(page=number)
    colour = Colour.COLOUR
    if not _has_colour(pixels):
        pixels, colour = pixels[:, :, 0], Colour.GREY
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    drawn = PictureForm.DRAWN
    return SourcePage(number, width, height, dpi, colour, pixels=pixels, printed=printed, form=drawn)


def _has_undrawn_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether PDFium left out a picture it cannot decode: what is missing would pass for white paper."""
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]):
        bitmap = pdfium.FPDFImageObj_GetBitmap(picture.raw)
        if not bitmap:
            return True
        pdfium.FPDFBitmap_Destroy(bitmap)
    return False


def _render(page: pypdfium2.PdfPage, scale: float) -> Pixels:
    """The page as blue, green, red; `scale` in pixels a unit of its space."""
    bitmap = page.render(
        scale=scale,  # pyright: ignore[reportArgumentType]  its stub says int
        rev_byteorder=False,
        prefer_bgrx=False,
    )
    pixels = np.array(bitmap.to_numpy(), dtype=np.uint8)[:, :, :3]
    bitmap.close()
    return pixels


def _has_colour(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bool:
    """Whether any channel differs from another."""
    blue, green, red = pixels[:, :, 0], pixels[:, :, 1], pixels[:, :, 2]
    return bool(np.any(blue != green) or np.any(green != red))
