"""Uses in dossiers, one-time previews, reports of wrong data, in SQL (sử dụng lại, xem trước, sai lệch)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select

from records.access import Scope
from records.mismatches import Mismatch, MismatchState
from records.sql.rows import Rows, build_row, columns_of, within
from records.sql.schema_reuse import evidence_previews, evidence_uses, mismatches, repeat_keys
from records.uses import EvidencePreview, EvidenceUse, RepeatKey


class SqlEvidenceUseStore:
    """Results used in dossiers (sử dụng lại kết quả)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, use: EvidenceUse) -> bool:
        """Keep a use unless its actor used that result in that dossier before; whether it was kept."""
        return self._rows.add_if_new(evidence_uses, build_row(use))

    def in_dossier(self, dossier: str, result_id: str) -> Sequence[EvidenceUse]:
        """Every use of that result in that dossier, oldest first."""
        return self._all(evidence_uses.c.dossier == dossier, evidence_uses.c.result_id == result_id)

    def of_result(self, result_id: str) -> Sequence[EvidenceUse]:
        """Every use of the result, oldest first."""
        return self._all(evidence_uses.c.result_id == result_id)

    def add_key(self, key: RepeatKey) -> RepeatKey:
        """Keep a caller's key unless it is there; the one that is kept."""
        self._rows.add_if_new(repeat_keys, build_row(key))
        mine = (repeat_keys.c.actor == key.actor) & (repeat_keys.c.key_sha256 == key.key_sha256)
        return self._rows.find(RepeatKey, repeat_keys, mine) or key

    def prune_keys(self, before: datetime) -> int:
        """Forget keys older than that; returns how many."""
        return self._rows.run(repeat_keys.delete().where(repeat_keys.c.at < before)).rowcount

    def _all(self, *where: ColumnElement[bool]) -> Sequence[EvidenceUse]:
        wanted = select(*columns_of(EvidenceUse, evidence_uses)).where(*where)
        return self._rows.all(EvidenceUse, wanted.order_by(evidence_uses.c.at, evidence_uses.c.id))


class SqlEvidencePreviewStore:
    """One-time links (đường xem trước)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, preview: EvidencePreview) -> None:
        """Keep a link."""
        self._rows.add(evidence_previews, build_row(preview))

    def find(self, token_sha256: str) -> EvidencePreview | None:
        """The link of that token, if any; it may be over."""
        this = evidence_previews.c.token_sha256 == token_sha256
        return self._rows.find(EvidencePreview, evidence_previews, this)

    def open(self, token_sha256: str, at: datetime) -> bool:
        """Mark as opened; False when it was opened before, by whoever came first."""
        table = evidence_previews.c
        unopened = (table.token_sha256 == token_sha256) & table.opened_at.is_(None)
        return self._rows.run(evidence_previews.update().where(unopened).values(opened_at=at)).rowcount == 1

    def prune(self, before: datetime) -> int:
        """Forget links that ended before that; returns how many."""
        return self._rows.run(
            evidence_previews.delete().where(evidence_previews.c.expires_at < before)
        ).rowcount


class SqlMismatchStore:
    """Reports of data that does not fit (báo sai lệch)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, mismatch: Mismatch) -> None:
        """Keep a report."""
        self._rows.add(mismatches, build_row(mismatch))

    def save(self, mismatch: Mismatch) -> None:
        """Change a report; `RecordNotFound`."""
        self._rows.replace(mismatches, "id", build_row(mismatch))

    def get(self, mismatch_id: str) -> Mismatch:
        """The report of that id; `RecordNotFound`."""
        return self._rows.get(Mismatch, mismatches, "id", mismatch_id)

    def of_result(self, result_id: str) -> Sequence[Mismatch]:
        """Reports about a result, newest first."""
        wanted = select(*columns_of(Mismatch, mismatches)).where(mismatches.c.result_id == result_id)
        return self._rows.all(Mismatch, wanted.order_by(mismatches.c.at.desc(), mismatches.c.id))

    def page(
        self, scope: Scope, *, state: MismatchState | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[Mismatch], int]:
        """Reports that units of the scope answer, newest first, with the total."""
        where = within(scope, mismatches.c.unit)
        if state is not None:
            where.append(mismatches.c.state == state)
        order = (mismatches.c.at.desc(), mismatches.c.id)
        return self._rows.page(Mismatch, mismatches, where, order, limit, offset)
