"""Coverage of a signature and what later revisions changed (phạm vi ký và thay đổi sau khi ký).

Coverage is read from the bytes; changes come from pyHanko's difference analysis, revision by revision
(ISO 32000-1 clause 12.8.2), with the harmless habits of other vendors explained to it.
"""

import io
from dataclasses import dataclass, replace
from typing import Any

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.reader import PdfFileReader, process_data_at_eof
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel, SuspiciousModification
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from signing.census import RawSignature
from signing.cms import verify_cms
from signing.objects import as_dictionary, find_value, list_kids
from signing.policy import DIFF_POLICY, SEAL_POLICY
from signing.report import Appearance, ChangeItem, Changes, ChangeVerdict, Coverage
from signing.unlisted import has_unlisted

_LEVELS = {
    ModificationLevel.NONE: ChangeVerdict.NONE,
    ModificationLevel.LTA_UPDATES: ChangeVerdict.LTV,
    ModificationLevel.FORM_FILLING: ChangeVerdict.FORM,
    ModificationLevel.ANNOTATIONS: ChangeVerdict.ANNOTATION,
    ModificationLevel.OTHER: ChangeVerdict.FORBIDDEN,
}
_SEAL_AFTER_CERTIFYING = "visible_signature_after_certification"


@dataclass(frozen=True, slots=True)
class FilledField:
    """A filled signature field as pyHanko reads it (trường chữ ký đã ký)."""

    name: str
    field: generic.DictionaryObject
    value: generic.DictionaryObject
    byte_range: tuple[int, ...]
    contents: bytes
    subfilter: str
    type: str
    reference: generic.Reference | None


def iter_filled_fields(reader: PdfFileReader) -> list[FilledField]:
    """Filled signature fields of the final revision, oldest range first; raises what pyHanko raises."""
    found: list[FilledField] = []
    form = as_dictionary(find_value(reader.root, "/AcroForm"))
    _collect(find_value(form, "/Fields"), "", None, found, 0, set())
    return sorted(found, key=lambda item: sum(item.byte_range[-2:]))


def _collect(kids: Any, prefix: str, kind: Any, found: list[FilledField], depth: int, seen: set[int]) -> None:
    if not isinstance(kids, generic.ArrayObject) or depth > 32 or len(seen) > 5000:
        return
    for index in range(len(kids)):
        node = as_dictionary(kids[index])
        if id(node) in seen:
            continue
        seen.add(id(node))
        title = find_value(node, "/T")
        name = ".".join(part for part in (prefix, str(title) if title is not None else "") if part)
        own_kind = find_value(node, "/FT") or kind
        value = find_value(node, "/V")
        if own_kind == "/Sig" and isinstance(value, generic.DictionaryObject):
            found.append(_filled(name, node, value))
        _collect(find_value(node, "/Kids"), name, own_kind, found, depth + 1, seen)


def _filled(name: str, node: generic.DictionaryObject, value: generic.DictionaryObject) -> FilledField:
    byte_range = _read_range(find_value(value, "/ByteRange"))
    try:
        holder: Any = value.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
        contents = bytes(holder.original_bytes)
    except (KeyError, AttributeError):
        contents = b""
    raw = node.raw_get("/V")
    reference = raw.reference if isinstance(raw, generic.IndirectObject) else node.container_ref
    subfilter = str(find_value(value, "/SubFilter") or "").lstrip("/")
    kind = str(find_value(value, "/Type") or "").lstrip("/")
    return FilledField(
        name, node, value, byte_range, contents, subfilter, kind,
        reference if isinstance(reference, generic.Reference) else None,
    )  # fmt: skip


def _read_range(numbers: Any) -> tuple[int, ...]:
    """The integers of a /ByteRange; anything else is an empty range (a finding, not a crash)."""
    try:
        return tuple(int(item) for item in numbers) if isinstance(numbers, generic.ArrayObject) else ()
    except (ValueError, TypeError):
        return ()


def covered_bytes(data: bytes, byte_range: tuple[int, ...]) -> bytes | None:
    """The bytes a range names; None when it is not pairs inside the file in rising order."""
    if not _is_inside(data, byte_range):
        return None
    view = memoryview(data)  # slices of bytes would be a second copy
    pairs = zip(byte_range[::2], byte_range[1::2], strict=True)
    return b"".join(view[start : start + length] for start, length in pairs)


def _is_inside(data: bytes, byte_range: tuple[int, ...]) -> bool:
    """Whether the range is pairs inside the file in rising order."""
    if not byte_range or len(byte_range) % 2:
        return False
    position = 0
    for start, length in zip(byte_range[::2], byte_range[1::2], strict=True):
        if start < position or length < 0 or start + length > len(data):
            return False
        position = start + length
    return True


