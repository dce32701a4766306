"""Bulk pre-checks (rà soát trước hàng loạt): thousands of questions answered at low priority."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class PrecheckState(StrEnum):
    """How far a pre-check is (trạng thái rà soát)."""

    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Precheck:
    """A pre-check (rà soát trước): `total` questions of which `done` are answered; gone after `expires_at`.

    `held_until` says that a worker has it in hand; when that passes another may take it.
    """

    id: str
    client: str
    state: PrecheckState
    total: int
    done: int
    created_at: datetime
    expires_at: datetime
    held_until: datetime | None = None
    finished_at: datetime | None = None


class PrecheckStore(Protocol):
    """Pre-checks with their questions and answers (rà soát trước)."""

    def add(self, precheck: Precheck, questions: Sequence[str]) -> None:
        """Keep a pre-check; each question is JSON text and gets its ordinal from 1."""
        ...

    def get(self, precheck_id: str) -> Precheck:
        """The pre-check of that id; `RecordNotFound`."""
        ...

    def of_client(self, client: str, limit: int) -> Sequence[Precheck]:
        """A client's pre-checks, newest first."""
        ...

    def claim(self, now: datetime, until: datetime) -> Precheck | None:
        """The oldest waiting one that nobody holds, held until then."""
        ...

    def waiting(self, precheck_id: str, limit: int) -> Sequence[tuple[int, str]]:
        """The next unanswered questions by ordinal."""
        ...

    def answer(self, precheck_id: str, ordinal: int, answer: str) -> bool:
        """Keep an answer and forget its question; False when it was answered before."""
        ...

    def advance(self, precheck_id: str, count: int, now: datetime) -> Precheck:
        """Count answers, free the pre-check, and finish it when all are there; returns it."""
        ...

    def iter_answers(self, precheck_id: str, after: int = 0, limit: int = 500) -> Iterator[tuple[int, str]]:
        """Answers by ordinal, beginning after that one."""
        ...

    def count_open(self, client: str) -> int:
        """How many of a client's pre-checks are not finished."""
        ...

    def prune(self, before: datetime) -> int:
        """Remove pre-checks that expired before that moment, with their answers; returns how many."""
        ...
