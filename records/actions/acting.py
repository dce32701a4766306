"""Who acts, when and by which way in (người thực hiện), and the audit row that says so."""

import hashlib
import json
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime, timedelta, timezone

from records.access import Permission, Principal, authorize
from records.errors import AccessDenied
from records.model import AuditEntry

VIETNAM = timezone(timedelta(hours=7))
"""One zone all year, without summer time."""


@dataclass(frozen=True, slots=True)
class Acting:
    """A principal at work (người đang thực hiện): at a moment, through `api`, `web` or `cli`."""

    principal: Principal
    at: datetime
    channel: str

    @property
    def today(self) -> date:
        """The day it is in Vietnam, wherever the machine's clock is set."""
        return self.at.astimezone(VIETNAM).date()

    def check(self, permission: Permission, unit: str | None) -> None:
        """Raise `AccessDenied` unless held in `unit`; None asks for the whole province."""
        if unit is None and self.principal.scope(permission).units is not None:
            raise AccessDenied(permission=permission.value)
        authorize(self.principal, permission, unit)

    def entry(
        self,
        action: str,
        subject_kind: str,
        subject_id: str,
        *,
        unit: str | None = None,
        purpose: str | None = None,
        outcome: str = "ok",
        before: object = None,
        after: object = None,
        **detail: str | int | None,
    ) -> AuditEntry:
        """The audit row of this act; `before` and `after` are hashed, never kept."""
        return AuditEntry(
            at=self.at,
            actor=self.principal.id,
            actor_kind=self.principal.kind,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            unit=unit,
            purpose=purpose,
            outcome=outcome,
            before=None if before is None else hash_state(before),
            after=None if after is None else hash_state(after),
            detail={"channel": self.channel, **detail},
        )


def hash_state(thing: object) -> str:
    """SHA-256 of a thing's canonical JSON (sorted keys, no spaces, UTF-8)."""
    plain = [
        asdict(part) if is_dataclass(part) and not isinstance(part, type) else part for part in _parts(thing)
    ]
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _parts(thing: object) -> list[object]:
    return list(thing) if isinstance(thing, list | tuple) else [thing]  # pyright: ignore[reportUnknownArgumentType]
