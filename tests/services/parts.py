"""Which outside parts this machine has, and what happens to a test whose part is missing.

Where `CI=true` or `SOHOA_TEST_STRICT=1` a missing part fails the test: nothing is skipped there. Elsewhere
the test is skipped and the end of the run says loudly what could not run.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from ocr.models import DEFAULT_FOLDER, Model

MARK = "MISSING PART:"
"""What the reason of every such skip begins with; the summary looks for it."""

CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "sohoa-tests"
"""Where fetched servers and tools are kept between runs."""

RUNNING = Path(__file__).resolve().parents[2] / "var" / "tests"
"""Where each server started for the tests leaves its number as `*.pid`; `make stop` looks there."""

SOFTHSM_MODULES = tuple(
    Path(folder) / "softhsm" / "libsofthsm2.so"
    for folder in ("/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")
)


def is_strict() -> bool:
    """Whether a missing outside part fails the test instead of skipping it."""
    return os.environ.get("CI") == "true" or os.environ.get("SOHOA_TEST_STRICT") == "1"


def report_missing(what: str) -> NoReturn:
    """End the running test because `what` is missing: a failure where strict, else a loud skip."""
    message = f"{MARK} {what}. `make setup` installs it."
    if is_strict():
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def find_chromium() -> str | None:
    """The browser's command, None where there is none; `SOHOA_TEST_CHROMIUM` names another."""
    wanted = os.environ.get("SOHOA_TEST_CHROMIUM")
    return wanted or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


def find_softhsm_module() -> Path | None:
    """The PKCS#11 module of SoftHSM2, None where there is none."""
    return next((path for path in SOFTHSM_MODULES if path.exists()), None)


def find_postgres_folder() -> Path | None:
    """The folder with `initdb` and `postgres` of the newest server installed, None where there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    command = shutil.which("initdb")
    found = debian[-1] if debian else Path(command).resolve() if command else None
    return found.parent if found else None


@cache
def _missing_tesseract() -> str:
    if not shutil.which("tesseract"):
        return "the command tesseract"
    answer = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True)
    return "" if "vie" in answer.stdout.split() else "Tesseract's language data vie"


def _missing_softhsm() -> str:
    complete = find_softhsm_module() and shutil.which("softhsm2-util")
    return "" if complete else "SoftHSM2 (packages softhsm2, opensc)"


def _missing_java() -> str:
    return "" if shutil.which("java") and shutil.which("mvn") else "Java 17 and Maven"


def _missing_elastic() -> str:
    return "" if os.environ.get("SOHOA_TEST_ELASTIC_URL") else _missing_java()


def _missing_models() -> str:
    missing = [model for model in Model if not Path(DEFAULT_FOLDER, model).is_file()]
    return f"the readers' models ({', '.join(missing)}; `sohoa models` fetches them)" if missing else ""


NEEDS: dict[str, Callable[[], str]] = {
    "tesseract": _missing_tesseract,
    "softhsm": _missing_softhsm,
    "postgres": lambda: "" if find_postgres_folder() else "a PostgreSQL server",
    "verapdf": _missing_java,
    "etsi": _missing_java,
    "elastic": _missing_elastic,
    "models": _missing_models,
    "browser": lambda: "" if find_chromium() else "Chromium",
}
"""For each marker, what is missing on this machine (an empty text: nothing)."""
