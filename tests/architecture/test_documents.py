"""Documents that must stay true: glossary, errors, settings. Each failure prints the lines to add."""

import ast
import importlib
import pkgutil
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from api.errors import find_status
from api.settings import Settings
from records.errors import ServiceError
from tests.architecture.source import PACKAGES, ROOT, iter_python, parse

DOCS = ROOT / "docs"


def _rows(page: str) -> dict[str, list[str]]:
    """First cell (without backquotes) to the other cells, over all table rows of a page."""
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if line.startswith("| `")
    ]
    return {row[0].strip("`"): row[1:] for row in cells}


def _is_filled(cells: list[str], count: int) -> bool:
    return len(cells) == count and all(cell not in {"", "?"} for cell in cells)


def _first_line(documented: str | None) -> str:
    return (documented or "").strip().split("\n", maxsplit=1)[0]


def _glossary_line(name: str, documented: str | None) -> str:
    first = _first_line(documented)
    vietnamese = re.search(r"\(([^()]*)\)", first)
    english = re.sub(r"\s*\([^()]*\)", "", first).rstrip(".")
    return f"| `{name}` | {vietnamese.group(1) if vietnamese else '?'} | {english} |"


def _public_classes() -> Iterator[ast.ClassDef]:
    """Public classes of records/; errors have a page of their own."""
    for path in iter_python("records"):
        if path.name != "errors.py" and "migrations" not in path.parts:
            classes = (node for node in parse(path).body if isinstance(node, ast.ClassDef))
            yield from (node for node in classes if not node.name.startswith("_"))


def test_glossary_has_every_public_class_of_the_domain() -> None:
    """Each class of records/ stands in the glossary with its Vietnamese term and its meaning."""
    rows = _rows("glossary.md")
    classes = {node.name: node for node in _public_classes()}
    missing = [
        _glossary_line(name, ast.get_docstring(node))
        for name, node in sorted(classes.items())
        if not _is_filled(rows.get(name, []), 2)
    ]
    assert missing == [], "add to docs/glossary.md:\n" + "\n".join(missing)


def _all_errors() -> list[type[ServiceError]]:
    """Every subclass of the base over all packages, after importing every module."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / package)], prefix=f"{package}."):
            if ".migrations." not in module.name:
                importlib.import_module(module.name)
    found: list[type[ServiceError]] = [ServiceError]
    for known in found:
        found += [
            cls for cls in known.__subclasses__() if cls not in found and cls.__module__.startswith(PACKAGES)
        ]
    return sorted(found, key=lambda error: f"{error.__module__}.{error.__qualname__}")


ERRORS = _all_errors()


def _is_vietnamese(text: str) -> bool:
    marks = sum(unicodedata.combining(letter) > 0 for letter in unicodedata.normalize("NFD", text))
    return marks >= 3 and unicodedata.is_normalized("NFC", text)


def test_error_codes_are_unique() -> None:
    """No two error classes share a code."""
    codes = Counter(error.code for error in ERRORS)
    assert {code: count for code, count in codes.items() if count > 1} == {}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_error_speaks_vietnamese_and_has_its_own_code(error: type[ServiceError]) -> None:
    """Each error has a code in capitals and a Vietnamese sentence; each leaf its own of both, and a kind."""
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*", error.code)
    assert _is_vietnamese(error.message_vi)
    assert error.message_vi.endswith(".")
    if ServiceError not in (error, *error.__bases__):
        assert {"code", "message_vi"} <= vars(error).keys()


def _error_line(error: type[ServiceError]) -> str:
    meaning = re.findall(r"\(([^()]*)\)", _first_line(error.__doc__)) or ["?"]
    return f"| `{error.code}` | {find_status(error())} | {meaning[-1]} | {error.message_vi} |"


def test_every_error_is_explained() -> None:
    """docs/errors.md has for each code the right status, the meaning and what to do next."""
    rows = _rows("errors.md")
    missing = [
        _error_line(error)
        for error in sorted(ERRORS, key=lambda error: error.code)
        if not _is_filled(rows.get(error.code, []), 3) or rows[error.code][0] != str(find_status(error()))
    ]
    assert missing == [], "add to docs/errors.md:\n" + "\n".join(missing)


def test_errors_page_has_no_dead_codes() -> None:
    """Every code on the page exists."""
    assert _rows("errors.md").keys() - {error.code for error in ERRORS} == set()


def _default_text(field: FieldInfo) -> str | None:
    """The default as the page writes it; None when it depends on the machine."""
    if field.is_required():
        return "bắt buộc"
    if field.default_factory is not None:
        return None
    default = field.default
    text = ", ".join(default) if isinstance(default, tuple) else str(default)
    return (
        "không"
        if default in (None, ())
        else f"`{str(default).lower() if isinstance(default, bool) else text}`"
    )


def _settings(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    """Name of the environment variable and its field, over all groups."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _settings(kind, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}", field


SETTINGS = dict(_settings(Settings, "SOHOA_"))


def test_every_setting_is_documented() -> None:
    """docs/settings.md has each variable with its true default and its meaning."""
    rows = _rows("settings.md")
    wrong = [
        f"| `{name}` | {_default_text(field) or '?'} | ? |"
        for name, field in SETTINGS.items()
        if not _is_filled(rows.get(name, []), 2) or rows[name][0] != (_default_text(field) or rows[name][0])
    ]
    assert wrong == [], "add to or mend in docs/settings.md:\n" + "\n".join(wrong)


def test_settings_page_has_no_dead_names() -> None:
    """Every variable on the page exists."""
    assert _rows("settings.md").keys() - SETTINGS.keys() == set()
