"""Where the words of a search stand on the pages of a record (vị trí từ tìm trên ảnh trang)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.sidecar import page_texts_from_json
from search.highlight import find_telling_matches

MAX_HITS = 1000


@dataclass(frozen=True, slots=True)
class HitBox:
    """One word of a hit (khung từ): page from 0, box in pixels of the archived image."""

    page: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class PlacedHit:
    """One match (chỗ khớp): its words as printed and their boxes, over lines and pages where it runs on."""

    text: str
    boxes: Sequence[HitBox]


def place_hits(data: bytes, query: str) -> list[PlacedHit]:
    """The matches of a query in a record's words, in reading order; raises `SidecarInvalid`."""
    placed = [
        (word.text, HitBox(number, word.box))
        for number, page in enumerate(page_texts_from_json(data))
        for word in page.words
    ]
    words = [text for text, _ in placed]
    return [
        PlacedHit(" ".join(words[at] for at in match), [placed[at][1] for at in match])
        for match in find_telling_matches(query, words)[:MAX_HITS]
    ]