def judge_gap(data: bytes, byte_range: tuple[int, ...], raw: RawSignature | None) -> tuple[str, ...]:
    """Findings about the shape of the range: exactly [0, a) and [b, end) around the hex string."""
    if len(byte_range) != 4 or byte_range[0] != 0:
        return ("byte_range_shape",)
    end = byte_range[2] + byte_range[3]
    if not _is_inside(data, byte_range):
        return ("byte_range_outside_file",)
    if raw is None or raw.contents_span != (byte_range[1], byte_range[2]):
        return ("gap_is_not_contents",)
    return () if end <= len(data) else ("byte_range_outside_file",)


def is_signed_here(data: bytes, raw: RawSignature) -> bool:
    """Whether a signature that no form lists is of this very file: its range fits and its value holds."""
    if judge_gap(data, raw.byte_range, raw):
        return False
    covered = covered_bytes(data, raw.byte_range) or b""
    return verify_cms(raw.contents or b"", covered, subfilter=raw.subfilter).integrity.value is True


def judge_coverage(
    data: bytes, found: FilledField, raw: RawSignature | None, reader: PdfFileReader
) -> Coverage:
    """What the signature covers: whole_file, revision, block (an odd end) or unclear."""
    findings = judge_gap(data, found.byte_range, raw)
    if findings:
        return Coverage("unclear", found.byte_range, len(data), None, findings)
    if raw is not None and raw.contents is not None and raw.contents != found.contents:
        return Coverage("unclear", found.byte_range, len(data), None, ("contents_differ",))
    end = found.byte_range[2] + found.byte_range[3]
    revision = _signed_revision(reader, found)
    rest = data[end:]
    if not rest.strip(b"\r\n \0"):
        kind_findings = ("trailing_whitespace",) if rest else ()
        return Coverage("whole_file", found.byte_range, len(rest), revision, kind_findings)
    problem = _revision_problem(data, end, revision, reader)
    if problem:
        return Coverage("block", found.byte_range, len(rest), revision, (problem,))
    return Coverage("revision", found.byte_range, len(rest), revision)


def _signed_revision(reader: PdfFileReader, found: FilledField) -> int | None:
    """Revision that last wrote the signature dictionary."""
    if found.reference is None:
        return None
    return int(reader.xrefs.get_last_change(found.reference))


def _revision_problem(data: bytes, end: int, revision: int | None, reader: PdfFileReader) -> str | None:
    """Why the covered block is not exactly the signed revision, or None."""
    if revision is None:
        return "revision_unknown"
    stream = io.BytesIO(data)
    stream.seek(end)
    try:
        startxref = process_data_at_eof(stream)
    except misc.PdfReadError:
        return "no_end_of_revision"
    if data[data.rfind(b"%%EOF") + len(b"%%EOF") :].strip(b"\r\n \0"):
        # Objects without cross-reference: our reader passes over them, another may not (incremental saving).
        return "bytes_after_last_revision"
    xrefs = reader.xrefs
    if startxref != xrefs.get_startxref_for_revision(revision):
        return "revision_mismatch"
    for earlier in range(revision + 1):
        if xrefs.get_xref_container_info(earlier).end_location > end:
            return "xref_outside_range"
    return "objects_not_listed" if has_unlisted(data, end, revision, reader) else None


def read_docmdp(found: FilledField) -> int | None:
    """Permission level 1-3 of a certification or lock (ISO 32000-2 clause 12.8.2.2); None when free."""
    for reference in find_value(found.value, "/Reference") or ():
        entry = as_dictionary(reference)
        if find_value(entry, "/TransformMethod") == "/DocMDP":
            level = find_value(find_value(entry, "/TransformParams"), "/P")
            return int(level) if level in (1, 2, 3) else 2
    level = find_value(find_value(found.field, "/Lock"), "/P")
    return int(level) if level in (1, 2, 3) else None


def _read_fieldmdp(found: FilledField) -> FieldMDPSpec | None:
    for reference in find_value(found.value, "/Reference") or ():
        entry = as_dictionary(reference)
        if find_value(entry, "/TransformMethod") == "/FieldMDP":
            return FieldMDPSpec.from_pdf_object(entry["/TransformParams"])
    lock = find_value(found.field, "/Lock")
    return None if lock is None else FieldMDPSpec.from_pdf_object(as_dictionary(lock))


