"""The one error tree: the domain says what kind, the edge says which status.

Every error carries a stable code, a Vietnamese message that says what to do next and a context that
holds identifiers only, never page text or personal numbers. Third-party exceptions are wrapped where
their library lives and never cross a package.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar


class ErrorKind(StrEnum):
    """What kind of failure it is (loại lỗi); retry is decided by kind, never by message."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    DAMAGED = "damaged"


class ServiceError(Exception):
    """Base of every error that may reach a user (lỗi dịch vụ).

    Subclasses set `kind`, `code` and `message_vi`; `context` holds identifiers for the log and the
    problem document (RFC 9457), never page text, names or personal numbers.
    """

    kind: ClassVar[ErrorKind] = ErrorKind.DAMAGED
    code: ClassVar[str] = "SERVICE_ERROR"
    message_vi: ClassVar[str] = "Hệ thống gặp lỗi. Hãy thử lại; nếu vẫn lỗi, báo quản trị viên."

    def __init__(self, detail_vi: str = "", **context: str | int | None) -> None:
        self.detail_vi = detail_vi
        self.context: Mapping[str, str | int | None] = context
        super().__init__(self.code)

    @property
    def text_vi(self) -> str:
        """The Vietnamese text for a person: the class's message and, if given, the detail."""
        return f"{self.message_vi} {self.detail_vi}".strip()

    @property
    def retryable(self) -> bool:
        """Whether doing the same again later may help (only an outage)."""
        return self.kind is ErrorKind.UNAVAILABLE

    def __str__(self) -> str:
        where = " ".join(f"{name}={value}" for name, value in self.context.items())
        return f"{self.code} {where}".strip()


class RecordsError(ServiceError):
    """Base of the domain's errors (lỗi nghiệp vụ hồ sơ)."""

    code = "RECORDS_ERROR"


class RecordNotFound(RecordsError):
    """No such thing, or the caller may not know of it (không tìm thấy)."""

    kind = ErrorKind.NOT_FOUND
    code = "NOT_FOUND"
    message_vi = "Không tìm thấy mục này, hoặc bạn không có quyền xem. Hãy kiểm tra lại mã."


class IllegalTransition(RecordsError):
    """A state change the state machine does not allow (chuyển trạng thái không hợp lệ)."""

    kind = ErrorKind.CONFLICT
    code = "ILLEGAL_TRANSITION"
    message_vi = "Không thể chuyển trạng thái như vậy. Hãy tải lại trang để xem trạng thái hiện tại."


class DuplicateRecord(RecordsError):
    """The same thing is there already (đã tồn tại)."""

    kind = ErrorKind.CONFLICT
    code = "DUPLICATE"
    message_vi = "Mục này đã có trong hệ thống. Hãy mở mục đã có thay vì tạo mới."


class StaleVersion(RecordsError):
    """Somebody changed the thing in between (dữ liệu đã bị người khác sửa)."""

    kind = ErrorKind.CONFLICT
    code = "STALE_VERSION"
    message_vi = "Người khác vừa sửa mục này. Hãy tải lại rồi làm lại thao tác của bạn."


class InvalidIdentifier(RecordsError):
    """An identifier that does not have its form (mã không đúng dạng)."""

    kind = ErrorKind.INVALID
    code = "INVALID_IDENTIFIER"
    message_vi = "Mã định danh không đúng dạng. Hãy kiểm tra lại từng chữ số."


class InvalidValue(RecordsError):
    """A value outside what the field takes (giá trị không hợp lệ)."""

    kind = ErrorKind.INVALID
    code = "INVALID_VALUE"
    message_vi = "Giá trị không hợp lệ. Hãy sửa lại theo hướng dẫn của ô nhập."


class DisposalForbidden(RecordsError):
    """Destroying without a disposal decision (không được huỷ khi chưa có quyết định)."""

    kind = ErrorKind.REFUSED
    code = "DISPOSAL_FORBIDDEN"
    message_vi = "Không được huỷ tài liệu khi chưa có quyết định huỷ. Hãy lập hồ sơ xét huỷ trước."


