"""What commands print (kết quả in ra): results to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from api.errors import BadSettings, WrongUse
from records.errors import ErrorKind, ServiceError

EXIT_DONE, EXIT_REFUSED, EXIT_WRONG_USE, EXIT_MISSING = 0, 1, 2, 3

_WIDE = 1000
Cell = str | int | float | bool | None | Sequence[str]
Row = Mapping[str, Cell]


def print_json(value: object) -> None:
    """One JSON document on standard output, UTF-8 and readable."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def say(text: str) -> None:
    """A line for the person on standard error."""
    sys.stderr.write(text + "\n")


def print_rows(rows: Sequence[Row], columns: Mapping[str, str], *, as_json: bool) -> None:
    """Rows as JSON or as a table; `columns` pairs each key with its Vietnamese heading."""
    if as_json:
        print_json(list(rows))
        return
    if not rows:
        say("Chưa có mục nào.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_format(row.get(key)) for key in columns))
    # Into a file or a pipe a row stays one line.
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


def print_item(item: Row, labels: Mapping[str, str], *, as_json: bool) -> None:
    """One thing as JSON or as lines `label: value`; values that are None are left out."""
    if as_json:
        print_json(dict(item))
        return
    width = max(len(label) for label in labels.values())
    for key, label in labels.items():
        if item.get(key) is not None:
            sys.stdout.write(f"{label + ':':<{width + 1}} {_format(item[key])}\n")


def _format(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, str | int | float):
        return str(value)
    return ", ".join(value)


def find_exit_code(error: ServiceError) -> int:
    """1 refused, 2 wrong use, 3 something this machine lacks (docs/cli.md)."""
    if isinstance(error, WrongUse | BadSettings):
        return EXIT_WRONG_USE
    return EXIT_MISSING if error.kind is ErrorKind.UNAVAILABLE else EXIT_REFUSED


def print_error(error: ServiceError, *, as_json: bool) -> None:
    """What went wrong, why and what to do next, with the code to quote."""
    if as_json:
        print_json({"error": {"code": error.code, "message_vi": error.text_vi, **error.context}})
    named = "".join(f" {name}={value}" for name, value in error.context.items())
    say(f"Lỗi: {error.text_vi} [{error.code}{named}]")
