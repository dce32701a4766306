"""Import contracts, and that they can fail."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, iter_python, parse, short_name

BROKEN = {
    "records/rotten.py": '"""Up."""\n\n\ndef late() -> None:\n    """Hidden."""\n    import search.text\n',
    "search/text.py": '"""There."""\n',
    "ocr/rotten.py": '"""Sideways."""\nimport signing.keys\n',
    "signing/keys.py": '"""There."""\n',
    "ingest/rotten.py": '"""A foreign home."""\nimport cv2\n',
    "api/one.py": '"""Circle."""\nimport api.two\n',
    "api/two.py": '"""Circle."""\n\n\ndef late() -> None:\n    """Hidden."""\n    import api.one\n',
}


def _lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    program = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as run; run()"
    )
    command = [sys.executable, "-I", "-c", program, "--config", str(config), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_contracts_hold() -> None:
    """Imports point down, siblings never meet, each library has one home, no circles."""
    done = _lint(ROOT, ROOT / "pyproject.toml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_contracts_can_break(tmp_path: Path) -> None:
    """Each rotten import, also one hidden in a function, breaks its contract."""
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text('"""A package."""\n')
    for name, text in BROKEN.items():
        (tmp_path / name).write_text(text)
    done = _lint(tmp_path, ROOT / "pyproject.toml")
    assert done.returncode != 0
    for arrow in ("records.rotten -> search.text", "ocr.rotten -> signing.keys", "ingest.rotten -> cv2"):
        assert arrow in done.stdout
    assert "No import circles inside a package BROKEN" in done.stdout


def _environment_reads(tree: ast.Module) -> list[int]:
    """Lines that read one variable of the environment (handing all of it to a child is no reading)."""
    found: list[int] = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="getenv")):
                found.append(node.lineno)
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get")):
                found.append(node.lineno)
            case ast.Subscript(value=ast.Attribute(attr="environ"), ctx=ast.Load()):
                found.append(node.lineno)
    return found


def test_only_the_settings_read_the_environment() -> None:
    """Every other module receives plain arguments."""
    reads = {
        f"{short_name(path)}:{line}"
        for path in iter_python(*PACKAGES)
        if short_name(path) != "api/settings.py"
        for line in _environment_reads(parse(path))
    }
    assert reads == set()


@pytest.mark.parametrize("text", ["os.getenv('A')", "os.environ['A']", "os.environ.get('A')"])
def test_reading_the_environment_is_noticed(text: str) -> None:
    """The measure itself finds each way to read a variable, and leaves writing alone."""
    assert _environment_reads(ast.parse(text)) == [1]
    assert _environment_reads(ast.parse("os.environ['A'] = '1'; run(env=dict(os.environ))")) == []


def test_every_package_is_watched() -> None:
    """The contracts, the wheel and the type checker name the same six packages."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert set(tools["importlinter"]["root_packages"]) == set(PACKAGES)
    assert set(tools["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(PACKAGES)
    assert set(tools["pyright"]["include"]) == set(PACKAGES)