class FileCorrupted(RecordsError):
    """Stored bytes no longer have their hash (tệp lưu trữ bị hỏng)."""

    kind = ErrorKind.DAMAGED
    code = "FILE_CORRUPTED"
    message_vi = "Tệp lưu trữ không còn khớp mã băm. Hãy báo quản trị viên khôi phục từ bản sao lưu."


class StoreUnavailable(RecordsError):
    """The database cannot be reached or did not answer in time (cơ sở dữ liệu không phản hồi)."""

    kind = ErrorKind.UNAVAILABLE
    code = "STORE_UNAVAILABLE"
    message_vi = "Cơ sở dữ liệu tạm thời không phản hồi. Hãy thử lại sau ít phút."


class BlobStoreUnavailable(RecordsError):
    """The file store cannot be read or written (kho tệp không dùng được)."""

    kind = ErrorKind.UNAVAILABLE
    code = "BLOB_STORE_UNAVAILABLE"
    message_vi = "Kho tệp tạm thời không ghi hoặc đọc được. Hãy thử lại; quản trị viên kiểm tra đĩa."


class AccessDenied(RecordsError):
    """The caller lacks the right (không có quyền)."""

    kind = ErrorKind.FORBIDDEN
    code = "ACCESS_DENIED"
    message_vi = "Bạn không có quyền làm việc này. Hãy liên hệ quản trị viên của đơn vị."


class NotSignedIn(RecordsError):
    """No valid session or key (chưa đăng nhập)."""

    kind = ErrorKind.FORBIDDEN
    code = "NOT_SIGNED_IN"
    message_vi = "Bạn chưa đăng nhập hoặc phiên đã hết hạn. Hãy đăng nhập lại."


class TooManyAttempts(RecordsError):
    """Too many sign-in tries (thử đăng nhập quá nhiều lần)."""

    kind = ErrorKind.REFUSED
    code = "TOO_MANY_ATTEMPTS"
    message_vi = "Đăng nhập sai quá nhiều lần. Hãy đợi 5 phút rồi thử lại."


class AuditBroken(RecordsError):
    """The audit log does not prove itself (nhật ký kiểm toán bị sửa, xoá hoặc cắt)."""

    kind = ErrorKind.DAMAGED
    code = "AUDIT_BROKEN"
    message_vi = "Nhật ký kiểm toán không còn toàn vẹn. Hãy giữ nguyên hiện trạng và báo thanh tra."


class MissingPart(RecordsError):
    """An outside program, library or setting is missing (thiếu thành phần)."""

    kind = ErrorKind.UNAVAILABLE
    code = "MISSING_PART"
    message_vi = "Máy này thiếu một thành phần cần thiết. Chạy `sohoa check` để biết cách cài."


class JobFailed(RecordsError):
    """A job's step ended for good (bước xử lý nền thất bại); `error_code` in the context says why."""

    code = "JOB_FAILED"
    message_vi = "Một bước xử lý nền không hoàn thành. Hãy nộp lại tệp; nếu vẫn lỗi, báo quản trị viên."


class JobDied(RecordsError):
    """A job took its worker down again and again (công việc làm sập tiến trình nhiều lần)."""

    code = "JOB_DIED"
    message_vi = "Xử lý tệp này làm dừng tiến trình nhiều lần. Hãy quét lại; nếu vẫn lỗi, báo quản trị viên."


class IngestError(ServiceError):
    """Base of intake errors (lỗi tiếp nhận)."""

    code = "INGEST_ERROR"


class OcrError(ServiceError):
    """Base of recognition errors (lỗi nhận dạng)."""

    code = "OCR_ERROR"


class SigningError(ServiceError):
    """Base of signing errors (lỗi ký số)."""

    code = "SIGNING_ERROR"


class SearchError(ServiceError):
    """Base of search errors (lỗi tìm kiếm)."""

    code = "SEARCH_ERROR"


def find_error_class(code: str) -> type[ServiceError]:
    """The error class of a stored code; the base class for a code that is no more."""
    found = [ServiceError]
    while found:
        candidate = found.pop()
        if candidate.code == code:
            return candidate
        found.extend(candidate.__subclasses__())
    return ServiceError
