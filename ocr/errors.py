"""Errors of reading pages and writing PDF/A (lỗi nhận dạng); every text says what to do next."""

from records.errors import ErrorKind, OcrError


class EngineMissing(OcrError):
    """The reader's program or model is not on this machine (thiếu bộ nhận dạng)."""

    kind = ErrorKind.UNAVAILABLE
    code = "ENGINE_MISSING"
    message_vi = "Máy này thiếu bộ nhận dạng chữ. Cài gói `tesseract-ocr` rồi chạy lại `sohoa check`."


class LanguageDataMissing(OcrError):
    """The reader has no Vietnamese data (thiếu dữ liệu tiếng Việt)."""

    kind = ErrorKind.UNAVAILABLE
    code = "LANGUAGE_DATA_MISSING"
    message_vi = "Bộ nhận dạng thiếu dữ liệu tiếng Việt. Cài gói `tesseract-ocr-vie` rồi chạy lại."


class ProfileMissing(OcrError):
    """A profile this installation does not have (không có cấu hình nhận dạng)."""

    kind = ErrorKind.UNAVAILABLE
    code = "OCR_PROFILE_MISSING"
    message_vi = "Bản cài này không có cấu hình nhận dạng đã chọn. Hãy dùng `--profile tesseract`."


class ModelMissing(OcrError):
    """A reader's model file is not on this machine (thiếu mô hình nhận dạng)."""

    kind = ErrorKind.UNAVAILABLE
    code = "MODEL_MISSING"
    message_vi = (
        "Máy này thiếu tệp mô hình nhận dạng. Chạy `sohoa models`, "
        "hoặc `sohoa models --from THƯ_MỤC` khi máy không có mạng."
    )


class ModelDamaged(OcrError):
    """A model file that is not the one this version was made with (mô hình nhận dạng sai hoặc hỏng)."""

    kind = ErrorKind.UNAVAILABLE
    code = "MODEL_DAMAGED"
    message_vi = "Tệp mô hình nhận dạng bị hỏng hoặc không đúng bản. Chạy `sohoa models` để lấy lại."


class ModelRefused(OcrError):
    """A package whose SHA-256 is not the pinned one (gói mô hình sai mã băm)."""

    kind = ErrorKind.REFUSED
    code = "MODEL_REFUSED"
    message_vi = (
        "Gói mô hình có mã băm khác mã đã ghim nên không được dùng. "
        "Hãy kiểm tra kho gói hoặc thư mục chép, rồi chạy lại `sohoa models`."
    )


class ModelsUnreachable(OcrError):
    """The package index does not give the models (không tải được mô hình)."""

    kind = ErrorKind.UNAVAILABLE
    code = "MODELS_UNREACHABLE"
    message_vi = (
        "Không tải được gói mô hình. Hãy kiểm tra mạng và kho gói đã đặt cho pip, "
        "hoặc chép thư mục mô hình từ máy khác rồi chạy `sohoa models --from THƯ_MỤC`."
    )


class EngineCrashed(OcrError):
    """The child that worked on a page died (tiến trình nhận dạng bị dừng đột ngột)."""

    kind = ErrorKind.DAMAGED
    code = "ENGINE_CRASHED"
    message_vi = "Việc xử lý trang bị dừng đột ngột. Hãy kiểm tra trang này và quét lại nếu cần."


class EngineTimedOut(OcrError):
    """A page took longer than allowed (quá thời gian xử lý trang)."""

    kind = ErrorKind.DAMAGED
    code = "ENGINE_TIMED_OUT"
    message_vi = "Trang này xử lý quá lâu nên đã dừng. Hãy kiểm tra trang và quét lại với cỡ thường."


class OutOfMemory(OcrError):
    """A page needed more memory than allowed (quá giới hạn bộ nhớ)."""

    kind = ErrorKind.DAMAGED
    code = "OCR_OUT_OF_MEMORY"
    message_vi = "Trang này cần quá nhiều bộ nhớ nên đã dừng. Hãy quét lại ở 300 dpi hoặc thấp hơn."


class UnreadableImage(OcrError):
    """Bytes that are not an image or PDF page we can decode (không đọc được ảnh)."""

    kind = ErrorKind.INVALID
    code = "UNREADABLE_IMAGE"
    message_vi = "Không đọc được ảnh hoặc trang này; tệp có thể bị hỏng. Hãy quét hoặc xuất lại tệp."


class EncryptedSource(OcrError):
    """A PDF that needs a password (PDF đặt mật khẩu)."""

    kind = ErrorKind.REFUSED
    code = "ENCRYPTED_SOURCE"
    message_vi = "Tệp PDF có mật khẩu. Hãy bỏ mật khẩu rồi nộp lại."


class ImageTooLarge(OcrError):
    """More pixels or pages than the limits allow (ảnh quá lớn)."""

    kind = ErrorKind.REFUSED
    code = "IMAGE_TOO_LARGE"
    message_vi = "Ảnh hoặc tệp vượt giới hạn kích thước. Hãy quét lại ở 300 dpi hoặc tách nhỏ tệp."


class ImageTooSmall(OcrError):
    """An image that can be no page: a few pixels, or a thin strip (ảnh quá nhỏ)."""

    kind = ErrorKind.INVALID
    code = "IMAGE_TOO_SMALL"
    message_vi = "Ảnh quá nhỏ hoặc quá hẹp, không thể là một trang giấy. Hãy quét lại cả trang."


class PdfaRefused(OcrError):
    """The composed file did not pass PDF/A validation (không đạt PDF/A)."""

    kind = ErrorKind.DAMAGED
    code = "PDFA_REFUSED"
    message_vi = "Tệp PDF tạo ra không đạt chuẩn PDF/A-2b. Hãy báo quản trị viên kèm mã tệp."


class SidecarInvalid(OcrError):
    """Stored page text that does not have its form (dữ liệu trang không đúng dạng)."""

    kind = ErrorKind.DAMAGED
    code = "SIDECAR_INVALID"
    message_vi = "Dữ liệu nhận dạng đã lưu không đúng dạng. Hãy nhận dạng lại tệp này."
