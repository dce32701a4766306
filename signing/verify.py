"""Verifies every signature of a PDF (kiểm tra chữ ký số), after TT 15/2025 Annex II and EN 319 102-1.

The steps, in order: 1 count independently, 2 open, 3 list the signatures both ways, 4 check digest and
value, 5 coverage, 6 changes after signing, 7 chain, revocation and time, 8 judge, 9 report. No exception
leaves this module: what cannot be told is a verdict with its reason.
"""

import hashlib
import io
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version

from pyhanko.pdf_utils.reader import PdfFileReader

from signing.areas import Comparison, LookPlan
from signing.census import Census, RawSignature, read_census, read_gap
from signing.chain import Trust, judge_entries
from signing.cms import CmsFacts, verify_cms
from signing.compare import Drawings, judge_drawing
from signing.compare_order import find_touched_pages
from signing.decree30 import judge_issued
from signing.fetch import Fetcher
from signing.holders import Holder, find_holder
from signing.legacy import verify_contents
from signing.level import judge_level
from signing.long_strings import install as install_long_strings
from signing.notices import build_warnings, count_entries
from signing.reading_limits import install as install_reading_limits
from signing.report import (
    Changes,
    ChangeVerdict,
    Counts,
    Coverage,
    DocumentFacts,
    Indication,
    IntegrityVerdict,
    Policy,
    SignatureEntry,
    SignatureReport,
    SignatureType,
    Summary,
    format_time,
)
from signing.revisions import (
    FilledField,
    covered_bytes,
    is_certification,
    is_signed_here,
    iter_filled_fields,
    judge_changes,
    judge_coverage,
    judge_gap,
    read_usage_rights,
)
from signing.revocation import RevocationData
from signing.rows import build_rows, merge_rows
from signing.rules import POLICY_ID, POLICY_VERSION, load_rules
from signing.signed_view import find_revision, read_signed_view
from signing.store import read_store
from signing.trust import TrustBundle
from signing.undecided import build_undecided, build_unreadable
from signing.vendors import install as install_vendor_habits
from signing.verdict import build_summary, judge_document
from signing.widgets import read_widgets

install_long_strings()
install_reading_limits()
install_vendor_habits()

