"""A watched folder on real parts."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from sample_marks import Stamp

from ingest.watch import Watcher
from records.errors import StoreUnavailable
from records.states import CaptureState
from tests.integration.ingest.conftest import write_scan
from tests.line import ARCHIVIST, Line

pytestmark = [pytest.mark.tesseract, pytest.mark.sql]


def make_watcher(line: Line, folder: Path) -> Watcher:
    """A watcher with a batch of its own."""
    folder.mkdir(exist_ok=True)
    batch = line.open_batch()
    return Watcher(line.intake, line.store, folder, ARCHIVIST, lambda: batch.id)


def test_a_file_is_taken_when_it_stands_still_once_and_stays(line: Line, tmp_path: Path) -> None:
    """Not while it grows, then once, also after a restart; it is never moved or removed."""
    folder = tmp_path / "scanner"
    watcher = make_watcher(line, folder)
    whole = write_scan(tmp_path / "whole.pdf").read_bytes()
    (folder / "a.pdf").write_bytes(whole[:1000])
    assert watcher.look() == []
    (folder / "a.pdf").write_bytes(whole)
    assert watcher.look() == []
    assert [row.state for row in watcher.look()] == [CaptureState.READ]
    assert watcher.look() == []
    again = make_watcher(line, folder)
    assert (again.look(), again.look()) == ([], [])
    assert (folder / "a.pdf").read_bytes() == whole


def test_hidden_files_links_and_empty_ones_do_not_stop_it(line: Line, tmp_path: Path) -> None:
    """What cannot be a scan is passed over or refused, and the next file is taken."""
    folder = tmp_path / "scanner"
    watcher = make_watcher(line, folder)
    (folder / ".partial.pdf").write_bytes(b"%PDF-")
    (folder / "link.pdf").symlink_to("/etc/passwd")
    (folder / "a-empty.pdf").touch()
    shutil.copy(write_scan(tmp_path / "whole.pdf"), folder / "b.pdf")
    watcher.look()
    assert [row.state for row in watcher.look()] == [CaptureState.REJECTED, CaptureState.READ]


def test_a_stopped_paper_is_not_taken_up_again_and_not_copied(line: Line, tmp_path: Path) -> None:
    """After a hit the file lies where it lay, nothing of it is kept, and it is not read at every look."""
    folder = tmp_path / "scanner"
    watcher = make_watcher(line, folder)
    write_scan(folder / "a.pdf", 5, Stamp("MẬT"))
    watcher.look()
    assert [row.reason_code for row in watcher.look()] == ["SECRET_MATERIAL_FOUND"]
    assert watcher.look() == []
    assert not [path for path in (line.folder / "blobs").rglob("*") if path.is_file()]
    os.utime(folder / "a.pdf", (1, 1))
    watcher.look()
    assert [row.reason_code for row in watcher.look()] == ["SECRET_MATERIAL_FOUND"]


def test_a_name_that_is_no_text_is_taken_like_any_other(line: Line, tmp_path: Path) -> None:
    """Names come from other systems: bytes that are no UTF-8 and marks that turn text round."""
    folder = tmp_path / "scanner"
    watcher = make_watcher(line, folder)
    scan = write_scan(tmp_path / "whole.pdf").read_bytes()
    Path(os.fsdecode(os.fsencode(folder) + b"/a\xff.pdf")).write_bytes(scan)
    (folder / "b\u202efdp.exe").write_bytes(b"MZ")
    watcher.look()
    rows = watcher.look()
    assert [(row.name, row.state) for row in rows] == [
        ("a_.pdf", CaptureState.READ),
        ("b_fdp.exe", CaptureState.REJECTED),
    ]
    assert watcher.look() == []


def test_an_outage_or_a_missing_share_does_not_end_the_watch(
    line: Line, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The database is away at one look, the folder at the next; the file is taken when both are back."""
    folder = tmp_path / "scanner"
    stop, taken = threading.Event(), []

    class Watched(Watcher):
        looks = 0

        def look(self):
            self.looks += 1
            if self.looks == 1:
                raise StoreUnavailable
            if self.looks == 2:
                folder.rename(tmp_path / "away")
            elif self.looks == 3:
                (tmp_path / "away").rename(folder)
            return super().look()

    made = make_watcher(line, folder)
    watcher = Watched(line.intake, line.store, folder, ARCHIVIST, made._choose_batch)
    (folder / "a.txt").write_bytes(b"no scan")

    def keep(file):
        taken.append(file.state)
        stop.set()

    watcher.run(stop, 0.01, keep)
    assert taken == [CaptureState.REJECTED]
    assert "STORE_UNAVAILABLE" in caplog.text
