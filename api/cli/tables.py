"""CSV files that commands import (nhập CSV): UTF-8 with a heading line, comma or semicolon."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from api.errors import WrongUse

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000


def read_table(path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> list[dict[str, str]]:
    """Rows by heading, values trimmed; raises `WrongUse` naming the line that does not fit."""
    text = _read(path)
    head = text.partition("\n")[0]
    rows = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") else ",", strict=True
    )
    names = [name.strip() for name in rows.fieldnames or ()]
    missing, unknown = set(required) - set(names), set(names) - {*required, *optional}
    if missing or unknown:
        expected = ", ".join([*required, *(f"[{name}]" for name in optional)])
        raise WrongUse(f"Dòng đầu của {path.name} cần các cột: {expected}.")
    rows.fieldnames = names
    try:
        found = [_clean(row, number, path) for number, row in enumerate(rows, start=2)]
    except csv.Error as exc:
        raise WrongUse(f"{path.name} dòng {rows.line_num}: dấu ngoặc kép không khớp.") from exc
    if len(found) > MAX_ROWS:
        raise WrongUse(f"{path.name} có quá {MAX_ROWS} dòng.")
    return found


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise WrongUse(f"Không đọc được tệp {path}.") from exc
    if len(data) > MAX_BYTES:
        raise WrongUse(f"{path.name} quá lớn.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise WrongUse(f"{path.name} không phải UTF-8; trong Excel hãy lưu dạng CSV UTF-8.") from exc


def _clean(row: Mapping[str | None, object], number: int, path: Path) -> dict[str, str]:
    if None in row or None in row.values():
        raise WrongUse(f"{path.name} dòng {number}: số cột không khớp dòng đầu.")
    return {str(name): str(value).strip() for name, value in row.items()}
