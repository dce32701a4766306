"""Stores of reuse in memory; held to the same contract as the database's."""

# ruff: noqa: D102 - the ports say what each method does

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from records.access import Scope
from records.errors import DuplicateRecord
from records.former_identifiers import FormerIdentifier, OwnerPair
from records.mismatches import Mismatch, MismatchState
from records.requirements import RequirementType
from records.uses import EvidencePreview, EvidenceUse, RepeatKey
from tests.fake_state import State, add_new, cut_page, get_known, newest_first, put_known


class FakeFormerIdentifierStore:
    """Identifiers that changed, in memory."""

    def __init__(self, state: State) -> None:
        self._rows = state.former

    def add(self, row: FormerIdentifier) -> None:
        same = (row.former, row.current, row.valid_from)
        if any((one.former, one.current, one.valid_from) == same for one in self._rows.values()):
            raise DuplicateRecord
        add_new(self._rows, row.id, row)

    def save(self, row: FormerIdentifier) -> None:
        put_known(self._rows, row.id, row)

    def get(self, row_id: str) -> FormerIdentifier:
        return get_known(self._rows, row_id)

    def around(self, keys: Iterable[OwnerPair]) -> Sequence[FormerIdentifier]:
        wanted = set(keys)
        found = [row for row in self._rows.values() if {row.former, row.current} & wanted]
        return sorted(found, key=lambda row: (row.valid_from, row.id))

    def page(self, *, limit: int, offset: int = 0) -> tuple[Sequence[FormerIdentifier], int]:
        return cut_page(newest_first(self._rows.values(), "at"), limit, offset)


class FakeRequirementStore:
    """Requirements in memory."""

    def __init__(self, state: State) -> None:
        self._rows = state.requirements

    def add(self, row: RequirementType) -> None:
        add_new(self._rows, (row.requirement, row.type_code, row.valid_from), row)

    def save(self, row: RequirementType) -> None:
        put_known(self._rows, (row.requirement, row.type_code, row.valid_from), row)

    def of(self, requirements: Iterable[str]) -> Sequence[RequirementType]:
        wanted = set(requirements)
        return [self._rows[key] for key in sorted(self._rows) if key[0] in wanted]

    def page(self, *, limit: int, offset: int = 0) -> tuple[Sequence[RequirementType], int]:
        return cut_page([self._rows[key] for key in sorted(self._rows)], limit, offset)


class FakeEvidenceUseStore:
    """Uses in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, use: EvidenceUse) -> bool:
        get_known(self._state.results, use.result_id)
        kept = self._state.uses.setdefault((use.dossier, use.result_id, use.actor), use)
        return kept is use

    def in_dossier(self, dossier: str, result_id: str) -> Sequence[EvidenceUse]:
        return [use for use in self.of_result(result_id) if use.dossier == dossier]

    def of_result(self, result_id: str) -> Sequence[EvidenceUse]:
        found = [use for use in self._state.uses.values() if use.result_id == result_id]
        return sorted(found, key=lambda use: (use.at, use.id))

    def add_key(self, key: RepeatKey) -> RepeatKey:
        return self._state.repeat_keys.setdefault((key.actor, key.key_sha256), key)

    def prune_keys(self, before: datetime) -> int:
        old = [name for name, key in self._state.repeat_keys.items() if key.at < before]
        for name in old:
            del self._state.repeat_keys[name]
        return len(old)


class FakeEvidencePreviewStore:
    """One-time links in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, preview: EvidencePreview) -> None:
        get_known(self._state.results, preview.result_id)
        add_new(self._state.previews, preview.token_sha256, preview)

    def find(self, token_sha256: str) -> EvidencePreview | None:
        return self._state.previews.get(token_sha256)

    def open(self, token_sha256: str, at: datetime) -> bool:
        preview = self.find(token_sha256)
        if preview is None or preview.opened_at is not None:
            return False
        self._state.previews[token_sha256] = replace(preview, opened_at=at)
        return True

    def prune(self, before: datetime) -> int:
        old = [name for name, preview in self._state.previews.items() if preview.expires_at < before]
        for name in old:
            del self._state.previews[name]
        return len(old)


class FakeMismatchStore:
    """Reports of wrong data in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, mismatch: Mismatch) -> None:
        get_known(self._state.results, mismatch.result_id)
        add_new(self._state.mismatches, mismatch.id, mismatch)

    def save(self, mismatch: Mismatch) -> None:
        put_known(self._state.mismatches, mismatch.id, mismatch)

    def get(self, mismatch_id: str) -> Mismatch:
        return get_known(self._state.mismatches, mismatch_id)

    def of_result(self, result_id: str) -> Sequence[Mismatch]:
        return newest_first(
            (one for one in self._state.mismatches.values() if one.result_id == result_id), "at"
        )

    def page(
        self, scope: Scope, *, state: MismatchState | None = None, limit: int, offset: int = 0
    ) -> tuple[Sequence[Mismatch], int]:
        found = [
            one
            for one in self._state.mismatches.values()
            if scope.covers(one.unit) and state in (None, one.state)
        ]
        return cut_page(newest_first(found, "at"), limit, offset)
