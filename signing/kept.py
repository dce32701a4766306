"""Answers kept on disk (bộ nhớ đệm dữ liệu thu hồi), shared by every process of the machine.

`urls/` holds a small JSON file for each request, by its SHA-256, `objects/` the bytes by theirs.
Writes are atomic; a file that is gone or damaged is simply not kept.
"""

import contextlib
import hashlib
import json
import os
import re
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_HASH = re.compile(r"[0-9a-f]{64}")
DEFAULT_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One kept answer (một dữ liệu đã lưu): `good_until` is when to ask anew; `failure` a short code."""

    url: str
    sha256: str
    fetched_at: str
    good_until: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """The folder of kept answers (kho dữ liệu đã lưu), held below `maximum` bytes."""

    folder: Path
    maximum: int = DEFAULT_BYTES

    def find(self, key: str) -> tuple[KeptAnswer, bytes] | None:
        """The answer to that request with its bytes, however old; None when there is none whole."""
        try:
            values = json.loads(self._entry(key).read_text("utf-8"))
            answer = KeptAnswer(**values)
            datetime.fromisoformat(answer.good_until)
            if answer.failure:
                return answer, b""
        except (OSError, ValueError, TypeError):
            return None
        data = self.read(answer.sha256)
        return None if data is None else (answer, data)

    def read(self, sha256: str) -> bytes | None:
        """The bytes of that hash; None when they are no longer here whole."""
        try:
            data = self._object(sha256).read_bytes()
        except (OSError, ValueError):
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def restore(self, key: str, url: str, data: bytes, now: datetime) -> None:
        """Keep an answer of an earlier check, to be asked for anew as soon as there is a network."""
        kept = self.find(key)
        if kept is None or kept[0].failure:
            self.put(key, url, data, now, now)

    def put(self, key: str, url: str, data: bytes, now: datetime, good_until: datetime) -> None:
        """Keep an answer; a full or read-only disk means that nothing is kept."""
        digest = hashlib.sha256(data).hexdigest()
        with contextlib.suppress(OSError, ValueError):
            _write(self._object(digest), data)
            self._put_entry(key, KeptAnswer(url, digest, _text(now), _text(good_until)))
            self._shrink()

    def put_failure(self, key: str, url: str, reason: str, now: datetime, rest: timedelta) -> None:
        """Remember that nothing came, so that the next paper need not wait; an older answer stays."""
        if (kept := self.find(key)) is not None and not kept[0].failure:
            return
        with contextlib.suppress(OSError):
            self._put_entry(key, KeptAnswer(url, "", _text(now), _text(now + rest), reason))

    def _put_entry(self, key: str, answer: KeptAnswer) -> None:
        _write(self._entry(key), json.dumps(asdict(answer)).encode())

    def _entry(self, key: str) -> Path:
        return self.folder / "urls" / f"{_check_hash(key)}.json"

    def _object(self, sha256: str) -> Path:
        return self.folder / "objects" / _check_hash(sha256)

    def _shrink(self) -> None:
        """Remove what was written longest ago until the folder is below its size."""
        files: list[tuple[float, int, Path]] = []
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):  # another process removes too
                facts = path.stat()
                files.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self.maximum:
                return
            path.unlink(missing_ok=True)
            total -= size


def _check_hash(text: str) -> str:
    """The text when it is a SHA-256 in hex, so that it names a file of the folder alone."""
    if not _HASH.fullmatch(text):
        raise ValueError("not a hash")
    return text


def _write(path: Path, data: bytes) -> None:
    """All or nothing: another process reads the old bytes or the new ones, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
