"""Who is asking (xác thực): sessions of people, keys of machine clients, nothing else.

A session is an opaque 256-bit token in a cookie, a key is `sohoa_<prefix>_<secret>` in `Authorization:
Bearer`; of both only the SHA-256 is kept. What was found is remembered for a few seconds, and for a
minute while the database does not answer, so that a lookup can still say that it cannot tell.
"""

import re
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from api.errors import WrongPassword
from api.passwords import is_password
from records.access import Principal
from records.actions.accounts import (
    build_account_principal,
    find_active_account,
    is_ended,
    normalise_login,
    start_session,
)
from records.actions.acting import Acting
from records.actions.keys import build_key_principal, hash_secret, is_key_usable
from records.credentials import ClientToken
from records.errors import NotSignedIn, StoreUnavailable, TooManyAttempts
from records.model import Account, ApiKey, Session
from records.ports import Clock, Store, UnitOfWork

FAILURE_WINDOW = timedelta(minutes=5)
MAX_FAILURES = 5
FRESH_SECONDS = 3.0
STALE_SECONDS = 60.0
TOUCH_SECONDS = 60.0
READ_SECONDS = 0.2
MAX_REMEMBERED = 10_000
_TOKEN_START = "sohoat_"  # noqa: S105 - only how tokens begin
_KEY = re.compile(r"sohoa_([0-9a-f]{12})_([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session (phiên mới): the token for the cookie and who it is."""

    token: str
    session: Session
    principal: Principal


@dataclass(frozen=True, slots=True)
class _Remembered:
    principal: Principal
    at: float


class Gatekeeper:
    """Signs people in and tells who a request comes from (người gác cổng)."""

    def __init__(self, store: Store, clock: Clock, session_hours: int) -> None:
        self._store = store
        self._clock = clock
        self._session = timedelta(hours=session_hours)
        self._remembered: dict[str, _Remembered] = {}
        self._touched: dict[str, float] = {}
        self._lock = threading.Lock()

    def sign_in(self, login: str, password: str, channel: str) -> SignedIn:
        """Open a session; raises `WrongPassword`, `TooManyAttempts` (five failures in five minutes)."""
        login = normalise_login(login)[:64]
        self._count_try(login)
        with self._store.read() as work:
            account = find_active_account(work, login, self._clock.now())
            principal = build_account_principal(work, account) if account is not None else None
        if not is_password(account.password_hash if account else None, password):
            raise WrongPassword
        if account is None or principal is None:
            raise WrongPassword
        return self._open_session(account, principal, channel)

    def find_by_token(self, token: str) -> Principal:
        """Who the session cookie belongs to; raises `NotSignedIn`."""
        return self._find("s" + hash_secret(token), lambda work, name: self._read_session(work, name[1:]))

    def find_by_key(self, text: str) -> Principal:
        """Which machine client the key, or the token got for an assertion, belongs to; `NotSignedIn`."""
        if text.startswith(_TOKEN_START):
            name = "t" + hash_secret(text.removeprefix(_TOKEN_START))
            return self._find(name, lambda work, _name: self._read_token(work, name[1:]))
        match = _KEY.fullmatch(text)
        if match is None:
            raise NotSignedIn("Khoá truy cập không đúng dạng.")
        prefix, secret = match.groups()
        name = "k" + hash_secret(prefix + secret)
        return self._find(name, lambda work, _name: self._read_key(work, prefix, hash_secret(secret)))

    def recall_key(self, text: str, *, during_outage: bool = False) -> Principal | None:
        """What `find_by_key` would say from memory alone; None where it has to ask the database."""
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        with self._lock:
            known = self._remembered.get("k" + hash_secret("".join(match.groups())))
        longest = STALE_SECONDS if during_outage else FRESH_SECONDS
        is_fresh = known is not None and time.monotonic() - known.at < longest
        return known.principal if known is not None and is_fresh else None

    def find_by_id(self, key_id: str) -> Principal:
        """The machine client of that id, for work it left behind; raises `NotSignedIn` when its key ended."""
        with self._store.read() as work:
            return self._build(work, work.keys.get(key_id))

    def give_token(self, key_id: str, seconds: int) -> str:
        """A token for a client that proved itself otherwise; raises `NotSignedIn` when its key ended."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        with self._store.write() as work:
            self._build(work, work.keys.get(key_id))
            expires = now + timedelta(seconds=seconds)
            work.clients.credentials.add_token(ClientToken(hash_secret(token), key_id, expires))
            work.commit()
        return f"{_TOKEN_START}{token}"

    def forget(self, token: str) -> None:
        """Drop what is remembered of a session that ended."""
        with self._lock:
            self._remembered.pop("s" + hash_secret(token), None)

    def is_touch_due(self, principal: Principal) -> bool:
        """Whether a minute has passed since a key's use was noted."""
        return time.monotonic() - self._touched.get(principal.id, -TOUCH_SECONDS) >= TOUCH_SECONDS

    def touch_key(self, principal: Principal) -> None:
        """Note a key's use, at most once a minute; a busy database is no reason to fail."""
        with self._lock:
            if not self.is_touch_due(principal):
                return
            self._touched[principal.id] = time.monotonic()
        with suppress(StoreUnavailable), self._store.write(timeout=READ_SECONDS) as work:
            work.keys.touch(principal.id, self._clock.now())
            work.commit()

    def _count_try(self, login: str) -> None:
        """Count the try before the slow check, so that many at once do not slip through together."""
        now = self._clock.now()
        with self._store.write() as work:
            if work.accounts.count_failures(login, now - FAILURE_WINDOW) >= MAX_FAILURES:
                raise TooManyAttempts
            work.accounts.add_failure(login, now)
            work.commit()

    def _open_session(self, account: Account, principal: Principal, channel: str) -> SignedIn:
        token, now = secrets.token_urlsafe(32), self._clock.now()
        session = Session(hash_secret(token), account.id, now, now + self._session)
        start_session(self._store, Acting(principal, now, channel), session)
        return SignedIn(token, session, principal)

    def _find(self, name: str, read: Callable[[UnitOfWork, str], Principal]) -> Principal:
        with self._lock:
            known = self._remembered.get(name)
        age = STALE_SECONDS if known is None else time.monotonic() - known.at
        if known is not None and age < FRESH_SECONDS:
            return known.principal
        try:
            with self._store.read(timeout=READ_SECONDS) as work:
                principal = read(work, name)
        except StoreUnavailable:
            if known is not None and age < STALE_SECONDS:
                return known.principal
            raise
        except NotSignedIn:
            with self._lock:
                self._remembered.pop(name, None)
            raise
        self._remember(name, principal)
        return principal

    def _remember(self, name: str, principal: Principal) -> None:
        with self._lock:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[name] = _Remembered(principal, time.monotonic())

    def _read_session(self, work: UnitOfWork, token_sha256: str) -> Principal:
        session, now = work.accounts.find_session(token_sha256), self._clock.now()
        if session is None or session.expires_at <= now:
            raise NotSignedIn
        account = work.accounts.get(session.account_id)
        if is_ended(account, now):
            raise NotSignedIn
        return build_account_principal(work, account)

    def _read_key(self, work: UnitOfWork, prefix: str, secret_sha256: str) -> Principal:
        key = work.keys.find_by_prefix(prefix)
        if key is None or not secrets.compare_digest(key.secret_sha256, secret_sha256):
            raise NotSignedIn("Khoá truy cập không đúng.")
        return self._build(work, key)

    def _read_token(self, work: UnitOfWork, token_sha256: str) -> Principal:
        token = work.clients.credentials.find_token(token_sha256)
        if token is None or token.expires_at <= self._clock.now():
            raise NotSignedIn("Mã truy cập đã hết hạn; hãy lấy mã mới.")
        return self._build(work, work.keys.get(token.key_id))

    def _build(self, work: UnitOfWork, key: ApiKey) -> Principal:
        if not is_key_usable(key, self._clock.now()):
            raise NotSignedIn("Khoá truy cập đã hết hạn hoặc đã kết thúc.")
        return build_key_principal(work, key)
