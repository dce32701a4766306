"""What a person may do to fields (trường dữ liệu): confirm them with the paper in view (TT 01/2023 Art. 9).

With the last required field the record is confirmed, gets its code (Art. 10), its file leaves the line
and, where owner and type are known, a result comes to be, all in one commit.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from records.access import Permission
from records.actions.acting import Acting
from records.actions.batches import move_file
from records.actions.reading import build_reading_job
from records.actions.records import RECORD_CHANGED, RecordView, build_view, get_visible
from records.errors import IllegalTransition, InvalidValue, StaleVersion
from records.field_names import DATE_FIELDS, REQUIRED_FIELDS, RESULT_FIELDS, FieldName
from records.identifiers import build_id, build_result_code, parse_owner
from records.model import Record, RecordField, Result
from records.ports import OwnerKey, Store, UnitOfWork
from records.states import (
    CAPTURE_ENDS,
    CaptureState,
    RecordState,
    ResultState,
    SignatureStanding,
    SignatureValue,
)

MAX_LENGTH = 4000
F = FieldName


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a confirmation led to (kết quả xác nhận); `missing` names required fields still open."""

    view: RecordView
    missing: tuple[str, ...]


def confirm_fields(
    store: Store,
    acting: Acting,
    record_id: str,
    values: Mapping[str, str | None],
    seen_version: int | None = None,
) -> Confirmation:
    """Confirm values as printed on the paper; None says that the paper has no such value.

    `seen_version` is the record's version that the person looked at: what somebody else confirmed since
    is not overwritten unseen.

    Raises `InvalidValue`, `InvalidIdentifier`, `AccessDenied`, `RecordNotFound`, `StaleVersion`,
    `IllegalTransition` for a paper that was withdrawn.
    """
    with store.write() as work:
        record = get_visible(work, acting, record_id)
        acting.check(Permission.FIELD_CONFIRM, record.unit)
        _check_not_withdrawn(work, record)
        if seen_version is not None and seen_version != record.version:
            raise StaleVersion(record=record_id, version=record.version)
        before = {field.name: field for field in work.records.fields(record_id)}
        given = {
            name: _confirm(acting, before.get(name) or _unread(record_id, name), _parse(work, name, value))
            for name, value in values.items()
        }
        if not given:
            raise InvalidValue("Cần ít nhất một trường để xác nhận.")
        work.records.put_fields(record_id, given.values())
        fields = {**before, **given}
        missing = tuple(sorted(name for name in REQUIRED_FIELDS if not _is_settled(fields.get(name))))
        changed = work.records.save(_update(acting, record, fields, is_complete=not missing))
        if not missing:
            _release_file(work, acting, changed)
            _put_result(work, acting, changed, fields)
            work.jobs.enqueue(build_reading_job(record_id, changed.version))
        work.outbox.add(RECORD_CHANGED, record_id, changed.version, acting.at)
        work.audit.add(
            acting.entry(
                "record.confirm",
                "record",
                record_id,
                unit=record.unit,
                before=[before[name] for name in sorted(given) if name in before],
                after=[given[name] for name in sorted(given)],
                fields=",".join(sorted(given)),
            )
        )
        view = build_view(work, acting, changed)
        work.commit()
    return Confirmation(view, missing)


def _check_not_withdrawn(work: UnitOfWork, record: Record) -> None:
    """Raise `IllegalTransition` for a paper whose batch was cancelled: it must not come into force."""
    work.batches.hold(record.batch_id)
    if work.batches.get_file(record.file_id).state is CaptureState.CANCELLED:
        raise IllegalTransition("Lô của giấy tờ này đã bị huỷ; hãy nộp lại giấy tờ.", record=record.id)


def _parse(work: UnitOfWork, name: str, text: str | None) -> str | None:
    """The value in its form; errors name the field and never the value."""
    if name not in set(FieldName):
        raise InvalidValue("Không có trường này.", field=name[:64])
    if text is None:
        return None
    value = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    if not value or len(value) > MAX_LENGTH:
        raise InvalidValue("Giá trị trống hoặc quá dài.", field=name)
    if name in DATE_FIELDS:
        return _parse_day(name, value).isoformat()
    if name == F.OWNER_ID:
        return parse_owner("", value).id
    if name == F.TYPE_CODE and work.types.find(value) is None:
        raise InvalidValue("Chưa có loại giấy tờ này trong danh mục.", field=name)
    return value


