"""Nothing is skipped in CI, and elsewhere the end of the run says what was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

SAMPLE = '''
import pytest

@pytest.mark.tesseract
def test_reads():
    """Needs a part."""

def test_skips():
    """Skips by itself."""
    pytest.skip({reason!r})
'''


def _run(folder: Path, reason: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    sample = folder / "test_sample.py"
    sample.write_text(SAMPLE.format(reason=reason))
    # Only the plug-ins that our settings name; loading the rest takes longer than the run.
    plugins = ("pytest_timeout", "pytest_socket", "tests.conftest")
    options = [part for name in plugins for part in ("-p", name)]
    options += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    kept = {name: value for name, value in os.environ.items() if name not in {"CI", "SOHOA_TEST_STRICT"}}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(sample)],
        cwd=ROOT,
        env=kept | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_missing_part_is_told_loudly(tmp_path: Path) -> None:
    """On a developer's machine the test is skipped and the summary names the part."""
    done = _run(tmp_path, "a whim", {"PATH": str(tmp_path)})
    assert done.returncode == 0, done.stdout
    assert "NOT RUN" in done.stdout
    assert "MISSING PART: the command tesseract" in done.stdout


@pytest.mark.parametrize("switch", ["CI", "SOHOA_TEST_STRICT"])
def test_missing_part_fails_in_ci(tmp_path: Path, switch: str) -> None:
    """Where strict, a missing part fails its test."""
    done = _run(
        tmp_path, "JDK 21 is missing", {"PATH": str(tmp_path), switch: "true" if switch == "CI" else "1"}
    )
    assert done.returncode == 1, done.stdout
    assert "1 skipped, 1 error" in done.stdout


@pytest.mark.tesseract
@pytest.mark.parametrize(("reason", "expected"), [("a whim", 1), ("JDK 21 is missing", 0)])
def test_any_other_skip_fails_in_ci(tmp_path: Path, reason: str, expected: int) -> None:
    """Where strict, a skip fails the run although no test failed, but for the one part Debian lacks."""
    done = _run(tmp_path, reason, {"CI": "true"})
    assert "1 passed, 1 skipped" in done.stdout, done.stdout
    assert done.returncode == expected