# Their warnings quote certificates and page objects, which no log may hold; the report says what matters.
for _name in ("pyhanko", "pyhanko_certvalidator", "pypdf"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_MAXIMUM_SIGNATURES = 100
_MAXIMUM_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Opened:
    """A document open for checking: both readers and the fields they show."""

    reader: PdfFileReader
    tolerant: PdfFileReader
    fields: tuple[FilledField, ...]
    usage_rights: tuple[int, ...] | None
    drawings: Drawings


def verify_pdf(
    data: bytes,
    *,
    trust: TrustBundle | None,
    at: datetime | None = None,
    fetcher: Fetcher | None = None,
    other_bundles: Sequence[TrustBundle] = (),
    plan: LookPlan | None = None,
) -> SignatureReport:
    """Verify every signature of `data` under `trust` as of `at` (default now); never raises.

    Evidence comes from the document, the bundle and `fetcher`, which asks only for chains of the bundle.
    `plan` bounds the second look: a file with more pages is undecided until all were compared.
    Call from a thread or process without a running event loop.
    """
    moment = at or datetime.now(UTC)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    policy = Policy(
        POLICY_ID,
        POLICY_VERSION,
        trust.label if trust else None,
        format_time(moment) or "",
        fetcher is not None and fetcher.rules.online,
        load_rules().version,
        trust.version if trust else "",
        trust.sha256 if trust else "",
    )
    if len(data) > _MAXIMUM_BYTES:
        return _unreadable(data, policy, "file_too_large")
    # Step 1: an independent count, from pypdf and the raw bytes.
    census = read_census(data)
    try:
        asked = Trust(trust, tuple(other_bundles), moment, RevocationData(), fetcher)
        return _verify(data, census, policy, asked, plan or LookPlan())
    except Exception as exc:  # the last net: hostile files raise nearly anything
        return _undecided(data, census, policy, f"internal:{type(exc).__name__}")


def _verify(data: bytes, census: Census, policy: Policy, trust: Trust, plan: LookPlan) -> SignatureReport:
    """Steps 2 to 9."""
    if not census.is_pdf:
        return _unreadable(data, policy, "not_a_pdf")
    if census.needs_password:
        return _unreadable(data, policy, "password", text="PASSWORD")
    # Step 2: open strictly; what only the tolerant reader takes is noted.
    opened, problem = _open(data, plan)
    warnings = [f"strict_parse_failed:{problem}"] if problem else []
    if opened is None and census.fields is None and not census.raw:
        return _unreadable(data, policy, f"parse_failed:{problem}")
    # Step 3: signatures of the form tree, then those only the bytes show.
    if opened:
        trust = replace(trust, data=read_store(opened.tolerant.root), stored_at=_stored_at(opened.tolerant))
    if opened:
        ends = [sum(found.byte_range[-2:]) for found in opened.fields]
        opened.drawings.begin(ends, lambda: _find_touched(opened, min(ends)))
    try:
        entries, more = _iter_entries(data, census, opened, trust)
    finally:
        if opened:
            opened.drawings.close()
    hybrid = opened is not None and opened.reader.xrefs.hybrid_xrefs_present
    warnings += more + build_warnings(
        census, entries, fields=len(opened.fields) if opened else 0, hybrid=hybrid
    )
    warnings += trust.fetcher.warnings if trust.fetcher else ()
    # Step 8: the whole document; step 9: the report.
    counts = count_entries(entries)
    summary = judge_document(entries, counts)
    if opened is None and not entries:
        warnings.append("parsers_disagree")
    summary = _hidden_signatures(summary, entries, census, counts)
    holders = trust.bundle.holders if trust.bundle else ()
    entries = [_finish(entry, holders) for entry in entries]
    summary = replace(summary, rows=merge_rows([entry.rows for entry in entries]))
    return SignatureReport(
        _document(data, census, opened),
        summary,
        tuple(entries),
        policy,
        tuple(dict.fromkeys(warnings)),
        _engine(),
        requirements=(judge_issued(entries, holders),),
        evidence=trust.fetcher.evidence if trust.fetcher else (),
        comparison=_find_progress(entries),
    )


def _find_progress(entries: Sequence[SignatureEntry]) -> Comparison:
    """How far the second look came for the signature that waits longest."""
    progress = [entry.changes_after.comparison for entry in entries if entry.changes_after.comparison.total]
    return min(progress, key=lambda each: each.done, default=Comparison())


def _finish(entry: SignatureEntry, holders: Sequence[Holder]) -> SignatureEntry:
    """The entry with its holder's name from the administrator's table and its six lines."""
    holder = find_holder(entry.signer, holders) if entry.signer.sha256 else None
    if holder is not None:
        entry = replace(entry, signer=replace(entry.signer, holder=holder.name, holder_kind=holder.kind))
    return replace(entry, rows=build_rows(entry))


def _open(data: bytes, plan: LookPlan) -> tuple[_Opened | None, str | None]:
    """The document, and what the strict parser said against it."""
    problem: str | None = None
    for strict in (True, False):
        try:
            reader = _reader(data, strict=strict)
            fields = tuple(iter_filled_fields(reader))[:_MAXIMUM_SIGNATURES]
            tolerant = _reader(data, strict=False) if strict else reader
            rights = read_usage_rights(reader)
            return _Opened(reader, tolerant, fields, rights, Drawings(data, plan)), problem
        except Exception as exc:  # any parser error means: not this way
            problem = type(exc).__name__
    return None, problem


def _reader(data: bytes, *, strict: bool) -> PdfFileReader:
    """A pyHanko reader; an empty user password is tried, as every viewer does."""
    reader = PdfFileReader(io.BytesIO(data), strict=strict)
    if reader.encrypted:
        reader.decrypt("")
    return reader


def _iter_entries(
    data: bytes, census: Census, opened: _Opened | None, trust: Trust
) -> tuple[list[SignatureEntry], list[str]]:
    """Every signature with its verdict, from the form first, then from the bytes alone."""
    fields = opened.fields if opened else ()
    checked = [
        _check_field(data, census, opened, found, position) for position, found in enumerate(fields) if opened
    ]
    # Step 7: chain, revocation and time, of all together: a document time-stamp proves what it covers.
    entries = judge_entries(checked, trust)
    covered_to = 0
    for entry, found in zip(entries, fields, strict=True):
        if entry.state in (IntegrityVerdict.INTACT, IntegrityVerdict.EXTENDED):
            covered_to = max(covered_to, sum(found.byte_range[-2:]))
    known = {found.byte_range for found in fields}
    warnings: list[str] = []
    for raw in census.raw[:_MAXIMUM_SIGNATURES]:
        if raw.byte_range in known or (opened and raw.byte_range == opened.usage_rights):
            continue
        if raw.offset < covered_to and not is_signed_here(data, raw):
            # A later signer signed the file as it stood, this range inside (an attachment, an old copy).
            warnings.append("unreferenced_byte_range_inside_signed_bytes")
            continue
        entries += judge_entries([_check_raw(data, raw, census, opened)], trust)
    return entries, warnings


def _check_field(
    data: bytes, census: Census, opened: _Opened, found: FilledField, position: int
) -> tuple[SignatureEntry, CmsFacts]:
    """Steps 4 to 6 for one signature field; what raises is an undecided signature with the reason."""
    raw = next((item for item in census.raw if item.byte_range == found.byte_range), None)
    raw = raw or read_gap(data, found.byte_range)
    contents = found.contents or (raw.contents if raw else None) or b""
    # Step 4: digest, value and time-stamps.
    facts = verify_contents(found, contents, covered_bytes(data, found.byte_range) or b"")
    if facts.claimed_time is None and raw is not None and raw.offset < sum(found.byte_range[-2:]):
        facts = replace(facts, claimed_time=raw.claimed)
    # Steps 5 and 6: coverage, then what came after.
    try:
        coverage = judge_coverage(data, found, raw, opened.reader)
        coverage = replace(coverage, sha256=_hash_signed(data, coverage))
        changes = judge_changes(opened.reader, opened.tolerant, found, coverage)
        changes = _look_again(opened, changes, coverage)
    except Exception as exc:  # hostile cross-references
        coverage = Coverage(
            "unclear", found.byte_range, len(data), None, judge_gap(data, found.byte_range, raw)
        )
        changes = Changes(ChangeVerdict.UNDEFINED, reason=f"analysis_failed:{type(exc).__name__}")
    later_stamp = any(item.type == "DocTimeStamp" for item in opened.fields[position + 1 :])
    level, missing = judge_level(
        facts, found.subfilter, has_store=_has_store(opened), later_timestamp=later_stamp
    )
    kind = SignatureType.APPROVAL
    if facts.is_token:
        kind = SignatureType.DOC_TIMESTAMP
    elif is_certification(found):
        kind = SignatureType.CERTIFICATION
    shown = read_signed_view(data, opened.tolerant, found)
    entry = SignatureEntry(
        field=found.name,
        type=kind,
        subfilter=found.subfilter,
        integrity=facts.integrity,
        coverage=coverage,
        changes_after=changes,
        appearance=shown.appearance,
        statement=shown.statement,
        notices=shown.notices,
        level=level,
        level_missing=missing,
    )
    return entry, facts


def _look_again(opened: _Opened, changes: Changes, coverage: Coverage) -> Changes:
    """The drawn comparison of step 6, for a signature that something follows."""
    if coverage.kind != "revision" or coverage.revision is None:
        return changes
    signed = opened.tolerant.get_historical_resolver(coverage.revision)
    before, after = read_widgets(signed.root), read_widgets(opened.tolerant.root)
    return judge_drawing(opened.drawings, changes, coverage, before, after)


def _hash_signed(data: bytes, coverage: Coverage) -> str:
    """SHA-256 of the file as it was when signed; empty for a signature that covers no whole revision."""
    if coverage.kind not in ("whole_file", "revision"):
        return ""
    return hashlib.sha256(memoryview(data)[: sum(coverage.byte_range[-2:])]).hexdigest()


def _find_touched(opened: _Opened, end: int) -> list[int]:
    """Pages to be compared first: those later objects touch, as far as the objects can be read."""
    with suppress(Exception):
        revision = find_revision(opened.tolerant, end)
        return [] if revision is None else find_touched_pages(opened.tolerant, revision)
    return []


def _check_raw(
    data: bytes, raw: RawSignature, census: Census, opened: _Opened | None
) -> tuple[SignatureEntry, CmsFacts]:
    """A signature that only the bytes or the second parser show: its form field is gone or unreadable."""
    covered = covered_bytes(data, raw.byte_range) or b""
    facts = verify_cms(raw.contents or b"", covered, subfilter=raw.subfilter)
    findings = judge_gap(data, raw.byte_range, raw)
    end = sum(raw.byte_range[-2:]) if raw.byte_range else 0
    kind = "unclear" if findings else ("whole_file" if end == len(data) else "block")
    seen_by_second = raw.byte_range in census.field_ranges
    # With nothing after it there is nothing to analyse, whatever the first parser makes of the file.
    nothing_follows = kind == "whole_file" and seen_by_second
    changes = (
        Changes() if nothing_follows else Changes(ChangeVerdict.UNDEFINED, reason="signature_not_in_form")
    )
    entry = SignatureEntry(
        field="",
        type=SignatureType.DOC_TIMESTAMP if facts.is_token else SignatureType.APPROVAL,
        subfilter=raw.subfilter,
        integrity=facts.integrity,
        coverage=Coverage(kind, raw.byte_range, max(0, len(data) - end), None, findings),
        changes_after=changes,
        referenced=opened is None or seen_by_second,
    )
    return entry, facts


def _stored_at(reader: PdfFileReader) -> Callable[[int], RevocationData]:
    """What the security store held in a revision, by its number."""
    return lambda revision: read_store(reader.get_historical_resolver(revision).root)


def _has_store(opened: _Opened) -> bool:
    with suppress(Exception):
        return "/DSS" in opened.reader.root
    return False


def _hidden_signatures(
    summary: Summary, entries: Sequence[SignatureEntry], census: Census, counts: Counts
) -> Summary:
    """More signatures in the second parser than were judged: the document may not look unsigned or fine."""
    lost = (census.fields or 0) > len(entries) or (not entries and census.has_fragment)
    if lost and summary.integrity not in (IntegrityVerdict.ALTERED, IntegrityVerdict.INDETERMINATE):
        return build_summary(
            IntegrityVerdict.INDETERMINATE, Indication.INDETERMINATE, "GENERIC", "UNDECIDED", counts
        )
    return summary


def _document(data: bytes, census: Census, opened: _Opened | None) -> DocumentFacts:
    pdf_version = None
    if opened:
        with suppress(Exception):
            pdf_version = ".".join(str(part) for part in opened.reader.input_version or ()) or None
    return DocumentFacts(
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        pages=census.pages,
        pdf_version=pdf_version,
        hybrid=bool(opened and opened.reader.xrefs.hybrid_xrefs_present),
        encrypted=census.encrypted,
        revisions=census.revision_ends,
        active_content=census.active_content,
    )


def _engine() -> tuple[tuple[str, str], ...]:
    return (("name", "sohoa"), ("version", version("sohoa")), ("pyhanko", version("pyhanko")))


def _unreadable(data: bytes, policy: Policy, reason: str, text: str = "UNREADABLE") -> SignatureReport:
    """The report of a file that cannot be opened at all."""
    facts = DocumentFacts(hashlib.sha256(data).hexdigest(), len(data), encrypted=text == "PASSWORD")
    return build_unreadable(facts, policy, reason, text=text, engine=_engine())


def _undecided(data: bytes, census: Census, policy: Policy, reason: str) -> SignatureReport:
    """The report of a document whose check itself failed."""
    facts = _document(data, census, None)
    return build_undecided(facts, policy, reason, signatures=len(census.raw), engine=_engine())
