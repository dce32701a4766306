"""Page texts on disk, one page a line (tệp dữ liệu trang): a thousand pages never lie in memory at once.

The file is the JSON array of `ocr.sidecar`; its line breaks alone are agreed between writer and reader.
"""

import json
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

from ocr.errors import SidecarInvalid
from ocr.sidecar import page_texts_from_json, page_to_dict
from ocr.types import PageText

_KEPT = 4
_QUICK = 1


class PackedPages:
    """Pages as they come in, packed (các trang đã nén): a thirtieth of what they take as objects."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []

    def add(self, page: PageText) -> None:
        """Keep one more page."""
        self._packed.append(zlib.compress(page_to_line(page), _QUICK))

    def iter_lines(self) -> Iterator[bytes]:
        """The pages' lines in order."""
        return (zlib.decompress(one) for one in self._packed)

    def __len__(self) -> int:
        return len(self._packed)


def page_to_line(page: PageText) -> bytes:
    """One page as JSON without a line break."""
    return json.dumps(page_to_dict(page), ensure_ascii=False).encode()


def write_page_lines(lines: Iterable[bytes], path: Path) -> None:
    """Write lines of `page_to_line` as one file."""
    with path.open("wb") as file:
        file.write(b"[")
        for number, line in enumerate(lines):
            file.write((b",\n" if number else b"\n") + line)
        file.write(b"\n]")


class PageTextFile(Sequence[PageText]):
    """The pages of a kept file, each read when it is asked for (các trang đọc dần).

    Raises SidecarInvalid, also when a page is asked for.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places = _find_lines(path)
        self._kept: OrderedDict[int, PageText] = OrderedDict()

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> PageText: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[PageText]: ...

    def __getitem__(self, index: int | slice) -> PageText | Sequence[PageText]:
        if isinstance(index, slice):
            return [self._get(number) for number in range(*index.indices(len(self)))]
        return self._get(range(len(self))[index])

    def _get(self, number: int) -> PageText:
        """One page, the last few kept."""
        if number not in self._kept:
            start, length = self._places[number]
            with self._path.open("rb") as file:
                file.seek(start)
                line = file.read(length)
            self._kept[number] = page_texts_from_json(b"[" + line + b"]")[0]
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept[number]


def open_page_texts(path: Path) -> Sequence[PageText]:
    """The pages of a kept file, read one by one where it has a line for each; raises SidecarInvalid."""
    return page_texts_from_json(path.read_bytes()) if _is_one_line(path) else PageTextFile(path)


def iter_page_texts(data: bytes) -> Iterator[PageText]:
    """The pages of such a file's bytes one by one; raises SidecarInvalid."""
    lines = data.split(b"\n")
    if len(lines) == 1:
        yield from page_texts_from_json(data)
        return
    for line in lines[1:-1]:
        yield page_texts_from_json(b"[" + line.removesuffix(b",") + b"]")[0]


def _find_lines(path: Path) -> list[tuple[int, int]]:
    """Start and length of every page's line."""
    places: list[tuple[int, int]] = []
    place = 0
    with path.open("rb") as file:
        for line in file:
            text = line.rstrip(b"\n")
            if text not in (b"[", b"]", b"[]"):
                if not text.startswith(b"{"):
                    raise SidecarInvalid
                places.append((place, len(text.removesuffix(b","))))
            place += len(line)
    return places


def _is_one_line(path: Path) -> bool:
    """Whether a file was kept before pages had lines of their own."""
    with path.open("rb") as file:
        return file.read(2) == b"[{"
