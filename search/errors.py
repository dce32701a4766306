"""Errors of finding and reusing (lỗi tìm kiếm); each says what the user does next."""

from records.errors import ErrorKind, SearchError


class IndexUnavailable(SearchError):
    """The index cannot be reached, or lacks a part it needs (chỉ mục không dùng được).

    Never turned into an empty result: "no answer" is not "nothing found".
    """

    kind = ErrorKind.UNAVAILABLE
    code = "INDEX_UNAVAILABLE"
    message_vi = "Chức năng tìm kiếm tạm thời không trả lời. Hãy thử lại sau ít phút."


class BadQuery(SearchError):
    """A search that cannot be carried out as asked (yêu cầu tìm kiếm không hợp lệ)."""

    kind = ErrorKind.INVALID
    code = "BAD_QUERY"
    message_vi = "Yêu cầu tìm kiếm không hợp lệ. Hãy sửa điều kiện tìm rồi thử lại."


class MissingScope(SearchError):
    """A search without an access scope; nothing is ever sent without one (thiếu phạm vi truy cập)."""

    kind = ErrorKind.FORBIDDEN
    code = "MISSING_SCOPE"
    message_vi = "Tài khoản chưa được gán đơn vị nên không tìm được. Hãy báo quản trị viên gán đơn vị."


class EvidenceNotReusable(SearchError):
    """A result that may not be relied on today; `decision` says which way (kết quả không dùng được nữa)."""

    kind = ErrorKind.CONFLICT
    code = "EVIDENCE_NOT_REUSABLE"
    message_vi = "Kết quả này hiện không tái sử dụng được. Hãy tra cứu lại trước khi yêu cầu giấy tờ khác."


class EvidenceChanged(SearchError):
    """The result is no longer the version the asker has seen (kết quả đã thay đổi)."""

    kind = ErrorKind.CONFLICT
    code = "EVIDENCE_CHANGED"
    message_vi = "Kết quả đã thay đổi từ lần xem trước. Hãy tra cứu lại rồi mới sử dụng."


class RepeatKeyReused(SearchError):
    """An `Idempotency-Key` that already stands for another request (khoá chống lặp bị dùng lại)."""

    kind = ErrorKind.CONFLICT
    code = "REPEAT_KEY_REUSED"
    message_vi = "Khoá `Idempotency-Key` này đã dùng cho yêu cầu khác. Hãy tạo khoá mới cho mỗi yêu cầu."


class PreviewOver(SearchError):
    """A one-time link that was opened or has ended (đường xem trước đã hết hiệu lực)."""

    kind = ErrorKind.NOT_FOUND
    code = "PREVIEW_OVER"
    message_vi = "Đường xem trước đã được mở hoặc đã quá 5 phút. Hãy yêu cầu xem trước lại."
