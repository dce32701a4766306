"""The rules of each day as data (quy tắc theo ngày): algorithms and until when, and requirements."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

POLICY_ID, POLICY_VERSION = "sohoa-verify", "3"
"""The verification policy a report names; a higher version means that verdicts may differ."""
BROKEN_DIGESTS = frozenset({"md2", "md4", "md5"})
"""An imprint under one of these may fit two documents: such a time-stamp proves nothing."""
_FILE = Path(__file__).with_name("data") / "rules.toml"


@dataclass(frozen=True, slots=True)
class AlgorithmRule:
    """Until when an algorithm was good for new signatures (thuật toán); below `bits` where that is given."""

    name: str
    until: date
    source: str
    bits: int | None = None


@dataclass(frozen=True, slots=True)
class RequirementRule:
    """What a kind of document must fulfil since a day (yêu cầu đối với văn bản)."""

    id: str
    name_vi: str
    begins: date
    source: str


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the rules (bộ quy tắc); the report names it."""

    version: str
    algorithms: tuple[AlgorithmRule, ...]
    requirements: tuple[RequirementRule, ...]

    def find_requirement(self, name: str) -> RequirementRule:
        """The requirement with that id; raises KeyError."""
        return {rule.id: rule for rule in self.requirements}[name]


@cache
def load_rules() -> Rules:
    """The rules that come with this version."""
    data: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))
    return Rules(
        version=data["version"],
        algorithms=tuple(
            AlgorithmRule(row["name"], row["until"], row["source"], row.get("bits"))
            for row in data["algorithm"]
        ),
        requirements=tuple(
            RequirementRule(row["id"], row["name_vi"], row["from"], row["source"])
            for row in data["requirement"]
        ),
    )


def find_weak(digest: str, key: str, bits: int) -> tuple[str, ...]:
    """Names of digest and key (`rsa-1024`) that are not good for a signature made today."""
    rules = load_rules().algorithms
    weak = [rule.name for rule in rules if rule.bits is None and rule.name == digest]
    weak += [
        f"{key}-{bits}" for rule in rules if rule.bits is not None and rule.name == key and bits < rule.bits
    ]
    return tuple(weak)


def split_by_day(weak: Sequence[str], proven: datetime | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(still weak, allowed then), by the day the signature provably existed; a claim proves nothing."""
    if proven is None:
        return tuple(weak), ()
    day = proven.astimezone(UTC).date()
    until = {rule.name: rule.until for rule in load_rules().algorithms}
    allowed = tuple(name for name in weak if day <= until.get(name.partition("-")[0], date.min))
    return tuple(name for name in weak if name not in allowed), allowed
