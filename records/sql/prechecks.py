"""Bulk pre-checks in SQL; a claim is a lease, so that a dead worker's pre-check goes on elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, or_, select

from records.prechecks import Precheck, PrecheckState
from records.sql.rows import Rows, build_row, columns_of
from records.sql.schema_clients import precheck_items, prechecks


class SqlPrecheckStore:
    """Pre-checks with their questions and answers (rà soát trước)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, precheck: Precheck, questions: Sequence[str]) -> None:
        """Keep a pre-check; each question is JSON text and gets its ordinal from 1."""
        self._rows.add(prechecks, build_row(precheck))
        rows = [
            {"precheck_id": precheck.id, "ordinal": ordinal, "question": question}
            for ordinal, question in enumerate(questions, 1)
        ]
        if rows:
            self._rows.run(precheck_items.insert(), rows)

    def get(self, precheck_id: str) -> Precheck:
        """The pre-check of that id; `RecordNotFound`."""
        return self._rows.get(Precheck, prechecks, "id", precheck_id)

    def of_client(self, client: str, limit: int) -> Sequence[Precheck]:
        """A client's pre-checks, newest first."""
        mine = select(*columns_of(Precheck, prechecks)).where(prechecks.c.client == client)
        ordered = mine.order_by(prechecks.c.created_at.desc(), prechecks.c.id).limit(limit)
        return self._rows.all(Precheck, ordered)

    def claim(self, now: datetime, until: datetime) -> Precheck | None:
        """The oldest waiting one that nobody holds, held until then."""
        free = or_(prechecks.c.held_until.is_(None), prechecks.c.held_until < now)
        wanted = (
            select(*columns_of(Precheck, prechecks))
            .where(prechecks.c.state == PrecheckState.WAITING, free, prechecks.c.expires_at > now)
            .order_by(prechecks.c.created_at, prechecks.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        found = self._rows.all(Precheck, wanted)
        if not found:
            return None
        held = replace(found[0], held_until=until)
        self._rows.replace(prechecks, "id", build_row(held))
        return held

    def waiting(self, precheck_id: str, limit: int) -> Sequence[tuple[int, str]]:
        """The next unanswered questions by ordinal."""
        mine = (precheck_items.c.precheck_id == precheck_id, precheck_items.c.answer.is_(None))
        wanted = select(precheck_items.c.ordinal, precheck_items.c.question).where(*mine)
        rows = self._rows.run(wanted.order_by(precheck_items.c.ordinal).limit(limit))
        return [(row.ordinal, row.question) for row in rows]

    def answer(self, precheck_id: str, ordinal: int, answer: str) -> bool:
        """Keep an answer and forget its question; False when it was answered before."""
        items = precheck_items.c
        mine = (items.precheck_id == precheck_id, items.ordinal == ordinal, items.answer.is_(None))
        changed = precheck_items.update().where(*mine).values(answer=answer, question=None)
        return self._rows.run(changed).rowcount == 1

    def advance(self, precheck_id: str, count: int, now: datetime) -> Precheck:
        """Count answers, free the pre-check, and finish it when all are there; returns it."""
        mine = prechecks.c.id == precheck_id
        self._rows.run(prechecks.update().where(mine).values(done=prechecks.c.done + count, held_until=None))
        found = self.get(precheck_id)
        if found.done < found.total or found.state is PrecheckState.DONE:
            return found
        done = replace(found, state=PrecheckState.DONE, finished_at=now)
        self._rows.replace(prechecks, "id", build_row(done))
        return done

    def iter_answers(self, precheck_id: str, after: int = 0, limit: int = 500) -> Iterator[tuple[int, str]]:
        """Answers by ordinal, beginning after that one."""
        items = precheck_items.c
        mine = (items.precheck_id == precheck_id, items.ordinal > after, items.answer.is_not(None))
        wanted = select(items.ordinal, items.answer).where(*mine).order_by(items.ordinal).limit(limit)
        yield from ((row.ordinal, row.answer) for row in self._rows.run(wanted))

    def count_open(self, client: str) -> int:
        """How many of a client's pre-checks are not finished."""
        mine = (prechecks.c.client == client, prechecks.c.state == PrecheckState.WAITING)
        count: int = self._rows.run(select(func.count()).select_from(prechecks).where(*mine)).scalar_one()
        return count

    def prune(self, before: datetime) -> int:
        """Remove pre-checks that expired before that moment, with their answers; returns how many."""
        old = select(prechecks.c.id).where(prechecks.c.expires_at < before)
        self._rows.run(precheck_items.delete().where(precheck_items.c.precheck_id.in_(old)))
        return self._rows.run(prechecks.delete().where(prechecks.c.expires_at < before)).rowcount
