"""Where the benchmark finds truths."""

import json
from pathlib import Path

import pytest

from bench.truth import find_pages, limit_pages


def _touch(path: Path, text: str = "x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_truth_beside_the_image(tmp_path: Path) -> None:
    """NAME.txt beside NAME.png belongs to it; images without truth and other files are left out."""
    for name in ("a.png", "b.png", "notes.md"):
        _touch(tmp_path / name)
    _touch(tmp_path / "a.txt", "một\nhai")
    _touch(tmp_path / "a.optional.txt", "ba")
    (page,) = find_pages([tmp_path])
    assert (page.path.name, page.lines, page.optional) == ("a.png", ("một", "hai"), ("ba",))
    assert page.group == tmp_path.name


def test_levels_are_groups_and_resolutions_are_not(tmp_path: Path) -> None:
    """Of p_bad_200 the truth is p and the group "bad 200"; of r_300 the truth is r in the folder's group."""
    for name in ("p_bad_200.jpg", "p_office_200.jpg", "r_300.jpg"):
        _touch(tmp_path / "img" / name)
    for name in ("p", "r"):
        _touch(tmp_path / "gt" / f"{name}.txt")
    _touch(tmp_path / "fields" / "p.json", json.dumps({"nguoi_ky": "An"}))
    pages = find_pages([tmp_path])
    name = tmp_path.name
    assert [page.group for page in pages] == [f"{name} bad 200", f"{name} office 200", name]
    assert [dict(page.fields) for page in pages] == [{"nguoi_ky": "An"}, {"nguoi_ky": "An"}, {}]


def test_zones_give_the_order_by_columns(tmp_path: Path) -> None:
    """With zones known, the header's left column before the rest reads well too."""
    _touch(tmp_path / "a.png")
    _touch(tmp_path / "a.txt", "left\nright\nnumber")
    zones = [("hl", "left"), ("hr", "right"), ("hl", "number")]
    lines = [{"zone": zone, "text": text} for zone, text in zones]
    _touch(tmp_path / "a.json", json.dumps({"lines": lines}))
    assert find_pages([tmp_path])[0].orders == (("left", "number", "right"),)


def test_limit_counts_by_group(tmp_path: Path) -> None:
    """A limit keeps the first pages of each group."""
    for name in ("a_bad_200", "a_good_200", "b_bad_200"):
        _touch(tmp_path / f"{name}.png")
    for name in ("a", "b"):
        _touch(tmp_path / f"{name}.txt")
    kept = limit_pages(find_pages([tmp_path]), 1)
    assert [page.path.stem for page in kept] == ["a_bad_200", "a_good_200"]


def test_folder_without_truth_is_told(tmp_path: Path) -> None:
    """Nothing to measure is an error, not an empty table."""
    _touch(tmp_path / "a.png")
    with pytest.raises(FileNotFoundError):
        find_pages([tmp_path])
