"""Signing keys on tokens and HSMs (khoá ký số) through PKCS#11, with one session reused under a lock."""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pkcs11
from asn1crypto import x509
from pkcs11 import exceptions as p11
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from signing.errors import KeyUnavailable

_PIN_TEXT = {
    p11.PinIncorrect: "Mã PIN không đúng; nhập sai nhiều lần thiết bị sẽ bị khoá.",
    p11.PinLenRange: "Mã PIN không đúng độ dài.",
    p11.PinLocked: "Mã PIN đã bị khoá; hãy liên hệ nơi cấp thiết bị để mở khoá.",
    p11.PinExpired: "Mã PIN đã hết hạn; hãy đổi mã PIN.",
    p11.TokenNotPresent: "Chưa cắm thiết bị ký.",
    p11.TokenNotRecognised: "Không nhận ra thiết bị ký.",
    p11.NoSuchToken: "Không tìm thấy thiết bị ký theo nhãn đã đặt.",
}
STALE_SESSION = (
    p11.SessionHandleInvalid,
    p11.SessionClosed,
    p11.UserNotLoggedIn,
    p11.DeviceError,
    p11.DeviceRemoved,
    p11.ObjectHandleInvalid,
    p11.KeyHandleInvalid,
)
"""Answers of tokens that lost the session: opening it anew helps once (seen with several makers' tokens)."""


@dataclass(frozen=True, slots=True)
class Pkcs11Key:
    """Where a signing key lies (khoá ký trên thiết bị); the PIN never appears in its text."""

    module_path: Path
    token_label: str
    pin: str
    key_label: str
    certificate_label: str | None = None
    softhsm_conf: Path | None = None

    def __repr__(self) -> str:
        return f"Pkcs11Key(token_label={self.token_label!r}, key_label={self.key_label!r})"


class Pkcs11Session:
    """One logged-in session of a key (phiên làm việc với thiết bị ký); safe to share between threads."""

    def __init__(self, key: Pkcs11Key) -> None:
        self._key = key
        self.lock = threading.RLock()
        self._session: Any = None
        self._certificate: x509.Certificate | None = None

    def __enter__(self) -> Self:
        """Log in at once, so that a missing key shows before work begins; raises KeyUnavailable."""
        self.get_certificate()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get_certificate(self) -> x509.Certificate:
        """The signer's certificate as stored beside the key; raises KeyUnavailable."""
        with self.lock:
            if self._certificate is None:
                self._certificate = self._read_certificate()
            return self._certificate

    def build_signer(self) -> PKCS11Signer:
        """A signer on the open session, opened on first use; call with `lock` held; raises KeyUnavailable."""
        certificate = self.get_certificate()
        return PKCS11Signer(self._open(), signing_cert=certificate, key_label=self._key.key_label)

    def reopen(self) -> None:
        """Forget a session the token lost; the next use logs in again."""
        with self.lock:
            self.close()

    def close(self) -> None:
        """End the session; a token that is gone already is no error."""
        with self.lock:
            if self._session is not None:
                with suppress(pkcs11.PKCS11Error):
                    self._session.close()
            self._session = None

    def _open(self) -> Any:
        if self._session is None:
            if self._key.softhsm_conf is not None:
                # SoftHSM2 finds its tokens through this variable only, read when the module loads.
                os.environ["SOFTHSM2_CONF"] = str(self._key.softhsm_conf)
            try:
                self._session = open_pkcs11_session(
                    str(self._key.module_path),
                    token_criteria=TokenCriteria(label=self._key.token_label),
                    user_pin=self._key.pin,
                )
            except (pkcs11.PKCS11Error, RuntimeError, OSError) as exc:
                raise self.describe(exc) from exc
        return self._session

    def _read_certificate(self) -> x509.Certificate:
        label = self._key.certificate_label or self._key.key_label
        wanted = {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
            pkcs11.Attribute.LABEL: label,
        }
        try:
            found = list(self._open().get_objects(wanted))
            if len(found) != 1:
                raise KeyUnavailable("Trên thiết bị không có đúng một chứng thư số theo nhãn đã đặt.")
            return x509.Certificate.load(found[0][pkcs11.Attribute.VALUE])
        except (pkcs11.PKCS11Error, ValueError) as exc:
            raise self.describe(exc) from exc

    def describe(self, exc: Exception) -> KeyUnavailable:
        """The error for a person, from what the token answered."""
        detail = next((text for kind, text in _PIN_TEXT.items() if isinstance(exc, kind)), "")
        if not detail and "token" in str(exc).lower():
            detail = _PIN_TEXT[p11.NoSuchToken]
        return KeyUnavailable(detail, token=self._key.token_label, reason=type(exc).__name__)
