"""Lets the writers of one process in by the order they came (lượt ghi).

SQLite has one writer at a time and wakes those who wait in no order: on a busy machine one of fifty could
wait out its whole time limit while others passed it again and again.
"""

import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Lock

from records.errors import StoreUnavailable


class Turns:
    """A lock that is handed on in the order of asking; nobody passes a waiting writer."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Event] = deque()
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        with self._guard:
            return len(self._waiting)

    @contextmanager
    def take(self, timeout: float) -> Generator[float, None, None]:
        """Wait for the turn, at most `timeout` seconds; yields the seconds waited.

        Raises `StoreUnavailable` when the time is over.
        """
        began = time.monotonic()
        self._enter(timeout)
        try:
            yield time.monotonic() - began
        finally:
            self._hand_on()

    def _enter(self, timeout: float) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = Event()
            self._waiting.append(mine)
        if mine.wait(timeout):
            return
        with self._guard:
            if mine.is_set():  # handed over in the last moment: it is ours after all
                return
            self._waiting.remove(mine)
        raise StoreUnavailable(reason="writers_waiting")

    def _hand_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
