"""Errors of intake (lỗi tiếp nhận); every text says what to do next.

None carries page text or names: context holds ids, counts and page numbers only.
"""

from records.errors import ErrorKind, IngestError


class UnsupportedFormat(IngestError):
    """A file of a kind that is not taken in (định dạng không nhận)."""

    kind = ErrorKind.INVALID
    code = "UNSUPPORTED_FORMAT"
    message_vi = "Định dạng tệp này không được nhận. Hãy quét hoặc xuất lại thành PDF, TIFF hoặc JPEG."


class UnreadableFile(IngestError):
    """A file that is cut off or damaged (tệp hỏng)."""

    kind = ErrorKind.INVALID
    code = "UNREADABLE_FILE"
    message_vi = "Tệp bị cắt cụt hoặc hỏng nên không mở được. Hãy quét lại giấy hoặc gửi lại tệp gốc."


class EncryptedFile(IngestError):
    """A file that opens only with a password (tệp có mật khẩu)."""

    kind = ErrorKind.REFUSED
    code = "ENCRYPTED_FILE"
    message_vi = "Tệp có mật khẩu. Hãy xin người gửi bản không đặt mật khẩu rồi nộp lại."


class UncheckedContent(IngestError):
    """A file that carries content which the state-secret gate cannot see (nội dung không kiểm được).

    What the gate has not looked at is not kept: attachments of a PDF, forms drawn by a script.
    """

    kind = ErrorKind.REFUSED
    code = "UNCHECKED_CONTENT"
    message_vi = (
        "Tệp PDF có phần mà cổng kiểm dấu mật không xem được. Hãy nộp riêng từng tệp đính kèm, "
        "kèm bản PDF không đính kèm gì."
    )


class SecretMaterialFound(IngestError):
    """The gate found a state-secret stamp or could not rule one out (nghi tài liệu bí mật nhà nước).

    Nothing of the content is kept (Law 117/2025/QH15 Art. 5).
    """

    kind = ErrorKind.REFUSED
    code = "SECRET_MATERIAL_FOUND"
    message_vi = (
        "Trang có dấu hoặc chữ chỉ độ mật nên đã dừng và không lưu nội dung. Hãy lấy giấy ra khỏi lô, "
        "giao cán bộ bảo mật; nếu nhầm, hai người có giấy trong tay cùng xác nhận rồi quét lại."
    )


class PageCountMismatch(IngestError):
    """Another number of pages than was declared or than stand in the file (lệch số trang)."""

    kind = ErrorKind.CONFLICT
    code = "PAGE_COUNT_MISMATCH"
    message_vi = "Số trang đọc được khác số trang đã khai. Hãy đếm lại giấy và quét lại phần thiếu."


class FileTooLarge(IngestError):
    """A file above the cap, or with more pages than are taken (tệp quá lớn)."""

    kind = ErrorKind.REFUSED
    code = "FILE_TOO_LARGE"
    message_vi = "Tệp vượt giới hạn dung lượng hoặc số trang. Hãy tách nhỏ hoặc quét lại ở 300 dpi."


class IntakeStopped(IngestError):
    """The service was ended while a file was being read (đang dừng tiếp nhận); says nothing of the file."""

    kind = ErrorKind.UNAVAILABLE
    code = "INTAKE_STOPPED"
    message_vi = "Hệ thống đang dừng hoặc khởi động lại nên chưa nhận tệp này. Hãy gửi lại sau ít phút."


class IntakeFull(IngestError):
    """No room in memory for files that have not passed the gate (vùng tiếp nhận đầy)."""

    kind = ErrorKind.UNAVAILABLE
    code = "INTAKE_FULL"
    message_vi = "Vùng tiếp nhận đang đầy. Hãy đợi vài phút rồi gửi lại; các tệp đã nhận không mất."
