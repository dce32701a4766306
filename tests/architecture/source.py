"""The project's own source, as the architecture tests read it."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("records", "ingest", "ocr", "signing", "search", "api")


def iter_tracked() -> Iterator[Path]:
    """Every file that is or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    yield from (ROOT / name for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file())


def iter_python(*folders: str) -> Iterator[Path]:
    """Python files of the named top-level folders (all when none is named)."""
    for path in iter_tracked():
        if path.suffix == ".py" and (not folders or path.relative_to(ROOT).parts[0] in folders):
            yield path


def parse(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def short_name(path: Path) -> str:
    """The path as it is written in the repository."""
    return path.relative_to(ROOT).as_posix()
