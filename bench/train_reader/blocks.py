"""Draws blocks of invented text as offices set them (khối chữ mẫu): paragraphs, headings, columns, tables.

Several lines are drawn at once because the reader sees a line with parts of its neighbours. Nearly all
official papers are set in Times New Roman (decree 30/2020, annex I), so Times-like faces prevail; the other
faces keep the reader from learning one face by heart.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bench.train_reader.phrases import Phrases, Words

FONT_FOLDER = Path("/usr/share/fonts")
# Weight; regular, bold, italic and bold italic file. Debian packages: README.md.
_FACES = (
    (9, "LiberationSerif-{}.ttf", ("Regular", "Bold", "Italic", "BoldItalic")),
    (6, "FreeSerif{}.ttf", ("", "Bold", "Italic", "BoldItalic")),
    (6, "texgyretermes-{}.otf", ("regular", "bold", "italic", "bolditalic")),
    (3, "DoulosSIL-{}.ttf", ("Regular",)),
    (1.2, "NotoSerif-{}.ttf", ("Regular", "Bold", "Italic", "BoldItalic")),
    (0.6, "DejaVuSerifCondensed{}.ttf", ("", "-Bold", "-Italic", "-BoldItalic")),
    (0.8, "Gentium-{}.ttf", ("R",)),
    (1.2, "LinLibertine_{}.otf", ("R", "RB", "RI")),
    (0.7, "texgyrepagella-{}.otf", ("regular", "bold", "italic", "bolditalic")),
    (0.7, "texgyreschola-{}.otf", ("regular", "bold", "italic", "bolditalic")),
    (0.4, "texgyrebonum-{}.otf", ("regular", "bold", "italic", "bolditalic")),
    (0.7, "EBGaramond12-{}.otf", ("Regular",)),
    (0.6, "cmun{}.ttf", ("rm", "bx", "ti", "bi")),
    (0.5, "JunicodeTwoBeta-{}.otf", ("Regular", "Bold", "Italic", "BoldItalic")),
    (1.5, "LiberationSans-{}.ttf", ("Regular", "Bold", "Italic", "BoldItalic")),
    (0.6, "FreeSans{}.ttf", ("", "Bold", "Oblique", "BoldOblique")),
    (0.6, "NotoSans-{}.ttf", ("Regular", "Bold", "Italic", "BoldItalic")),
)
_HELD_OUT = ((1.0, "CharisSIL-{}.ttf", ("Regular", "Bold", "Italic", "BoldItalic")),)
_PAGE_INCHES = (5.6, 7.2)
_BLOCK_INCHES = (2.4, 3.2)
_MARGIN_INCHES = 0.35

Grey = NDArray[np.uint8]
Faces = list[tuple[float, tuple[Path, ...]]]
"""Weight of a face and its files: regular, bold, italic, bold italic."""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A piece of text where it was drawn (dòng đã vẽ): ends, base line and size in pixels of the block."""

    x0: float
    x1: float
    base: float
    size: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A drawn block (khối chữ): grey image, white paper, and its lines."""

    image: Grey
    dpi: int
    lines: tuple[DrawnLine, ...]


def find_faces(folder: Path = FONT_FOLDER, held_out: bool = False) -> Faces:
    """Weight and files of the faces that are installed; raises FileNotFoundError when the main one is not."""
    there = {path.name: path for path in folder.rglob("*.[ot]tf")}
    found = [
        (weight, tuple(there[name] for name in map(pattern.format, styles) if name in there))
        for weight, pattern, styles in (_HELD_OUT if held_out else _FACES)
    ]
    if not found[0][1]:
        raise FileNotFoundError(f"no {'held-out' if held_out else 'Times-like'} fonts under {folder}")
    return [(weight, files) for weight, files in found if files]


@lru_cache(maxsize=300)
def _load_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


class BlockMaker:
    """Draws one block after another, all following from one source of chance (máy vẽ khối chữ)."""

    def __init__(self, rng: random.Random, phrases: Phrases, faces: Faces) -> None:
        self._rng = rng
        self._phrases = phrases
        self._faces = faces

    def draw(self, dpi: int) -> Block:
        """A block of five to fifteen lines at this resolution."""
        rng = self._rng
        margin = round(dpi * _MARGIN_INCHES)
        width, height = round(dpi * rng.uniform(*_PAGE_INCHES)), round(dpi * rng.uniform(*_BLOCK_INCHES))
        canvas = Image.new("L", (width + 2 * margin, height + 2 * margin), 255)
        (files,) = rng.choices([files for _, files in self._faces], [weight for weight, _ in self._faces])
        draw = _Pen(ImageDraw.Draw(canvas), files, dpi / 72, margin, width, margin + height)
        kinds = self._paragraphs, self._headings, self._columns, self._table
        lines = tuple(rng.choices(kinds, (62, 16, 10, 12))[0](draw))
        return Block(np.asarray(canvas), dpi, lines)

    def _paragraphs(self, pen: "_Pen") -> Iterator[DrawnLine]:
        """Running text, mostly justified, with an indent."""
        rng = self._rng
        size = rng.choice((11, 12, 12.5, 13, 13, 13, 13.5, 14, 14, 14, 14.5)) * pen.point
        pitch, justified = size * rng.uniform(1.12, 1.65), rng.random() < 0.8
        indent = rng.choice((0, 0.4, 0.5, 0.5)) * 72 * pen.point
        base = pen.left + size * rng.uniform(0.9, 1.3)
        style = rng.random() < 0.1, rng.random() < 0.14
        while base < pen.bottom - 0.4 * size:
            font = pen.font(size, *style)
            words = self._phrases.running_text(rng.randint(8, 70))
            if rng.random() < 0.22:  # official papers end in a stop, a stroke and a stop
                words[-1] = words[-1].rstrip(".,;:") + rng.choice(("./.", "./.", "./.", ".", ";"))
            if rng.random() < 0.05:
                words = [word.upper() for word in words]
            room = pen.width - indent
            while words and base < pen.bottom - 0.4 * size:
                row, words = _break_line(words, font, room)
                full = justified and bool(words)
                yield pen.write(row, font, pen.left + pen.width - room, base, room if full else None)
                base, room = base + pitch, float(pen.width)
            base += rng.choice((0, 0.3, 0.5)) * size
            if rng.random() < 0.35:
                style = rng.random() < 0.15, rng.random() < 0.2

    def _headings(self, pen: "_Pen") -> Iterator[DrawnLine]:
        return self._short_lines(pen, 1)

    def _columns(self, pen: "_Pen") -> Iterator[DrawnLine]:
        return self._short_lines(pen, self._rng.choice((2, 2, 3)))

    def _short_lines(self, pen: "_Pen", columns: int) -> Iterator[DrawnLine]:
        """Headings, dates, names and the like below each other, some underlined, in so many columns."""
        rng = self._rng
        size = rng.choice((11, 12, 13, 13, 14, 14)) * pen.point
        pitch = size * rng.uniform(1.15, 1.8)
        base = pen.left + size
        while base < pen.bottom - 0.4 * size:
            for column in range(columns):
                words, style = self._phrases.short_line()
                bold = rng.random() < (0.85 if style in ("heading", "bold") else 0.05)
                italic = rng.random() < (0.9 if style == "italic" else 0.08)
                font = pen.font(size * rng.uniform(0.85, 1.08), bold, italic)
                room = pen.width / columns - 11 * pen.point
                row, _ = _break_line(words, font, room)
                if (columns > 1 and rng.random() < 0.15) or font.getlength(" ".join(row)) > room:
                    continue
                free = room - font.getlength(" ".join(row))
                left = pen.left + column * pen.width / columns + rng.choice((0, 0.5, 0.5, 0.5, 1)) * free
                line = pen.write(row, font, left, base)
                if rng.random() < 0.12:
                    pen.underline(line, rng.uniform(0.3, 1), rng.uniform(0.12, 0.45), rng.randint(1, 4))
                yield line
            base += pitch * rng.choice((1, 1, 1, 1.3, 1.8))

    def _table(self, pen: "_Pen") -> Iterator[DrawnLine]:
        """Cells of a few words, mostly ruled."""
        rng = self._rng
        size = rng.choice((10, 11, 11.5, 12, 12.5, 13)) * pen.point
        pitch = size * rng.uniform(1.25, 2.0)
        cuts = sorted(rng.uniform(0.1, 0.9) for _ in range(rng.randint(1, 5)))
        edges = [pen.left + pen.width * cut for cut in (0, *cuts, 1)]
        base = pen.left + size
        rules = [base - 1.2 * size]
        while base < pen.bottom - 0.4 * size:
            for left, right in pairwise(edges):
                font = pen.font(size, rng.random() < 0.1, rng.random() < 0.05)
                room = right - left - 4 * pen.point
                row, _ = _break_line(self._cell(), font, room)
                free = room - font.getlength(" ".join(row))
                if free >= 0:
                    start = left + 2 * pen.point + rng.choice((0, 0.5, 0.5, 1)) * free
                    yield pen.write(row, font, start, base)
            rules.append(base + 0.45 * size)
            base += pitch
        if rng.random() < 0.85:
            pen.rule(edges, rules, rng.choice((1, 2, 2, 3, 4)))

    def _cell(self) -> Words:
        way = self._rng.random()
        if way < 0.6:
            return self._phrases.short_line()[0]
        return [self._phrases.figure()] if way < 0.84 else self._phrases.running_text(self._rng.randint(1, 7))


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws on a block; `point` is 1/72 inch in pixels."""

    draw: ImageDraw.ImageDraw
    files: tuple[Path, ...]
    point: float
    left: int
    width: int
    bottom: int

    def font(self, size: float, bold: bool, italic: bool) -> ImageFont.FreeTypeFont:
        """The face in a style, or in the nearest one that it has."""
        wanted = int(bold) + 2 * int(italic)
        return _load_font(self.files[wanted if wanted < len(self.files) else 0], round(size))

    def write(
        self, words: Words, font: ImageFont.FreeTypeFont, left: float, base: float, room: float | None = None
    ) -> DrawnLine:
        """Words on a base line; with `room`, spaces are widened to fill it."""
        lengths = [font.getlength(word) for word in words]
        space = font.getlength(" ")
        if room is not None and len(words) > 1 and sum(lengths) > 0.6 * room:
            space = (room - sum(lengths)) / (len(words) - 1)
        place = left
        for word, length in zip(words, lengths, strict=True):
            self.draw.text((place, base), word, font=font, fill=0, anchor="ls")
            place += length + space
        return DrawnLine(left, place - space, base, float(font.size), tuple(words))

    def underline(self, line: DrawnLine, share: float, drop: float, thickness: int) -> None:
        """A rule under the middle share of a line."""
        middle, reach = (line.x0 + line.x1) / 2, (line.x1 - line.x0) / 2 * share
        height = line.base + drop * line.size
        self.draw.line((middle - reach, height, middle + reach, height), fill=0, width=thickness)

    def rule(self, columns: list[float], rows: list[float], thickness: int) -> None:
        """The grid of a table."""
        for height in rows:
            self.draw.line((columns[0], height, columns[-1], height), fill=0, width=thickness)
        for place in columns:
            self.draw.line((place, rows[0], place, rows[-1]), fill=0, width=thickness)


def _break_line(words: Words, font: ImageFont.FreeTypeFont, room: float) -> tuple[Words, Words]:
    """As many words as fit, at least one, and the rest."""
    used, count = 0.0, 0
    space = font.getlength(" ")
    for word in words:
        used += font.getlength(word)
        if count and used > room:
            break
        used += space
        count += 1
    return words[:count], words[count:]
