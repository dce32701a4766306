"""A part of a long file's second look (đối chiếu từng phần), to be put together when all parts are done."""

import io
from collections.abc import Sequence

from pyhanko.pdf_utils.reader import PdfFileReader

from signing.areas import LookPlan, PageLook
from signing.compare import Drawings
from signing.widgets import find_filled, find_signed_later, read_widgets


def compare_part(data: bytes, revisions: Sequence[tuple[int, int]], pages: Sequence[int]) -> list[PageLook]:
    """Every page of `pages`, from 1, in each revision (number, end in bytes) against the final one.

    A page that cannot be drawn is a look with its problem; raises what the parsers raise for the file.
    """
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    if reader.encrypted:
        reader.decrypt("")
    drawings = Drawings(data, LookPlan(seconds=float("inf")))
    looks: list[PageLook] = []
    try:
        drawings.draw_pages([end for _, end in revisions], pages)
        after = read_widgets(reader.root)
        for revision, end in revisions:
            before = read_widgets(reader.get_historical_resolver(revision).root)
            filled, signed = find_filled(before, after), find_signed_later(before, after)
            looks += [drawings.look_at(end, page, filled, signed) for page in pages]
    finally:
        drawings.close()
    return looks
