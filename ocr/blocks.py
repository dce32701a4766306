"""Words grouped for exchange formats (khối chữ): blocks of one zone, their printed lines, their words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ocr.types import Box, PageText, Word

# XML 1.0 section 2.2: anything else cannot stand in a document, not even escaped.
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class TextLine:
    """One printed line (dòng chữ) with its words in order."""

    words: tuple[Word, ...]

    @property
    def box(self) -> Box:
        """Smallest box around the words."""
        return surround([word.box for word in self.words])


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Lines of one zone that follow each other (khối chữ)."""

    zone: str
    lines: tuple[TextLine, ...]

    @property
    def box(self) -> Box:
        """Smallest box around the lines."""
        return surround([line.box for line in self.lines])


def build_blocks(page: PageText) -> list[TextBlock]:
    """The page's words in reading order as blocks and lines."""
    lines = [TextLine(tuple(words)) for _, words in groupby(page.words, key=lambda word: word.line)]
    return [
        TextBlock(zone, tuple(group)) for zone, group in groupby(lines, key=lambda line: line.words[0].zone)
    ]


def surround(boxes: Sequence[Box]) -> Box:
    """The smallest box around others; there must be one."""
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def clean_text(text: str) -> str:
    """Text without what XML cannot hold."""
    return _NOT_XML.sub("", text)
