"""What a report warns of (cảnh báo) without it changing the verdict, and how many of each there are."""

from collections.abc import Sequence

from signing.census import Census
from signing.report import Counts, SignatureEntry, SignatureType


def build_warnings(
    census: Census, entries: Sequence[SignatureEntry], *, fields: int, hybrid: bool
) -> list[str]:
    """What the counts and the document itself give reason to say; `fields`: those the first parser filled."""
    warnings = [f"active_content:{name}" for name in census.active_content]
    if census.problem:
        warnings.append(f"second_parser_failed:{census.problem}")
    if census.fields is not None and census.fields != fields:
        warnings.append("parsers_disagree")
    if census.empty_fields:
        warnings.append("empty_signature_field")
    if census.usage_rights:
        warnings.append("usage_rights")
    if hybrid:
        warnings.append("hybrid_references")
    for entry in entries:
        warnings += _entry_warnings(entry)
    if any(not entry.referenced for entry in entries):
        warnings.append("unreferenced_signature")
    return warnings


def _entry_warnings(entry: SignatureEntry) -> list[str]:
    """What one signature adds."""
    warnings = [f"weak_algorithm:{name}" for name in entry.integrity.weak]
    warnings += [f"allowed_then:{name}" for name in entry.integrity.allowed_then]
    warnings += [code for stamp in entry.time.signature_timestamps for code in stamp.findings]
    if entry.revocation.status in ("unknown", "stale"):
        warnings.append(f"revocation_{entry.revocation.status}")
    return [*warnings, *entry.changes_after.second_look, *entry.notices]


def count_entries(entries: Sequence[SignatureEntry]) -> Counts:
    """How many signatures, time-stamps, unreadable ones and ones in no form field."""
    stamps = sum(entry.type == SignatureType.DOC_TIMESTAMP for entry in entries)
    return Counts(
        signatures=len(entries) - stamps,
        timestamps=stamps,
        unreadable=sum(entry.integrity.value is None for entry in entries),
        unreferenced=sum(not entry.referenced for entry in entries),
    )
