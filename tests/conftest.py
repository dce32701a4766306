"""What all tests share: the import path, outside parts, the browser, and the word on what could not run."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# The demo's samples serve the tests too; both folders are no installed packages.
sys.path[:0] = [str(ROOT), str(ROOT / "demo")]

from tests.services import parts, postgres, verapdf  # noqa: E402

OPTIONAL_SKIPS = ("JDK 21",)
"""Reasons that may skip a test even where strict: Debian 12 has no Java 21, which Elasticsearch 9.5 needs."""

pytest_plugins = ["tests.services.fixtures_elastic", "tests.demonstration"]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Stop a test before its fixtures when its marker names a part that this machine lacks."""
    for marker, find_missing in parts.NEEDS.items():
        if item.get_closest_marker(marker) is not None and (missing := find_missing()):
            parts.report_missing(missing)


def _skip_reasons(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return [str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where strict, a skipped test makes the run fail."""
    if not parts.is_strict() or hasattr(session.config, "workerinput"):
        return
    reasons = _skip_reasons(session.config)
    if any(not any(word in reason for word in OPTIONAL_SKIPS) for reason in reasons):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, in red, why tests were skipped."""
    reasons = _skip_reasons(terminalreporter.config)
    if not reasons:
        return
    terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
    for reason in sorted(set(reasons)):
        terminalreporter.line(f"{reasons.count(reason)} x {reason.removeprefix('Skipped: ')}", red=True)


@pytest.fixture
def memory_dir(tmp_path: Path) -> Iterator[Path]:
    """An empty folder in memory, as the intake wants for bytes that have not passed the gate."""
    shared_memory = Path("/dev/shm")
    if not shared_memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="sohoa-test-", dir=shared_memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    """One private PostgreSQL server for this test process."""
    with postgres.running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.PostgresServer) -> Iterator[str]:
    """The address of a fresh, empty PostgreSQL database."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture(scope="session", name="verapdf")
def verapdf_fixture() -> Callable[[Path, str], verapdf.Judgement]:
    """veraPDF as a function: file and flavour in, `(compliant, report)` out."""
    return verapdf.judge_pdfa


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium for pytest-playwright, quiet on the network and without a sandbox (root in CI)."""
    quiet = ("background-networking", "component-update", "sync", "gpu", "quic")
    return {
        "executable_path": parts.find_chromium(),
        "args": ["--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in quiet)],
    }
