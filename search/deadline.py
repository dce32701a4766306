"""How long an answer may still take (hạn trả lời)."""

import time
from collections.abc import Callable

from records.errors import StoreUnavailable


class Deadline:
    """A moment `seconds` from now by which an answer has to be there (hạn trả lời)."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._end = now() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._end - self._now())

    def check(self) -> None:
        """Raise `StoreUnavailable` when it is over: nothing may be noted as answered that was not."""
        if self.left == 0.0:
            raise StoreUnavailable(reason="deadline")
