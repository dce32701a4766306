"""Passwords (mật khẩu): argon2id in the low-memory profile of RFC 9106, at most two checks at once."""

import secrets
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from api.errors import ServerBusy
from records.errors import InvalidValue

MIN_LENGTH, MAX_LENGTH = 12, 256
# A check takes 64 MiB and a quarter of a second of four threads; more at once would starve the rest.
_AT_ONCE = 2
_WAIT_SECONDS = 10.0
_slots = threading.BoundedSemaphore(_AT_ONCE)
_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@contextmanager
def _slot() -> Generator[None]:
    if not _slots.acquire(timeout=_WAIT_SECONDS):
        raise ServerBusy
    try:
        yield
    finally:
        _slots.release()


def make_password() -> str:
    """A random password of 120 bits, in groups that a person can copy from paper."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(5))


def hash_password(password: str) -> str:
    """The argon2id hash; raises `InvalidValue` for a password too short or too long."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidValue(f"Mật khẩu cần từ {MIN_LENGTH} đến {MAX_LENGTH} ký tự.", field="password")
    with _slot():
        return _hasher.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; without a hash it costs the same time and does not fit.

    Raises `ServerBusy` when it cannot be told: argon2 got no memory or thread, which is not a wrong password.
    """
    if len(password) > MAX_LENGTH:
        return False
    with _slot():
        try:
            return _hasher.verify(password_hash or _nobody(), password) and password_hash is not None
        except (VerifyMismatchError, InvalidHashError):
            return False
        except VerificationError as exc:
            raise ServerBusy from exc


@cache
def _nobody() -> str:
    """A hash nothing is known to fit, so that an unknown login takes as long as a known one."""
    return _hasher.hash(secrets.token_hex(16))