def judge_changes(
    reader: PdfFileReader, tolerant: PdfFileReader, found: FilledField, coverage: Coverage
) -> Changes:
    """What the revisions after the signature did; an analysis that fails is `undefined`, never fine.

    The strict reader goes first; what it refuses to read is read again by the tolerant one.
    """
    problem = ""
    docmdp = read_docmdp(found)
    if coverage.kind == "whole_file":
        return Changes(ChangeVerdict.NONE, docmdp)
    if coverage.kind != "revision" or coverage.revision is None:
        return Changes(ChangeVerdict.UNDEFINED, docmdp, reason="coverage_unclear")
    level = None if docmdp is None else MDPPerm(docmdp)
    for each in (reader, tolerant):
        try:
            asked = (each, coverage.revision, _read_fieldmdp(found), level)
            result = DIFF_POLICY.review_file(*asked)
            if docmdp in (2, 3) and "not a certification signature" in str(result):
                changes = _changes(each, coverage.revision, docmdp, SEAL_POLICY.review_file(*asked))
                if changes.verdict != ChangeVerdict.FORBIDDEN:
                    return replace(changes, verdict=ChangeVerdict.UNDEFINED, reason=_SEAL_AFTER_CERTIFYING)
            return _changes(each, coverage.revision, docmdp, result)
        except Exception as exc:  # the analysis walks hostile objects
            problem = type(exc).__name__
    return Changes(ChangeVerdict.UNDEFINED, docmdp, reason=f"analysis_failed:{problem}")


def _changes(
    reader: PdfFileReader, revision: int, docmdp: int | None, result: DiffResult | SuspiciousModification
) -> Changes:
    later = range(revision + 1, reader.xrefs.total_revisions)
    if isinstance(result, SuspiciousModification):
        items = tuple(ChangeItem(number, ChangeVerdict.FORBIDDEN) for number in later)
        return Changes(ChangeVerdict.FORBIDDEN, docmdp, items, reason=str(result)[:300])
    verdict = _LEVELS[result.modification_level]
    if verdict == ChangeVerdict.FORM and _is_signing_alone(reader, result):
        verdict = ChangeVerdict.SIGNATURE
    permitted = docmdp is None or result.modification_level.value <= docmdp
    items = tuple(ChangeItem(number, verdict) for number in later) + tuple(
        ChangeItem(later[-1] if later else revision, ChangeVerdict.FORM, object=str(name))
        for name in sorted(result.changed_form_fields)
    )
    reason = None if permitted else "docmdp_exceeded"
    return Changes(verdict if permitted else ChangeVerdict.FORBIDDEN, docmdp, items, reason=reason)


def _is_signing_alone(reader: PdfFileReader, result: DiffResult) -> bool:
    """Whether every field that changed is a signature: to the analysis signing is filling in a form."""
    signatures = {found.name for found in iter_filled_fields(reader)}
    return bool(result.changed_form_fields) and result.changed_form_fields <= signatures


def is_certification(found: FilledField) -> bool:
    """Whether the signature certifies the document (chữ ký xác nhận): it carries its own DocMDP reference."""
    return any(
        find_value(as_dictionary(entry), "/TransformMethod") == "/DocMDP"
        for entry in find_value(found.value, "/Reference") or ()
    )


def read_usage_rights(reader: PdfFileReader) -> tuple[int, ...] | None:
    """Byte range of a usage-rights signature (ISO 32000-1 clause 12.8.2.3); None without one."""
    permissions = as_dictionary(find_value(reader.root, "/Perms"))
    for key in ("/UR3", "/UR"):
        numbers = find_value(as_dictionary(find_value(permissions, key)), "/ByteRange")
        if isinstance(numbers, generic.ArrayObject):
            return _read_range(numbers)
    return None


def read_appearance(reader: PdfFileReader, found: FilledField) -> Appearance:
    """Page (from 1) and rectangle in points of the signature's widget."""
    rect = find_value(found.field, "/Rect")
    box = tuple(float(number) for number in rect) if isinstance(rect, generic.ArrayObject) else ()
    visible = len(box) == 4 and box[2] != box[0] and box[3] != box[1]
    page = found.field.raw_get("/P") if "/P" in found.field else None
    number = None
    if isinstance(page, generic.IndirectObject):
        number = _page_number(reader, page.reference)
    return Appearance(number, box if visible else (), "signature" if visible else "none")


def _page_number(reader: PdfFileReader, page: generic.Reference) -> int | None:
    """Position of a page in reading order, from 1; None beyond two thousand pages."""
    count = 0
    waiting: list[Any] = [reader.root.raw_get("/Pages")]
    seen: set[generic.Reference] = set()
    while waiting and count < 2000:
        current = waiting.pop()
        node = as_dictionary(current)
        if "/Kids" in node:
            waiting.extend(list_kids(current, node, seen))
            continue
        count += 1
        if isinstance(current, generic.IndirectObject) and current.reference == page:
            return count
    return None
