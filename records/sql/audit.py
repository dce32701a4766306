"""The audit log's rows, places, subtree hashes and heads in SQL.

No row keeps its canonical text: it is built from the columns on every verification, so that a change to any
column shows.
"""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, select

from records.access import PROVINCE, Scope
from records.audit_entries import build_canonical
from records.errors import RecordNotFound
from records.merkle import hash_leaf, load_frontier
from records.model import AuditEntry, TreeHead
from records.sql.rows import AnySelect, Rows, build_row, chunks, columns_of, within
from records.sql.schema import audit_heads, audit_nodes, audit_rows, audit_sequencer

LEAVES_AT_ONCE = 2000


class SqlAuditStore:
    """The append-only log (nhật ký kiểm toán): a Merkle tree after RFC 6962 with signed heads."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, entry: AuditEntry, row_id: str | None = None) -> str:
        """Write the row in the act's own transaction; returns the row's id. Its place comes later."""
        chosen = row_id or str(uuid.uuid4())
        row = build_row(entry) | {"id": chosen, "leaf_hash": hash_leaf(build_canonical(chosen, entry))}
        self._rows.add_if_new(audit_rows, row)
        return chosen

    def page(
        self,
        *,
        scope: Scope = PROVINCE,
        subject_id: str | None = None,
        actor: str | None = None,
        limit: int,
        offset: int = 0,
    ) -> tuple[Sequence[tuple[str, AuditEntry]], int]:
        """Newest first as (row id, entry), with the total; rows of no unit only for the province."""
        where = within(scope, audit_rows.c.unit)
        if subject_id is not None:
            where.append(audit_rows.c.subject_id == subject_id)
        if actor is not None:
            where.append(audit_rows.c.actor == actor)
        total: int = self._rows.run(select(func.count()).select_from(audit_rows).where(*where)).scalar_one()
        order = (audit_rows.c.at.desc(), audit_rows.c.id)
        wanted = _entries().where(*where).order_by(*order).limit(limit).offset(offset)
        return [(row["id"], _read_entry(row)) for row in self._rows.run(wanted).mappings()], total

    def about(
        self, subject_ids: Sequence[str], *, actions: Sequence[str], limit: int, offset: int = 0
    ) -> tuple[Sequence[tuple[str, AuditEntry]], int]:
        """Rows of these actions about any of these things, newest first, with the total; by an index."""
        where = [audit_rows.c.subject_id.in_(subject_ids), audit_rows.c.action.in_(actions)]
        total: int = self._rows.run(select(func.count()).select_from(audit_rows).where(*where)).scalar_one()
        order = (audit_rows.c.at.desc(), audit_rows.c.id)
        wanted = _entries().where(*where).order_by(*order).limit(limit).offset(offset)
        return [(row["id"], _read_entry(row)) for row in self._rows.run(wanted).mappings()], total

    def sequence(self, limit: int = 1000) -> int:
        """Give places and subtree hashes to rows without one; returns how many. One caller at a time."""
        size: int = self._rows.run(select(audit_sequencer.c.size).with_for_update()).scalar_one()
        waiting = (
            select(audit_rows.c.id, audit_rows.c.leaf_hash)
            .where(audit_rows.c.place.is_(None))
            .order_by(audit_rows.c.at, audit_rows.c.id)
            .limit(limit)
        )
        found = self._rows.run(waiting).all()
        if not found:
            return 0
        frontier = load_frontier(size, self.subtree)
        nodes: list[dict[str, Any]] = []
        for row in found:
            closed = frontier.append(row.leaf_hash)
            nodes += [{"level": level, "position": index, "hash": value} for level, index, value in closed]
        places = [{"row_id": row.id, "new_place": place} for place, row in enumerate(found, start=size)]
        mine = audit_rows.c.id == bindparam("row_id")
        self._rows.run(audit_rows.update().where(mine).values(place=bindparam("new_place")), places)
        if nodes:
            self._rows.run(audit_nodes.insert(), nodes)
        self._rows.run(audit_sequencer.update().values(size=frontier.size))
        return len(found)

    def add_head(self, head: TreeHead) -> None:
        """Keep a signed head."""
        self._rows.run(audit_heads.insert().values(**build_row(head)))

    def heads(self) -> Sequence[TreeHead]:
        """Every head, oldest first."""
        wanted = select(*columns_of(TreeHead, audit_heads)).order_by(audit_heads.c.number)
        return self._rows.all(TreeHead, wanted)

    def root(self) -> tuple[int, str]:
        """Size and root hash of the sequenced tree."""
        size: int = self._rows.run(select(audit_sequencer.c.size)).scalar_one()
        return size, load_frontier(size, self.subtree).root

    def iter_leaves(self) -> Iterator[tuple[int, str, bytes, str]]:
        """(place, row id, canonical bytes, stored leaf hash) in order of place, for verification."""
        last = -1
        while True:
            placed = select(audit_rows.c.id, audit_rows.c.place, audit_rows.c.leaf_hash)
            wanted = placed.where(audit_rows.c.place > last).order_by(audit_rows.c.place)
            found = self._rows.run(wanted.limit(LEAVES_AT_ONCE)).all()
            texts = self._canonical_texts([row.id for row in found])
            for row in found:
                yield row.place, row.id, texts[row.id], row.leaf_hash
            if len(found) < LEAVES_AT_ONCE:
                return
            last = found[-1].place

    def subtree(self, level: int, index: int) -> str:
        """Stored hash over the 2**level leaves from place index * 2**level on; `RecordNotFound`."""
        if level == 0:
            wanted = select(audit_rows.c.leaf_hash).where(audit_rows.c.place == index)
        else:
            here = (audit_nodes.c.level == level) & (audit_nodes.c.position == index)
            wanted = select(audit_nodes.c.hash).where(here)
        found: str | None = self._rows.run(wanted).scalar()
        if found is None:
            raise RecordNotFound(level=level, index=index)
        return found

    def _canonical_texts(self, row_ids: Sequence[str]) -> dict[str, bytes]:
        """Canonical text of each row; empty for one so damaged that it cannot be read."""
        texts: dict[str, bytes] = {}
        for part in chunks(row_ids):
            wanted = _entries().where(audit_rows.c.id.in_(part))
            try:
                for row in self._rows.run(wanted).mappings():
                    texts[row["id"]] = build_canonical(row["id"], _read_entry(row))
            except (ValueError, TypeError, AttributeError):
                if len(part) > 1:
                    texts |= {
                        key: text for row_id in part for key, text in self._canonical_texts([row_id]).items()
                    }
                else:
                    texts[part[0]] = b""
        return texts

    def unsequenced(self) -> int:
        """How many rows have no place yet."""
        waiting = select(func.count()).select_from(audit_rows).where(audit_rows.c.place.is_(None))
        count: int = self._rows.run(waiting).scalar_one()
        return count


def _entries() -> AnySelect:
    return select(*columns_of(AuditEntry, audit_rows), audit_rows.c.id)


def _read_entry(row: RowMapping) -> AuditEntry:
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    del values["id"]
    return AuditEntry(**values)
