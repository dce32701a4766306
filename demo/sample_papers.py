"""Draws invented Vietnamese administrative papers as a scanner would see them (vẽ văn bản mẫu).

`build_paper(seed)` invents one, `draw_pages(paper, dpi, seed)` draws all its pages, `draw_paper` the
first. `sample_effects` makes scans of the drawings, `sample_files` writes files.
"""

from collections.abc import Sequence

from PIL import Image, ImageDraw
from sample_layout import (
    FACE_SCALE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RIGHT_CENTRE,
    PageLayout,
    Run,
    layout_paper,
    load_font,
)
from sample_marks import Stamp, draw_seal, draw_signature, draw_stamp
from sample_text import Paper, build_paper

__all__ = ["Paper", "Stamp", "build_paper", "draw_pages", "draw_paper"]

PAPER_WHITE = (252, 251, 248)
PRINT_BLACK = (22, 22, 24)


def draw_paper(paper: Paper, dpi: int = 200, seed: int = 0, stamps: Sequence[Stamp] = ()) -> Image.Image:
    """The first page of a paper as an RGB image at `dpi`, with seal and signature if it ends there."""
    return draw_pages(paper, dpi, seed, stamps)[0]


def draw_pages(
    paper: Paper, dpi: int = 200, seed: int = 0, stamps: Sequence[Stamp] = (), *, sealed: bool = True
) -> list[Image.Image]:
    """All pages of a paper as RGB images at `dpi`; stamps go to the page they name."""
    pages: list[Image.Image] = []
    for number, layout in enumerate(layout_paper(paper)):
        page = draw_layout(layout, dpi)
        if layout.sign_y is not None and sealed:
            draw_signature(page, RIGHT_CENTRE, layout.sign_y, dpi, seed)
            seal_text = f"{paper.agency} ★ {paper.parent_agency} ★ "
            draw_seal(page, RIGHT_CENTRE - 48, layout.sign_y + 14, seal_text, dpi, seed)
        for stamp in (stamp for stamp in stamps if stamp.page == number):
            draw_stamp(page, stamp, dpi, seed + number)
        page.info["dpi"] = (dpi, dpi)
        pages.append(page)
    return pages


def draw_layout(layout: PageLayout, dpi: int) -> Image.Image:
    """The printed text and rules of one page as an RGB image."""
    scale = dpi / 72
    page = Image.new("RGB", (round(PAGE_WIDTH * scale), round(PAGE_HEIGHT * scale)), PAPER_WHITE)
    draw = ImageDraw.Draw(page)
    for run in layout.runs:
        _draw_run(draw, run, layout.face, scale)
    for rule in layout.rules:
        ends = (rule.x0 * scale, rule.y * scale, rule.x1 * scale, rule.y * scale)
        draw.line(ends, fill=PRINT_BLACK, width=max(1, round(0.7 * scale)))
    return page


def _draw_run(draw: ImageDraw.ImageDraw, run: Run, face: str, scale: float) -> None:
    pixels = round(run.size * FACE_SCALE.get(face, 1.0) * scale)
    font = load_font(face, run.style, pixels)
    x, space = run.x * scale, font.getlength(" ") + run.extra * scale
    for word in run.text.split(" "):
        draw.text((x, run.y * scale), word, fill=PRINT_BLACK, font=font, anchor="ls")
        x += font.getlength(word) + space