def _parse_day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as exc:
        raise InvalidValue("Ngày phải có dạng 2026-03-31.", field=name) from exc
    if not 1945 <= day.year <= 2200:
        raise InvalidValue("Năm nằm ngoài khoảng 1945-2200.", field=name)
    return day


def _unread(record_id: str, name: str) -> RecordField:
    return RecordField(record_id, name, None, "", 0.0, None, None, needs_review=True)


def _confirm(acting: Acting, read: RecordField, value: str | None) -> RecordField:
    return replace(
        read, value=value, needs_review=False, confirmed_by=acting.principal.id, confirmed_at=acting.at
    )


def _is_settled(field: RecordField | None) -> bool:
    return field is not None and field.confirmed_by is not None


def _value(fields: Mapping[str, RecordField], name: FieldName) -> str | None:
    """The confirmed value; what nobody confirmed counts as unknown."""
    field = fields.get(name)
    return field.value if field is not None and _is_settled(field) else None


def _owner(fields: Mapping[str, RecordField]) -> OwnerKey | None:
    text = _value(fields, F.OWNER_ID)
    return None if text is None else parse_owner("", text)


def _update(
    acting: Acting, record: Record, fields: Mapping[str, RecordField], *, is_complete: bool
) -> Record:
    title = _value(fields, F.TITLE) or _value(fields, F.SUBJECT) or record.title
    changed = replace(record, title=title, kind=_value(fields, F.KIND) or record.kind, updated_at=acting.at)
    if not is_complete:
        return changed
    type_code = _value(fields, F.TYPE_CODE)
    return replace(
        changed,
        state=RecordState.CONFIRMED,
        result_type=type_code,
        result_code=None if type_code is None else build_result_code(_owner(fields), type_code),
        confirmed_by=acting.principal.id,
        confirmed_at=acting.at,
    )


def _release_file(work: UnitOfWork, acting: Acting, record: Record) -> None:
    file = work.batches.get_file(record.file_id)
    if file.state in CAPTURE_ENDS:
        return
    move_file(work, replace(file, record_id=record.id), CaptureState.RELEASED, acting.at)


def _put_result(work: UnitOfWork, acting: Acting, record: Record, fields: Mapping[str, RecordField]) -> None:
    """Make the record's result, or bring the one there up to what was confirmed now."""
    there = work.results.find_by_record(record.id)
    if any(_value(fields, name) is None for name in RESULT_FIELDS):
        if there is not None:
            raise InvalidValue("Hồ sơ đã có kết quả: chủ sở hữu, loại, số, ngày, cơ quan phải có.")
        return
    result = _build_result(acting, record, fields)
    if there is None:
        work.results.add(result)
    else:
        result = work.results.save(
            replace(result, state=there.state, version=there.version, created_at=there.created_at)
        )
    work.audit.add(
        acting.entry("result.confirm", "result", result.id, unit=record.unit, before=there, after=result)
    )


def _build_result(acting: Acting, record: Record, fields: Mapping[str, RecordField]) -> Result:
    owner = parse_owner("", _value(fields, F.OWNER_ID) or "")
    issued = date.fromisoformat(_value(fields, F.ISSUED) or "")
    valid_from, valid_to = _value(fields, F.VALID_FROM), _value(fields, F.VALID_TO)
    waits = record.signature_standing is SignatureStanding.AWAITING_DIGITISER
    return Result(
        id=build_id("result", record.id),
        record_id=record.id,
        owner_scheme=owner.scheme,
        owner_id=owner.id,
        type_code=_value(fields, F.TYPE_CODE) or "",
        unit=record.unit,
        number=_value(fields, F.NUMBER) or "",
        issuer=_value(fields, F.ISSUER) or "",
        issued=issued,
        valid_from=date.fromisoformat(valid_from) if valid_from else issued,
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
        state=ResultState.VALID,
        # Without the digitiser's signature a copy is searchable, not reusable.
        signature=SignatureValue.MISSING if waits else record.signature_value,
        confidentiality=record.confidentiality,
        visible_from=issued,
        created_at=acting.at,
        updated_at=acting.at,
        title=record.title,
        sha256=record.rendition_sha256 or record.original_sha256,
    )
