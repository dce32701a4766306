"""Outbox, audit log, steps and slots in memory; held to the same contract as the database's."""

# ruff: noqa: D102 - the ports say what each method does

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from records.access import PROVINCE, Scope
from records.audit_entries import build_canonical
from records.errors import RecordNotFound
from records.merkle import Frontier, hash_leaf
from records.model import AuditEntry, OutboxEvent, TreeHead
from records.outbox_lag import OutboxLag
from tests.fake_state import State, cut_page


class FakeOutboxStore:
    """Events in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, kind: str, subject_id: str, version: int, at: datetime) -> None:
        self._state.last_event += 1
        number = self._state.last_event
        self._state.events[number] = (OutboxEvent(number, kind, subject_id, version, at), at, None)

    def due(self, now: datetime, limit: int) -> Sequence[OutboxEvent]:
        events = self._state.events.values()
        return [event for event, due, delivered in events if delivered is None and due <= now][:limit]

    def delivered(self, numbers: Sequence[int], at: datetime) -> None:
        for number in numbers:
            event, due, _ = self._state.events[number]
            self._state.events[number] = (event, due, at)

    def failed(self, numbers: Sequence[int], retry_at: datetime, error_code: str) -> None:
        for number in numbers:
            event, _, delivered = self._state.events[number]
            tried = replace(event, attempts=event.attempts + 1)
            self._state.events[number] = (tried, retry_at, delivered)
            self._state.event_errors[number] = error_code

    def prune(self, before: datetime) -> int:
        old = [number for number, (_, _, at) in self._state.events.items() if at is not None and at < before]
        for number in old:
            del self._state.events[number]
        return len(old)

    def lag(self) -> OutboxLag:
        waiting = [event for event, _, delivered in self._state.events.values() if delivered is None]
        failing = [event for event in waiting if event.attempts]
        codes = [self._state.event_errors.get(event.number) for event in failing]
        oldest = min((event.at for event in waiting), default=None)
        return OutboxLag(len(waiting), oldest, len(failing), codes[-1] if codes else None)

    def backlog(self) -> int:
        return sum(delivered is None for _, _, delivered in self._state.events.values())


class FakeAuditStore:
    """The audit log in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, entry: AuditEntry, row_id: str | None = None) -> str:
        chosen = row_id or str(uuid.uuid4())
        self._state.entries.setdefault(chosen, (entry, hash_leaf(build_canonical(chosen, entry))))
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
        fits = [
            (row_id, entry)
            for row_id, (entry, _) in sorted(self._state.entries.items())
            if subject_id in (None, entry.subject_id) and actor in (None, entry.actor)
            if scope.covers(entry.unit)
        ]
        return cut_page(sorted(fits, key=lambda row: row[1].at, reverse=True), limit, offset)

    def about(
        self, subject_ids: Sequence[str], *, actions: Sequence[str], limit: int, offset: int = 0
    ) -> tuple[Sequence[tuple[str, AuditEntry]], int]:
        fits = [
            (row_id, entry)
            for row_id, (entry, _) in sorted(self._state.entries.items())
            if entry.subject_id in subject_ids and entry.action in actions
        ]
        return cut_page(sorted(fits, key=lambda row: row[1].at, reverse=True), limit, offset)

    def sequence(self, limit: int = 1000) -> int:
        waiting = [row_id for row_id in self._state.entries if row_id not in self._state.places]
        waiting.sort(key=lambda row_id: (self._state.entries[row_id][0].at, row_id))
        self._state.places.extend(waiting[:limit])
        return len(waiting[:limit])

    def add_head(self, head: TreeHead) -> None:
        self._state.heads.append(head)

    def heads(self) -> Sequence[TreeHead]:
        return list(self._state.heads)

    def root(self) -> tuple[int, str]:
        return len(self._state.places), self._tree(0, len(self._state.places)).root

    def iter_leaves(self) -> Iterator[tuple[int, str, bytes, str]]:
        for place, row_id in enumerate(self._state.places):
            entry, leaf = self._state.entries[row_id]
            yield place, row_id, build_canonical(row_id, entry), leaf

    def subtree(self, level: int, index: int) -> str:
        start, stop = index << level, (index + 1) << level
        if stop > len(self._state.places):
            raise RecordNotFound(level=level, index=index)
        return self._tree(start, stop).root

    def unsequenced(self) -> int:
        return len(self._state.entries) - len(self._state.places)

    def _tree(self, start: int, stop: int) -> Frontier:
        tree = Frontier()
        for row_id in self._state.places[start:stop]:
            tree.append(self._state.entries[row_id][1])
        return tree


class FakeStepStore:
    """Step results in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def find(self, key: str) -> str | None:
        kept = self._state.steps.get(key)
        return kept[0] if kept else None

    def put(self, key: str, result: str) -> str:
        return self._state.steps.setdefault(key, (result, self._state.clock.now()))[0]

    def prune(self, before: datetime) -> int:
        old = [key for key, (_, at) in self._state.steps.items() if at < before]
        for key in old:
            del self._state.steps[key]
        return len(old)


class FakeSlotStore:
    """Worker slots in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def claim(self, holder: str, stale_before: datetime) -> str:
        slots = self._state.slots
        free = [name for name, (held, beat) in slots.items() if held is None or beat < stale_before]
        name = free[0] if free else f"slot-{len(slots) + 1}"
        slots[name] = (holder, self._state.clock.now())
        return name

    def beat(self, name: str, holder: str) -> bool:
        if self._state.slots.get(name, (None,))[0] != holder:
            return False
        self._state.slots[name] = (holder, self._state.clock.now())
        return True

    def release(self, name: str, holder: str | None = None) -> None:
        held, beat = self._state.slots.get(name, (None, None))
        if beat is not None and holder in (None, held):
            self._state.slots[name] = (None, beat)

    def silent(self, before: datetime) -> Sequence[str]:
        return [
            name for name, (held, beat) in self._state.slots.items() if held is not None and beat < before
        ]

    def held(self) -> Sequence[str]:
        return [name for name, (held, _) in self._state.slots.items() if held is not None]
