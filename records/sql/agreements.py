"""Agreements with machine clients in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from records.agreements import Agreement
from records.sql.rows import Rows, build_row, columns_of
from records.sql.schema_clients import agreements


class SqlAgreementStore:
    """Agreements with machine clients (thoả thuận chia sẻ)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, agreement: Agreement) -> None:
        """Add an agreement."""
        self._rows.add(agreements, build_row(agreement))

    def save(self, agreement: Agreement) -> Agreement:
        """Write with version + 1 where the stored version is still that one; returns it."""
        return self._rows.replace_versioned(agreements, agreement)

    def get(self, agreement_id: str) -> Agreement:
        """The agreement of that id; `RecordNotFound`."""
        return self._rows.get(Agreement, agreements, "id", agreement_id)

    def of_key(self, key_id: str) -> Sequence[Agreement]:
        """Every agreement of a client, oldest first."""
        return self._all(agreements.c.key_id == key_id)

    def all(self) -> Sequence[Agreement]:
        """Every agreement, oldest first."""
        return self._all()

    def _all(self, *where: Any) -> Sequence[Agreement]:
        wanted = select(*columns_of(Agreement, agreements)).where(*where)
        return self._rows.all(Agreement, wanted.order_by(agreements.c.created_at, agreements.c.id))
