"""The six questions of a verdict (sáu dòng kết luận), one line of Vietnamese each.

One green tick hides which question was answered: integrity, coverage, changes after signing, signer and
chain, revocation and time each have a line of their own, for one signature and for the whole document.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from signing.areas import UNFINISHED
from signing.report import ChangeVerdict, Row, RowKey, RowState, SignatureEntry, SignatureType

_HANOI = timezone(timedelta(hours=7))
_HOUR = 3600
_SEVERITY = (RowState.BAD, RowState.UNKNOWN, RowState.WARNING, RowState.GOOD)

ROW_TEXTS: dict[str, tuple[RowState, str]] = {
    "INTEGRITY_GOOD": (RowState.GOOD, "Nội dung đúng như lúc ký."),
    "INTEGRITY_WEAK": (RowState.WARNING, "Nội dung đúng như lúc ký, nhưng thuật toán đã yếu ({names})."),
    "INTEGRITY_ALLOWED_THEN": (
        RowState.GOOD,
        "Nội dung đúng như lúc ký; thuật toán ({names}) khi đó còn được phép.",
    ),
    "INTEGRITY_BAD": (RowState.BAD, "Nội dung không còn khớp với chữ ký."),
    "INTEGRITY_FORBIDDEN": (RowState.BAD, "Thuật toán của chữ ký mâu thuẫn hoặc không được phép."),
    "INTEGRITY_UNKNOWN": (RowState.UNKNOWN, "Chưa kiểm tra được nội dung có đúng như lúc ký."),
    "COVERAGE_WHOLE": (RowState.GOOD, "Chữ ký bao phủ toàn bộ tệp."),
    "COVERAGE_REVISION": (RowState.GOOD, "Chữ ký bao phủ trọn phiên bản lúc ký; sau đó tệp được ghi thêm."),
    "COVERAGE_ODD": (RowState.BAD, "Chữ ký không bao phủ đúng phần nội dung phải ký."),
    "COVERAGE_UNKNOWN": (RowState.UNKNOWN, "Chưa xác định được phạm vi mà chữ ký bao phủ."),
    "CHANGES_NONE": (RowState.GOOD, "Không có gì thay đổi sau khi ký."),
    "CHANGES_LTV": (RowState.GOOD, "Sau khi ký chỉ bổ sung bằng chứng để kiểm tra lâu dài."),
    "CHANGES_SIGNATURE": (RowState.GOOD, "Sau khi ký chỉ có thêm chữ ký khác."),
    "CHANGES_FORM": (RowState.WARNING, "Sau khi ký có điền biểu mẫu được phép."),
    "CHANGES_ANNOTATION": (RowState.WARNING, "Sau khi ký có ghi chú được phép; nên xem {pages}."),
    "CHANGES_FORBIDDEN": (RowState.BAD, "Sau khi ký tài liệu bị thay đổi không được phép{pages}."),
    "CHANGES_REMOVED": (RowState.BAD, "Chữ ký đã bị gỡ khỏi biểu mẫu của tài liệu."),
    "CHANGES_COMPARING": (
        RowState.UNKNOWN,
        "Đang đối chiếu hình trước và sau: {done}/{total} trang, chưa thấy khác.",
    ),
    "CHANGES_UNKNOWN": (RowState.UNKNOWN, "Chưa xác định được thay đổi sau khi ký{pages}."),
    "SIGNER_TRUSTED": (RowState.GOOD, "{signer}; chứng thư thuộc bộ tin cậy {bundle}."),
    "SIGNER_NOT_CHECKED": (RowState.UNKNOWN, "{signer}; chưa nạp bộ chứng thư để kiểm tra."),
    "SIGNER_UNKNOWN_CHAIN": (RowState.UNKNOWN, "{signer}; chưa xác định được chuỗi chứng thư."),
    "SIGNER_WRONG_CHAIN": (RowState.BAD, "{signer}; chứng thư thuộc hệ thống khác ({bundle})."),
    "SIGNER_EXPIRED": (RowState.UNKNOWN, "{signer}; chứng thư đã hết hạn ngày {until}."),
    "SIGNER_NOT_YET_VALID": (RowState.UNKNOWN, "{signer}; chứng thư chưa đến ngày có hiệu lực."),
    "SIGNER_REVOKED": (RowState.BAD, "{signer}; chứng thư đã bị thu hồi."),
    "SIGNER_SUSPENDED": (RowState.UNKNOWN, "{signer}; chứng thư đang bị tạm dừng."),
    "SIGNER_UNFIT": (RowState.BAD, "{signer}; chứng thư không được cấp cho việc ký này."),
    "SIGNER_MISSING": (RowState.UNKNOWN, "Không đọc được chứng thư của người ký."),
    "REVOCATION_GOOD": (RowState.GOOD, "Chứng thư không bị thu hồi."),
    "REVOCATION_LATER": (RowState.GOOD, "Chứng thư bị thu hồi từ {since}, sau thời điểm đã có chữ ký."),
    "REVOCATION_ON_HOLD": (RowState.UNKNOWN, "Chứng thư bị tạm dừng từ {since}."),
    "REVOCATION_REVOKED": (RowState.BAD, "Chứng thư bị thu hồi từ {since}."),
    "REVOCATION_STALE": (RowState.WARNING, "Danh sách thu hồi đã cũ (cập nhật {updated})."),
    "REVOCATION_UNKNOWN": (RowState.WARNING, "Chưa có thông tin thu hồi của chứng thư."),
    "REVOCATION_NOT_CHECKED": (RowState.UNKNOWN, "Chưa kiểm tra tình trạng thu hồi."),
    "TIME_STAMPED": (RowState.GOOD, "Đã ký vào lúc {moment}, theo dấu thời gian của {authority}{skew}."),
    "TIME_STAMPED_WEAK": (
        RowState.WARNING,
        "Đã ký vào lúc {moment}, theo dấu thời gian của {authority}{skew}; thuật toán của dấu đã yếu.",
    ),
    "TIME_STAMP_NOT_TRUSTED": (
        RowState.WARNING,
        "Dấu thời gian {moment} của {authority}; nơi cấp dấu chưa được xác nhận tin cậy.",
    ),
    "TIME_STAMP_BAD": (RowState.BAD, "Dấu thời gian không khớp với chữ ký."),
    "TIME_STAMP_UNKNOWN": (RowState.UNKNOWN, "Chưa đọc được dấu thời gian của chữ ký."),
    "TIME_DOCUMENT": (RowState.GOOD, "Dấu thời gian của tài liệu, lúc {moment}."),
    "TIME_DOCUMENT_NOT_TRUSTED": (
        RowState.WARNING,
        "Dấu thời gian của tài liệu, lúc {moment}; nơi cấp dấu chưa được xác nhận tin cậy.",
    ),
    "TIME_PROVEN": (RowState.GOOD, "Chữ ký đã có trước {moment}, theo dấu thời gian của tài liệu."),
    "TIME_CLAIMED": (RowState.WARNING, "Người ký khai {moment}; không có dấu thời gian làm chứng."),
    "TIME_NONE": (RowState.WARNING, "Không ghi thời điểm ký."),
}
"""Code to (state, one line); braces are filled with names, dates and pages of the report."""


def build_rows(entry: SignatureEntry) -> tuple[Row, ...]:
    """The six lines of one signature or document time-stamp, always in the order of `RowKey`."""
    return (
        _integrity(entry),
        _coverage(entry),
        _changes(entry),
        _signer(entry),
        _revocation(entry),
        _time(entry),
    )


def merge_rows(entries: Sequence[Sequence[Row]]) -> tuple[Row, ...]:
    """The six lines of a document: for each question the worst answer any of its signatures has.

    The line says which signature it speaks of when there are several and they differ.
    """
    if not entries:
        return ()
    merged: list[Row] = []
    for position, key in enumerate(RowKey):
        rows = [rows[position] for rows in entries]
        worst = min(rows, key=lambda row: _SEVERITY.index(row.state))
        differ = len({row.text_vi for row in rows}) > 1
        text = f"Chữ ký {rows.index(worst) + 1}: {worst.text_vi}" if differ else worst.text_vi
        merged.append(Row(key, worst.state, worst.code, text))
    return tuple(merged)


def _row(key: RowKey, code: str, **values: str) -> Row:
    state, text = ROW_TEXTS[code]
    return Row(key, state, code, text.format(**values))


def _integrity(entry: SignatureEntry) -> Row:
    facts = entry.integrity
    if facts.digest is False or facts.value is False:
        return _row(RowKey.INTEGRITY, "INTEGRITY_BAD")
    if facts.findings:
        return _row(RowKey.INTEGRITY, "INTEGRITY_FORBIDDEN")
    if facts.digest is None or facts.value is None:
        return _row(RowKey.INTEGRITY, "INTEGRITY_UNKNOWN")
    if facts.allowed_then and not facts.weak:
        return _row(RowKey.INTEGRITY, "INTEGRITY_ALLOWED_THEN", names=", ".join(facts.allowed_then))
    if facts.weak:
        return _row(RowKey.INTEGRITY, "INTEGRITY_WEAK", names=", ".join(facts.weak))
    return _row(RowKey.INTEGRITY, "INTEGRITY_GOOD")


def _coverage(entry: SignatureEntry) -> Row:
    kind = entry.coverage.kind
    if kind == "whole_file":
        return _row(RowKey.COVERAGE, "COVERAGE_WHOLE")
    if kind == "revision":
        return _row(RowKey.COVERAGE, "COVERAGE_REVISION")
    odd = kind == "unclear" and entry.coverage.findings
    return _row(RowKey.COVERAGE, "COVERAGE_ODD" if odd else "COVERAGE_UNKNOWN")


_CHANGE_CODES = {
    ChangeVerdict.NONE: "CHANGES_NONE",
    ChangeVerdict.LTV: "CHANGES_LTV",
    ChangeVerdict.SIGNATURE: "CHANGES_SIGNATURE",
    ChangeVerdict.FORM: "CHANGES_FORM",
    ChangeVerdict.ANNOTATION: "CHANGES_ANNOTATION",
    ChangeVerdict.FORBIDDEN: "CHANGES_FORBIDDEN",
}


def _changes(entry: SignatureEntry) -> Row:
    if not entry.referenced:
        return _row(RowKey.CHANGES, "CHANGES_REMOVED")
    changes = entry.changes_after
    code = _CHANGE_CODES.get(ChangeVerdict(changes.verdict), "CHANGES_UNKNOWN")
    pages = sorted({*changes.pages_changed, *changes.overlaps})
    if changes.reason == UNFINISHED:
        done, total = changes.comparison.done, changes.comparison.total
        return _row(RowKey.CHANGES, "CHANGES_COMPARING", done=str(done), total=str(total))
    named = "trang " + ", ".join(str(page) for page in pages)
    if code == "CHANGES_ANNOTATION":
        return _row(RowKey.CHANGES, code, pages=named if pages else "các trang có ghi chú")
    return _row(RowKey.CHANGES, code, pages=f" ({named})" if pages else "")


_TRUST_CODES = {
    "trusted": "SIGNER_TRUSTED",
    "not_checked": "SIGNER_NOT_CHECKED",
    "unknown_chain": "SIGNER_UNKNOWN_CHAIN",
    "wrong_chain": "SIGNER_WRONG_CHAIN",
    "expired": "SIGNER_EXPIRED",
    "not_yet_valid": "SIGNER_NOT_YET_VALID",
    "revoked": "SIGNER_REVOKED",
    "suspended": "SIGNER_SUSPENDED",
}


def _signer(entry: SignatureEntry) -> Row:
    signer = entry.signer
    if not signer.sha256:
        return _row(RowKey.SIGNER, "SIGNER_MISSING")
    name = signer.subject or "Người ký không ghi tên"
    about = signer.holder if signer.holder and signer.holder != name else signer.org
    if about and about not in name:
        name = f"{name} ({about})"
    return _row(
        RowKey.SIGNER,
        _TRUST_CODES.get(signer.trust, "SIGNER_UNFIT"),
        signer=name,
        bundle=signer.bundle or "không rõ",
        until=_day(signer.valid_to),
    )


def _revocation(entry: SignatureEntry) -> Row:
    facts = entry.revocation
    code = f"REVOCATION_{facts.status.upper()}"
    if facts.status == "good" and facts.revoked_at:
        code = "REVOCATION_LATER"
    return _row(
        RowKey.REVOCATION,
        code if code in ROW_TEXTS else "REVOCATION_NOT_CHECKED",
        since=_day(facts.revoked_at),
        updated=_day(facts.this_update),
    )


def _time(entry: SignatureEntry) -> Row:
    stamps = entry.time.signature_timestamps
    if any(stamp.digest is False or stamp.value is False for stamp in stamps):
        return _row(RowKey.TIME, "TIME_STAMP_BAD")
    if any(stamp.digest is None or stamp.value is None for stamp in stamps):
        return _row(RowKey.TIME, "TIME_STAMP_UNKNOWN")
    if stamps:
        stamp = min(stamps, key=lambda item: item.time)
        code = "TIME_STAMPED_WEAK" if stamp.findings else "TIME_STAMPED"
        if stamp.trust != "trusted":
            code = "TIME_STAMP_NOT_TRUSTED"
        authority = stamp.tsa or "nơi không ghi tên"
        skew = _skew(entry.time.skew_s)
        return _row(RowKey.TIME, code, moment=_moment(stamp.time), authority=authority, skew=skew)
    return _unstamped_time(entry)


def _unstamped_time(entry: SignatureEntry) -> Row:
    """The line of a document time-stamp, or of a signature that has no stamp of its own."""
    proven = entry.time.best_time
    if entry.type == SignatureType.DOC_TIMESTAMP and entry.time.stamped:
        code = "TIME_DOCUMENT" if proven else "TIME_DOCUMENT_NOT_TRUSTED"
        return _row(RowKey.TIME, code, moment=_moment(entry.time.stamped))
    if proven:
        return _row(RowKey.TIME, "TIME_PROVEN", moment=_moment(proven))
    if entry.time.claimed:
        return _row(RowKey.TIME, "TIME_CLAIMED", moment=_moment(entry.time.claimed))
    return _row(RowKey.TIME, "TIME_NONE")


def _skew(seconds: int | None) -> str:
    """What to add when the claimed time is an hour or more off: +7 h is local time marked as UTC."""
    if seconds is None or abs(seconds) < _HOUR:
        return ""
    return f" (giờ người ký khai lệch {round(seconds / _HOUR):+d} giờ)"


def _moment(text: str | None) -> str:
    """A time of the report as offices write it, in Vietnam's zone."""
    if not text:
        return "thời điểm không rõ"
    return datetime.fromisoformat(text).astimezone(_HANOI).strftime("%H:%M %d/%m/%Y")


def _day(text: str | None) -> str:
    if not text:
        return "ngày không rõ"
    return datetime.fromisoformat(text).astimezone(_HANOI).strftime("%d/%m/%Y")
