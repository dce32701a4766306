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
