"""Errors of the edge (lỗi ở cổng vào) and the HTTP status each kind of failure gets (RFC 9110).

The domain says what kind of failure it is, this table says which status; nothing else decides.
"""

from collections.abc import Mapping

from records.errors import ErrorKind, NotSignedIn, ServiceError, TooManyAttempts
from search.errors import EvidenceChanged

STATUS: Mapping[ErrorKind, int] = {
    ErrorKind.INVALID: 422,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.REFUSED: 422,
    ErrorKind.UNAVAILABLE: 503,
    ErrorKind.DAMAGED: 500,
}


class ApiError(ServiceError):
    """Base of the edge's own errors (lỗi giao tiếp)."""

    code = "API_ERROR"


class InvalidRequest(ApiError):
    """A request that does not have its form; values are never echoed (yêu cầu không đúng mẫu)."""

    kind = ErrorKind.INVALID
    code = "INVALID_REQUEST"
    message_vi = "Yêu cầu chưa đúng mẫu. Hãy sửa những ô được nêu rồi gửi lại."


class UnknownAddress(ApiError):
    """An address this service does not have (không có địa chỉ này)."""

    kind = ErrorKind.NOT_FOUND
    code = "UNKNOWN_ADDRESS"
    message_vi = "Không có địa chỉ này. Hãy kiểm tra đường dẫn, xem tài liệu ở /api/v1/openapi.json."


class MethodNotAllowed(ApiError):
    """An address that does not take this method (phương thức không được phép)."""

    kind = ErrorKind.INVALID
    code = "METHOD_NOT_ALLOWED"
    message_vi = "Địa chỉ này không nhận phương thức vừa dùng. Hãy xem tài liệu ở /api/v1/openapi.json."


class CrossSiteRequest(ApiError):
    """A change asked for by another site's page (yêu cầu từ trang khác)."""

    kind = ErrorKind.FORBIDDEN
    code = "CROSS_SITE_REQUEST"
    message_vi = "Yêu cầu đến từ một trang khác nên bị từ chối. Hãy mở trang của hệ thống rồi làm lại."


class MixedCredentials(ApiError):
    """A key and a session cookie in one request (dùng lẫn khoá và phiên đăng nhập)."""

    kind = ErrorKind.FORBIDDEN
    code = "MIXED_CREDENTIALS"
    message_vi = "Không gửi cùng lúc khoá truy cập và phiên đăng nhập. Hãy bỏ cookie khi dùng khoá."


class WrongPassword(ApiError):
    """Login or password do not match (sai tên đăng nhập hoặc mật khẩu)."""

    kind = ErrorKind.FORBIDDEN
    code = "WRONG_PASSWORD"
    message_vi = "Tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra rồi nhập lại."


class TooManyRequests(ApiError):
    """More requests than the caller may send (gửi yêu cầu quá nhanh); `retry_after` says when again."""

    kind = ErrorKind.REFUSED
    code = "TOO_MANY_REQUESTS"
    message_vi = "Yêu cầu gửi đến quá nhanh. Hãy đợi số giây ghi ở Retry-After rồi gửi lại."


class ClientBlocked(ApiError):
    """An alarm stopped this caller until an administrator lifts it (bị chặn do cảnh báo)."""

    kind = ErrorKind.FORBIDDEN
    code = "CLIENT_BLOCKED"
    message_vi = "Truy cập bị chặn vì có dấu hiệu dò quét. Hãy liên hệ quản trị viên để được xem xét."


class IdempotencyConflict(ApiError):
    """A key that stands for another request, or one still being answered (khoá chống lặp bị trùng)."""

    kind = ErrorKind.CONFLICT
    code = "IDEMPOTENCY_CONFLICT"
    message_vi = "Idempotency-Key không dùng được cho yêu cầu này. Hãy dùng khoá mới, hoặc đợi rồi gửi lại."


class TooManyPrechecks(ApiError):
    """A client has several pre-checks waiting already (còn nhiều lượt rà soát chưa xong)."""

    kind = ErrorKind.CONFLICT
    code = "TOO_MANY_PRECHECKS"
    message_vi = "Hệ thống còn những lượt rà soát chưa xong. Hãy đợi chúng xong rồi gửi lượt mới."


class ServerBusy(ApiError):
    """Too many people sign in at this moment (hệ thống đang bận)."""

    kind = ErrorKind.UNAVAILABLE
    code = "SERVER_BUSY"
    message_vi = "Nhiều người đang đăng nhập cùng lúc. Hãy đợi một lát rồi thử lại."


class UploadTooLarge(ApiError):
    """A file or request above the limit (tệp quá lớn)."""

    kind = ErrorKind.REFUSED
    code = "UPLOAD_TOO_LARGE"
    message_vi = "Tệp hoặc yêu cầu vượt giới hạn dung lượng. Hãy tách nhỏ tệp hoặc gửi ít tệp hơn một lần."


class NoRoomForUpload(ApiError):
    """The memory-backed folder is full; the client tries again (vùng nhớ tạm đã đầy)."""

    kind = ErrorKind.UNAVAILABLE
    code = "NO_ROOM_FOR_UPLOAD"
    message_vi = "Vùng nhớ tạm để nhận tệp đang đầy. Hãy đợi ít phút rồi gửi lại."


class NotReady(ApiError):
    """A part the service needs does not answer (hệ thống chưa sẵn sàng)."""

    kind = ErrorKind.UNAVAILABLE
    code = "NOT_READY"
    message_vi = "Hệ thống chưa sẵn sàng. Chạy `sohoa check` để biết phần nào thiếu."


class AddressTaken(ApiError):
    """The address to listen on cannot be had (địa chỉ đang được dùng)."""

    kind = ErrorKind.UNAVAILABLE
    code = "ADDRESS_TAKEN"
    message_vi = "Không mở được địa chỉ để lắng nghe. Hãy chọn cổng khác bằng `--port`."


class BadSettings(ApiError):
    """A setting that is unknown, wrong or unsafe; the service does not start (cấu hình sai)."""

    kind = ErrorKind.INVALID
    code = "BAD_SETTINGS"
    message_vi = "Cấu hình chưa đúng nên hệ thống không khởi động. Hãy sửa theo docs/settings.md."


class WrongUse(ApiError):
    """A command used in a way it cannot be (dùng lệnh sai)."""

    kind = ErrorKind.INVALID
    code = "WRONG_USE"
    message_vi = "Lệnh chưa đúng. Chạy lại với `--help` để xem cách dùng."


# Where the kind alone says too little for HTTP: who you are (401), how often (429), how much (413).
_SPECIAL: Mapping[type[ServiceError], int] = {
    NotSignedIn: 401,
    WrongPassword: 401,
    TooManyAttempts: 429,
    TooManyRequests: 429,
    UploadTooLarge: 413,
    MethodNotAllowed: 405,
    EvidenceChanged: 412,
}


def find_status(error: ServiceError) -> int:
    """The HTTP status of an error."""
    return _SPECIAL.get(type(error), STATUS[error.kind])
