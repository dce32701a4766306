"""Finds page images with their truth in a folder (tìm ảnh có văn bản đúng đi kèm).

Three layouts: NAME.jpg with NAME.txt beside it; the same with the truth in gt/; images in img/ with truth
in gt/ and fields/. An image may carry more in its name than its truth, parted by underscores:
r03_300.jpg belongs to r03.txt, p000_bad_200.jpg to p000.txt and to the group "bad 200". NAME.optional.txt
holds lines that may be read or not; NAME.json may say each line's zone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf"})
LEFT_HEADER = "hl"
"""Zone of the header's left column in the files of generated pages."""


@dataclass(frozen=True, slots=True)
class TruePage:
    """A file to read with what it says (trang có văn bản đúng); `fields` is empty where nobody noted them.

    `orders` are orders of the lines that read well too.
    """

    path: Path
    group: str
    lines: tuple[str, ...]
    optional: tuple[str, ...] = ()
    orders: tuple[tuple[str, ...], ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def find_pages(folders: Sequence[Path]) -> list[TruePage]:
    """Every image of the folders that has a truth, by name; raises FileNotFoundError when there is none."""
    pages = [page for folder in folders for page in _iter_pages(folder)]
    if not pages:
        names = ", ".join(str(folder) for folder in folders)
        raise FileNotFoundError(f"no image with a truth (NAME.txt) in {names}")
    return pages


def limit_pages(pages: Sequence[TruePage], limit: int) -> list[TruePage]:
    """The first `limit` pages of each group, all for 0."""
    seen: dict[str, int] = {}
    kept: list[TruePage] = []
    for page in pages:
        seen[page.group] = seen.get(page.group, 0) + 1
        if not limit or seen[page.group] <= limit:
            kept.append(page)
    return kept


def _iter_pages(folder: Path) -> Iterator[TruePage]:
    images = folder / "img" if (folder / "img").is_dir() else folder
    for path in sorted(images.iterdir()):
        if path.suffix.lower() not in ENDINGS:
            continue
        found = _find_truth(folder, images, path.stem)
        if found is not None:
            truth, level = found
            yield _read_page(folder, path, truth, f"{folder.resolve().name} {level}".strip())


def _find_truth(folder: Path, images: Path, stem: str) -> tuple[Path, str] | None:
    """The truth of an image and its group: what the image's name has more, unless that is a number alone."""
    name, more = stem, ""
    while True:
        for place in (images, folder / "gt"):
            if (place / f"{name}.txt").is_file():
                level = "" if more.replace(" ", "").isdigit() else more
                return place / f"{name}.txt", level
        name, mark, last = name.rpartition("_")
        if not mark:
            return None
        more = f"{last} {more}".strip()


def _read_page(folder: Path, path: Path, truth: Path, group: str) -> TruePage:
    optional, zones = truth.with_suffix(".optional.txt"), truth.with_suffix(".json")
    fields = folder / "fields" / f"{truth.stem}.json"
    return TruePage(
        path=path,
        group=group,
        lines=_lines(truth),
        optional=_lines(optional) if optional.is_file() else (),
        orders=_column_order(zones) if zones.is_file() else (),
        fields=json.loads(fields.read_text(encoding="utf-8")) if fields.is_file() else {},
    )


def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8").splitlines())


def _column_order(path: Path) -> tuple[tuple[str, ...], ...]:
    """The lines with the header's left column before everything else, as a person reads columns."""
    page = json.loads(path.read_text(encoding="utf-8"))
    lines = page.get("lines", ()) if isinstance(page, dict) else ()
    if not any("zone" in line for line in lines):
        return ()
    ordered = sorted(lines, key=lambda line: line.get("zone") != LEFT_HEADER)
    return (tuple(line["text"] for line in ordered),)
