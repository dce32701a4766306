"""What a machine client may ask for (thoả thuận chia sẻ): unit, procedure, type, dated; deny by default.

Law 91/2025/QH15 on personal data and decree 47/2020 on sharing ask for a named ground of every exchange: the
agreement is that ground, and each change of it is audited (`records.actions.agreements`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class AgreementState(StrEnum):
    """Whether an agreement works (trạng thái thoả thuận); ended is for good."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement with one machine client (thoả thuận chia sẻ).

    `unit`: dossiers of that unit and below, None for every unit; `procedures` and `result_types`: codes, None
    for all. It holds from `valid_from` to `valid_to`, both included, while it is active.
    """

    id: str
    key_id: str
    document: str
    unit: str | None
    procedures: tuple[str, ...] | None
    result_types: tuple[str, ...] | None
    valid_from: date
    valid_to: date | None
    state: AgreementState
    reason: str
    created_at: datetime
    created_by: str
    updated_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Right:
    """What one agreement lets a client ask (quyền theo thoả thuận), with the units already expanded."""

    units: frozenset[str] | None
    procedures: frozenset[str] | None
    result_types: frozenset[str] | None
    valid_from: date
    valid_to: date | None

    def covers(self, type_code: str, procedure: str, unit: str | None, on: date) -> bool:
        """Whether that type may be asked for in that procedure of that unit on that day."""
        if on < self.valid_from or (self.valid_to is not None and on > self.valid_to):
            return False
        if self.result_types is not None and type_code not in self.result_types:
            return False
        if self.units is not None and unit not in self.units:
            return False
        return self.procedures is None or _find_base(procedure) in self.procedures


class AgreementStore(Protocol):
    """Agreements with machine clients (thoả thuận chia sẻ)."""

    def add(self, agreement: Agreement) -> None:
        """Add an agreement."""
        ...

    def save(self, agreement: Agreement) -> Agreement:
        """Write with version + 1 where the stored version is still that one; returns it."""
        ...

    def get(self, agreement_id: str) -> Agreement:
        """The agreement of that id; `RecordNotFound`."""
        ...

    def of_key(self, key_id: str) -> Sequence[Agreement]:
        """Every agreement of a client, oldest first."""
        ...

    def all(self) -> Sequence[Agreement]:
        """Every agreement, oldest first."""
        ...


def is_agreed(
    rights: Iterable[Right], type_code: str, procedure: str, dossier: str, home_unit: str | None, on: date
) -> bool:
    """Whether any right covers the question; no right at all is a refusal."""
    unit = find_dossier_unit(dossier) or home_unit
    return any(right.covers(type_code, procedure.strip(), unit, on) for right in rights)


def find_dossier_unit(dossier: str) -> str | None:
    """The unit a dossier code of the present form begins with (H12.01.02-260115-0042), else None."""
    head, dash, _rest = dossier.strip().partition("-")
    is_unit = bool(dash) and len(head) >= 3 and head[0].isalpha() and head[1:3].isdigit()
    return head if is_unit else None


def _find_base(procedure: str) -> str:
    """The national part of a procedure code: 1.011442 of 1.011442.000.00.00.H38."""
    return ".".join(procedure.split(".")[:2])
