"""What was handed out for reuse (sử dụng lại): uses bound to a dossier, and one-time previews."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class EvidenceUse:
    """A result used in a dossier instead of a paper (sử dụng lại kết quả): who, what for, which bytes.

    One row for a dossier, a result and who used it. `version` is the result's on that day, `sha256` the
    bytes handed out, `report_sha256` the signature report that went with them.
    """

    id: str
    result_id: str
    dossier: str
    procedure: str
    legal_basis: str
    actor: str
    actor_kind: str
    unit: str | None
    at: datetime
    version: int
    sha256: str | None
    report_sha256: str | None


@dataclass(frozen=True, slots=True)
class RepeatKey:
    """An `Idempotency-Key` of one caller and what it was used for (khoá chống lặp); only hashes are kept."""

    actor: str
    key_sha256: str
    request_sha256: str
    subject_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EvidencePreview:
    """A link that shows a result once (đường xem trước một lần); only the token's SHA-256 is kept."""

    token_sha256: str
    result_id: str
    actor: str
    dossier: str
    procedure: str
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None = None


class EvidenceUseStore(Protocol):
    """Results used in dossiers (sử dụng lại kết quả)."""

    def add(self, use: EvidenceUse) -> bool:
        """Keep a use unless its actor used that result in that dossier before; whether it was kept."""
        ...

    def in_dossier(self, dossier: str, result_id: str) -> Sequence[EvidenceUse]:
        """Every use of that result in that dossier, oldest first."""
        ...

    def of_result(self, result_id: str) -> Sequence[EvidenceUse]:
        """Every use of the result, oldest first."""
        ...

    def add_key(self, key: RepeatKey) -> RepeatKey:
        """Keep a caller's key unless it is there; the one that is kept."""
        ...

    def prune_keys(self, before: datetime) -> int:
        """Forget keys older than that; returns how many."""
        ...


class EvidencePreviewStore(Protocol):
    """One-time links (đường xem trước)."""

    def add(self, preview: EvidencePreview) -> None:
        """Keep a link."""
        ...

    def find(self, token_sha256: str) -> EvidencePreview | None:
        """The link of that token, if any; it may be over."""
        ...

    def open(self, token_sha256: str, at: datetime) -> bool:
        """Mark as opened; False when it was opened before, by whoever came first."""
        ...

    def prune(self, before: datetime) -> int:
        """Forget links that ended before that; returns how many."""
        ...
