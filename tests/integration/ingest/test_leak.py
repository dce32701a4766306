"""After a hit of the state-secret gate nothing of the paper is anywhere (Luật 117/2025 Art. 5)."""

import logging
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_files import write_scan_pdf, write_tiff
from sample_marks import Stamp
from sample_papers import build_paper, draw_pages
from sqlalchemy import inspect, text

from records.access import Scope
from records.states import CaptureState
from tests.integration.ingest.conftest import DPI
from tests.line import ARCHIVIST, Line, open_line

pytestmark = [pytest.mark.tesseract, pytest.mark.sql]
NAME = "to-trinh-quy-hoach-kho-dan.pdf"
SECRET = Stamp("TỐI MẬT")
LARGEST_SEARCHED = 64 * 1024 * 1024


def find_needles(scan: Path) -> list[bytes]:
    """Pieces that would betray the paper: of its bytes, of its image, of its words, of its name."""
    data = scan.read_bytes()
    pieces = [data[at : at + 48] for at in range(0, len(data) - 48, len(data) // 50)]
    # White paper is a run of equal bytes, which any file may hold.
    pieces = [piece for piece in pieces if len(set(piece)) > 24]
    assert len(pieces) >= 3
    paper = build_paper(7, paragraphs=1)
    words = [paper.subject, paper.signer, paper.owner_name, paper.personal_number, *paper.body[0].split()]
    words = [word for word in words if len(word) > 8]
    coded = [word.encode(code) for word in (*words, NAME, "kho-dan") for code in ("utf-8", "utf-16-le")]
    escaped = [word.encode("unicode_escape") for word in words]
    return pieces + coded + escaped


def iter_recent(folder: Path, since: float) -> Iterator[Path]:
    """Files below a folder that changed since; what others remove meanwhile is left out."""
    for path in folder.rglob("*"):
        try:
            status = path.stat(follow_symlinks=False)
        except OSError:
            continue
        if path.is_file() and status.st_mtime >= since and status.st_size <= LARGEST_SEARCHED:
            yield path


def find_leaks(paths: Iterator[Path], needles: list[bytes]) -> list[str]:
    """Files that hold a needle."""
    found: list[str] = []
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError:
            continue
        found += [str(path) for needle in needles if needle in data]
    return found


def dump_tables(line: Line) -> str:
    """Every row of every table as text."""
    with line.store.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        rows = [row for name in names for row in connection.execute(text(f'SELECT * FROM "{name}"'))]
    return "\n".join(map(repr, rows))


@pytest.mark.parametrize("kind", ["pdf", "tiff"])
def test_after_a_hit_no_file_table_log_or_temporary_folder_holds_the_paper(
    kind: str,
    tmp_path: Path,
    memory_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The second page is stamped; the first was read by then. Neither image nor text stays, nor the name."""
    brought, data, temporary = (tmp_path / name for name in ("brought", "data", "temporary"))
    for folder in (brought, data, temporary):
        folder.mkdir()
    clean = draw_pages(build_paper(7, paragraphs=1), DPI, 7)
    stamped = draw_pages(build_paper(7, paragraphs=1), DPI, 7, [SECRET])
    write = write_scan_pdf if kind == "pdf" else write_tiff
    needles = find_needles(write(brought / NAME, [*clean, *stamped], DPI))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    caplog.set_level(logging.DEBUG)
    begun = time.time() - 1
    with open_line(data, memory_dir) as line:
        batch = line.open_batch()
        row = line.intake.receive(batch.id, NAME, brought / NAME, ARCHIVIST, owner_hint="001301000001")
        assert (row.state, row.reason_code) == (CaptureState.REJECTED, "SECRET_MATERIAL_FOUND")
        leaks = find_leaks(iter_recent(memory_dir, begun), needles)
        line.run_jobs()
        with line.store.read() as work:
            kept = work.batches.get_file(row.id)
            incidents, _total = work.incidents.page(Scope(None), limit=10)
            assert not list(work.records.iter_ids())
            assert work.outbox.backlog() == 0
        tables = dump_tables(line)
    leaks += [
        leak
        for folder in (data, memory_dir, temporary)
        for leak in find_leaks(iter_recent(folder, begun), needles)
    ]
    assert leaks == []
    assert not any(needle in caplog.text.encode() for needle in needles)
    assert not any(needle.decode("utf-8", "ignore") in tables for needle in needles if needle.isascii())
    assert "001301000001" not in tables
    assert (kept.name, kept.size, kept.sha256, kept.format, kept.pages) == ("", 0, None, None, None)
    assert [(one.page_ordinal, one.file_ordinal) for one in incidents] == [(len(clean) + 1, 1)]
    assert not [path for path in (data / "blobs").rglob("*") if path.is_file()]
    assert not list(temporary.iterdir())
    assert (brought / NAME).exists()


def test_the_search_of_this_test_finds_a_paper_that_was_kept(line: Line, tmp_path: Path) -> None:
    """The same needles are found after a paper that passed: the test above can fail."""
    scan = write_scan_pdf(tmp_path / NAME, draw_pages(build_paper(7, paragraphs=1), DPI, 7), DPI)
    line.receive(line.open_batch(), scan)
    needles = find_needles(scan)
    assert find_leaks(iter_recent(line.folder, 0), needles)
    assert NAME in dump_tables(line)
