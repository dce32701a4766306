"""When records of another basis are taken (lượt kiểm tra lại vì căn cứ khác): two machines never race.

Machines whose trust folders differ would each undo what the other judged, without an end. A machine that has
once brought everything under its own basis therefore leaves what others judge under theirs alone for a day.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

_SETTLING = timedelta(minutes=10)
_REST = timedelta(days=1)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class BasisTurns:
    """What one process knows of its own basis (lượt theo căn cứ): since when, and until when it rests.

    Checks begun under the earlier basis may still end within the first minutes: no rest before.
    """

    basis: str = ""
    since: datetime | None = None
    rests_until: datetime | None = None
    _has_rested: bool = False

    def may_take(self, basis: str, now: datetime) -> bool:
        """Whether records of another basis than `basis`, the present one, may be taken at `now`."""
        if basis != self.basis:
            self.basis, self.since, self.rests_until, self._has_rested = basis, now, None, False
        return self.rests_until is None or now >= self.rests_until

    def note(self, taken: int, now: datetime) -> None:
        """How many were taken: none means that everything rests on the own basis by now."""
        if taken:
            if self._has_rested:
                _log.warning("other machines judge signatures under other roots or rules")
                self._has_rested = False
            return
        if self.since is not None and now - self.since >= _SETTLING:
            self.rests_until, self._has_rested = now + _REST, True
