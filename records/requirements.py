"""What a procedure's component asks for (thành phần hồ sơ): requirement codes to result types, dated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RequirementType:
    """A result type that fulfils a requirement (loại giấy tờ đáp ứng thành phần hồ sơ), from a day on."""

    requirement: str
    type_code: str
    valid_from: date
    valid_to: date | None = None
    source: str = ""

    def holds(self, day: date) -> bool:
        """Whether the row counts on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class RequirementStore(Protocol):
    """Which result types fulfil which requirement (thành phần hồ sơ)."""

    def add(self, row: RequirementType) -> None:
        """Keep a row; `DuplicateRecord` for the same requirement, type and first day."""
        ...

    def save(self, row: RequirementType) -> None:
        """Change when a row ends and where it comes from; `RecordNotFound`."""
        ...

    def of(self, requirements: Iterable[str]) -> Sequence[RequirementType]:
        """Rows of these requirements, of every day, by requirement, type and first day."""
        ...

    def page(self, *, limit: int, offset: int = 0) -> tuple[Sequence[RequirementType], int]:
        """By requirement, type and first day, with the total."""
        ...
