"""Fetches for one verification (tải dữ liệu thu hồi): within limits, kept for the next, told in the report.

Without `online` only what is kept answers, however old: so a later check works from the evidence of an
earlier one. Nothing that fails here is a verdict; it is a warning.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from records.download import DownloadFailed, Request, download
from signing.kept import DEFAULT_BYTES, KeptAnswers
from signing.report import Evidence, format_time

OCSP, CRL, CERTIFICATE = "ocsp", "crl", "certificate"
_FOLDER = "evidence"
_LIMITS = {OCSP: 100_000, CRL: 20_000_000, CERTIFICATE: 100_000}
# How long an answer serves before it is asked for anew, though it says that it holds longer.
_AGES = {OCSP: timedelta(hours=1), CRL: timedelta(hours=24), CERTIFICATE: timedelta(days=30)}
_SHORTEST = timedelta(minutes=10)
_REST_AFTER_FAILURE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class FetchRules:
    """What may be fetched (quy tắc tải); `allowed`: `host` or `host:port` that may lie in our own network.

    `folder` None keeps nothing; `online` False asks nobody.
    """

    online: bool = False
    folder: Path | None = None
    allowed: frozenset[str] = frozenset()
    total_seconds: float = 8.0
    request_seconds: float = 3.0
    maximum_requests: int = 20
    kept_bytes: int = DEFAULT_BYTES


def build_rules(data: Path | None, *, online: bool, allowed: Iterable[str]) -> FetchRules:
    """The rules with answers kept inside the data folder; none given: nothing is kept."""
    folder = data.absolute() / _FOLDER if data else None
    return FetchRules(online, folder, frozenset(name.lower() for name in allowed))


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer (dữ liệu đã kiểm tra): what was read from it, and its dates."""

    value: Any
    this_update: datetime | None = None
    next_update: datetime | None = None


class Fetcher:
    """Everything one verification fetches (bộ tải dữ liệu); one a document, not shared by threads."""

    def __init__(self, rules: FetchRules, now: Callable[[], datetime] | None = None) -> None:
        """`now` is the clock by which kept answers age."""
        self.rules = rules
        self.requests = 0
        self._now = now or (lambda: datetime.now(UTC))
        self._kept = KeptAnswers(rules.folder, rules.kept_bytes) if rules.folder else None
        self._deadline: float | None = None
        self._done: dict[str, Answer | None] = {}
        self._evidence: dict[str, Evidence] = {}
        self._problems: dict[str, None] = {}

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What answered, for the report."""
        return tuple(self._evidence.values())

    @property
    def warnings(self) -> tuple[str, ...]:
        """`not_fetched:<kind>:<reason>` of each link that gave nothing."""
        return tuple(self._problems)

    def find(
        self, kind: str, url: str, read: Callable[[bytes], Answer], body: bytes | None = None
    ) -> Answer | None:
        """The answer of `url` or None; `read` raises ValueError for what it does not take."""
        key = hashlib.sha256(f"{kind}\n{url}\n".encode() + (body or b"")).hexdigest()
        if key not in self._done:
            self._done[key] = self._find(key, kind, url, read, body)
        return self._done[key]

    def _find(
        self, key: str, kind: str, url: str, read: Callable[[bytes], Answer], body: bytes | None
    ) -> Answer | None:
        found = self._kept.find(key) if self._kept else None
        old = self._read_kept(key, kind, url, found[1], read) if found and not found[0].failure else None
        fresh = found is not None and self._now() < datetime.fromisoformat(found[0].good_until)
        if not self.rules.online or (fresh and old is not None):
            return old
        if fresh and found is not None and found[0].failure:
            return self._fail(kind, found[0].failure)
        try:
            data = self._download(kind, url, body)
            answer = self._take(key, kind, url, data, read)
        except DownloadFailed as exc:
            if self._kept and str(exc) != "limit":
                self._kept.put_failure(key, url, str(exc), self._now(), _REST_AFTER_FAILURE)
            self._fail(kind, str(exc))
            # An old list still tells who had been revoked by then.
            return old
        if self._kept:
            self._kept.put(key, url, data, self._now(), self._good_until(kind, answer))
        return answer

    def _download(self, kind: str, url: str, body: bytes | None) -> bytes:
        """Bytes from the network within what is left of the limits."""
        begin = time.monotonic()
        if self._deadline is None:
            self._deadline = begin + self.rules.total_seconds
        if self.requests >= self.rules.maximum_requests or begin >= self._deadline:
            raise DownloadFailed("limit")
        self.requests += 1
        content_type = "application/ocsp-request" if kind == OCSP else ""
        request = Request(url, _LIMITS[kind], body, content_type)
        deadline = min(self._deadline, begin + self.rules.request_seconds)
        return download(request, deadline=deadline, allowed=self.rules.allowed)

    def _take(self, key: str, kind: str, url: str, data: bytes, read: Callable[[bytes], Answer]) -> Answer:
        try:
            answer = read(data)
        except Exception as exc:  # bytes from anywhere: parsing them raises nearly anything
            raise DownloadFailed("not_usable") from exc
        digest = hashlib.sha256(data).hexdigest()
        # A fresh answer takes the place of the kept one under the same request.
        self._evidence[key] = Evidence(
            kind, url, digest, format_time(answer.this_update), format_time(answer.next_update), key
        )
        return answer

    def _read_kept(
        self, key: str, kind: str, url: str, data: bytes, read: Callable[[bytes], Answer]
    ) -> Answer | None:
        try:
            return self._take(key, kind, url, data, read)
        except DownloadFailed:
            return None

    def _fail(self, kind: str, reason: str) -> None:
        self._problems[f"not_fetched:{kind}:{reason}"] = None

    def _good_until(self, kind: str, answer: Answer) -> datetime:
        """Until its own end, but no longer than its kind serves; a server of stale data is let rest too."""
        latest = self._now() + _AGES[kind]
        until = min(latest, answer.next_update) if answer.next_update else latest
        return max(until, self._now() + _SHORTEST)
