"""A page of one revision as a person sees it (trang của một phiên bản), for showing what changed."""

import io
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

_QUALITY = 80
_LARGEST_SIDE = 4000.0


def draw_revision_page(data: bytes, end: int, page: int, width: int) -> bytes | None:
    """JPEG of page `page`, from 1, of the first `end` bytes, with forms and annotations, `width` pixels wide.

    None where that revision has no such page or cannot be drawn.
    """
    raw = pdfium_raw.FPDF_LoadMemDocument64(data, end, None)
    if not raw or pdfium_raw.FPDF_GetPageCount(raw) < 1:
        return None
    document = pdfium.PdfDocument(raw)
    try:
        if not 1 <= page <= len(document):
            return None
        document.init_forms()
        shown = document[page - 1]
        across, down = shown.get_size()
        scale = min(width / max(1.0, across), _LARGEST_SIDE / max(1.0, down))
        bitmap: Any = shown.render(scale=scale, may_draw_forms=True)  # pyright: ignore[reportArgumentType]
        out = io.BytesIO()
        bitmap.to_pil().convert("RGB").save(out, "JPEG", quality=_QUALITY, progressive=True)
        return out.getvalue()
    except (pdfium.PdfiumError, ValueError, MemoryError):
        return None
    finally:
        document.close()
