"""The signing errors that may reach a user (lỗi ký số); a bad signature is a verdict, never an error."""

from records.errors import ErrorKind, SigningError


class KeyUnavailable(SigningError):
    """The signing key cannot be used: absent, locked or wrong PIN (không dùng được khoá ký)."""

    kind = ErrorKind.UNAVAILABLE
    code = "KEY_UNAVAILABLE"
    message_vi = "Chưa dùng được khoá ký số. Hãy kiểm tra thiết bị ký (token, HSM), mã PIN rồi thử lại."


class SignerNotAllowed(SigningError):
    """The certificate may not sign this (chứng thư số không được phép ký)."""

    kind = ErrorKind.REFUSED
    code = "SIGNER_NOT_ALLOWED"
    message_vi = "Chứng thư số này không được phép ký. Hãy chọn chứng thư số còn hạn, đúng người ký."


class WouldBreakSignature(SigningError):
    """Signing would touch a document that carries a signature (ký sẽ làm hỏng chữ ký đã có)."""

    kind = ErrorKind.REFUSED
    code = "WOULD_BREAK_SIGNATURE"
    message_vi = "Tệp đã có chữ ký số nên không được ký đè. Hãy giữ nguyên tệp gốc và ký bản thể hiện khác."


class NotSignable(SigningError):
    """The file cannot be signed: encrypted, locked or not a readable PDF (tệp không ký được)."""

    kind = ErrorKind.REFUSED
    code = "NOT_SIGNABLE"
    message_vi = "Không ký được tệp này. Hãy bỏ mật khẩu hoặc tạo lại tệp PDF rồi ký lại."


class SigningFailed(SigningError):
    """The signature just made does not verify (chữ ký vừa tạo không kiểm tra được)."""

    kind = ErrorKind.DAMAGED
    code = "SIGNING_FAILED"
    message_vi = "Chữ ký vừa tạo không hợp lệ nên tệp chưa được lưu. Hãy báo quản trị viên kiểm tra khoá ký."


class BadTrustBundle(SigningError):
    """A trust folder is not one (thư mục chứng thư tin cậy không đúng)."""

    kind = ErrorKind.UNAVAILABLE
    code = "BAD_TRUST_BUNDLE"
    message_vi = "Thư mục chứng thư tin cậy không đúng. Hãy kiểm tra bundle.toml và các tệp .crt, .pem."


class CertificateNotConfirmed(SigningError):
    """A certificate was not put into a trust bundle (chứng thư chưa được xác nhận)."""

    kind = ErrorKind.REFUSED
    code = "CERTIFICATE_NOT_CONFIRMED"
    message_vi = (
        "Chưa nạp gì: dấu vân tay phải khớp với chứng thư. Hãy so lại dấu vân tay qua kênh thứ hai rồi gõ đủ."
    )


class DemoTrustRefused(SigningError):
    """Invented roots in real use (bộ chứng thư thử nghiệm bị từ chối)."""

    kind = ErrorKind.UNAVAILABLE
    code = "DEMO_TRUST_REFUSED"
    message_vi = (
        "Bộ chứng thư tên `demo` chỉ dùng cho bản chạy thử nên bị từ chối. Hãy nạp bộ `vgca` hoặc `neac`."
    )
