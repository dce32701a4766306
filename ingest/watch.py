"""A watched folder (thư mục theo dõi): what a scanner puts there is taken in; it stays where it is.

A file is taken when its size and time have stood still between two looks. What became of it is remembered
under a hash of its path, size and time, never of its content, so that a hit of the gate leaves no trace of
the paper here.
"""

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.batches import Intake
from records.access import Principal
from records.errors import ServiceError
from records.model import BatchFile
from records.ports import Store

_log = logging.getLogger(__name__)


class Watcher:
    """Takes in what comes to lie in a folder (bộ theo dõi thư mục).

    `choose_batch` gives the batch for the next file, so that its owner may begin a new one each day.
    """

    def __init__(
        self, intake: Intake, store: Store, folder: Path, who: Principal, choose_batch: Callable[[], str]
    ) -> None:
        self._intake = intake
        self._store = store
        self._folder = folder
        self._who = who
        self._choose_batch = choose_batch
        self._seen: dict[Path, tuple[int, int]] = {}

    def look(self) -> list[BatchFile]:
        """Take in every unknown file that has stood still since the last look; returns their rows."""
        taken: list[BatchFile] = []
        now = dict(self._iter_files())
        for path, state in now.items():
            key = build_watch_key(path, *state)
            if self._seen.get(path) == state and not self._is_known(key):
                file = self._take(path, key)
                taken.extend([file] if file else [])
        self._seen = now
        return taken

    def run(self, stop: threading.Event, seconds: float, on_file: Callable[[BatchFile], None]) -> None:
        """Look every `seconds` until told to stop; a look that fails is followed by the next."""
        while not stop.wait(seconds):
            for file in self._try_to_look():
                on_file(file)

    def _try_to_look(self) -> list[BatchFile]:
        try:
            return self.look()
        except ServiceError as error:
            _log.warning("watched folder not looked through: %s", error)
        except OSError as error:
            # The share may be away, or a folder gone while it was listed.
            _log.warning("watched folder not readable: %s", type(error).__name__)
        return []

    def _take(self, path: Path, key: str) -> BatchFile | None:
        """One file; whatever it meets, the watcher goes on and tries again at the next look."""
        try:
            file = self._intake.receive(self._choose_batch(), path.name, path, self._who)
            with self._store.write() as work:
                work.steps.put(key, file.id)
                work.commit()
        except ServiceError as error:
            _log.warning("watched file not taken: %s", error)
            return None
        except OSError as error:
            # Gone again, or not readable yet; the name may tell what the paper is.
            _log.warning("watched file not readable: %s", type(error).__name__)
            return None
        return file

    def _is_known(self, key: str) -> bool:
        with self._store.read() as work:
            return work.steps.find(key) is not None

    def _iter_files(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        """Files below the folder with size and time, by name; hidden ones are still being written."""
        for path in sorted(self._folder.rglob("*")):
            if any(part.startswith(".") for part in path.relative_to(self._folder).parts):
                continue
            try:
                status = path.stat(follow_symlinks=False)
            except OSError:
                continue
            if path.is_file() and not path.is_symlink():
                yield path, (status.st_size, status.st_mtime_ns)


def build_watch_key(path: Path, size: int, modified_ns: int) -> str:
    """Under which a watched file is remembered."""
    # A name is bytes to the system, not always text.
    named = os.fsencode(path) + f"\x1f{size}\x1f{modified_ns}".encode()
    return "watch:" + hashlib.sha256(named).hexdigest()
