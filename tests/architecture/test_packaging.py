"""Locks, names and places: what is installed is what was pinned, and the tree names no machine."""

import importlib
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, iter_tracked, short_name

LOCKS = ("requirements.lock", "requirements-dev.lock", "deploy/uv.lock")

# Written with brackets so that this file does not contain what it looks for.
FORBIDDEN = re.compile(
    r"(?<![\w.-])/(?:wor[k]/|roo[t]/|hom[e]/[a-z]|User[s]/[A-Za-z])|pypi\.or[g]|pythonhosted\.or[g]|registry\.npmj[s]"
    r"|registry\.yarnpk[g]|maven\.apache\.or[g]/maven2|repo1?\.mave[n]|deb\.debian\.or[g]"
)
BINARY = {".npy", ".onnx", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".pdf", ".woff2", ".ico", ".webp", ".gz"}


@pytest.mark.parametrize("name", LOCKS)
def test_locks_hold_hashes_and_no_addresses(name: str) -> None:
    """Every pinned file has a hash; no address, path or annotation stands beside it."""
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "/" not in text.replace("platform_python", "")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert blocks
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+( ; .+)? \\\n", block), block[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block[:80]


@pytest.mark.parametrize("name", LOCKS)
def test_locks_bring_one_opencv(name: str) -> None:
    """No headless twin of OpenCV: two builds overwrite each other's files."""
    text = (ROOT / name).read_text()
    assert "headless" not in text
    assert "contrib" not in text


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", text, maxsplit=1)[0].lower() for text in requirements}


def test_locks_cover_what_the_project_asks_for() -> None:
    """Each dependency of the project is pinned, and the two locks agree on every version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = [
        dict(re.findall(r"^([a-z0-9._-]+)(?:\[.*?\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert _names(project["project"]["dependencies"]) <= locked[0].keys()
    assert _names(project["dependency-groups"]["dev"]) <= locked[1].keys()
    assert locked[0].items() <= locked[1].items()
    assert _names(project["build-system"]["requires"]) <= locked[1].keys()


@pytest.mark.parametrize("name", PACKAGES)
def test_package_names_are_ours_alone(name: str) -> None:
    """Generic names such as `search` come from this checkout and no other distribution ships them."""
    assert set(packages_distributions().get(name, ["sohoa"])) == {"sohoa"}
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert Path(module.__file__).resolve().is_relative_to(ROOT)


def test_tree_names_no_machine_and_no_registry() -> None:
    """No committed text holds a path of one machine or the host of a package registry."""
    found: list[str] = []
    for path in iter_tracked():
        if path.suffix.lower() not in BINARY:
            text = path.read_text(encoding="utf-8")
            found += [f"{short_name(path)}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert found == []


def test_machine_paths_are_noticed() -> None:
    """The measure itself finds a home folder and a registry."""
    assert FORBIDDEN.search("see /ho" + "me/an/project")
    assert FORBIDDEN.search("https://py" + "pi.org/simple")
    assert not FORBIDDEN.search("a relative docs/work/page")
