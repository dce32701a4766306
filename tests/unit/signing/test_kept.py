"""Answers kept on disk: whole or not at all, below a size."""

import os
from datetime import timedelta
from pathlib import Path

from signing.kept import KeptAnswers
from tests.pki.fixtures import NOON

DAY = timedelta(days=1)


def test_kept_answer_comes_back(tmp_path: Path) -> None:
    """Bytes, address and dates come back under the same request alone."""
    kept = KeptAnswers(tmp_path)
    kept.put("crl\nhttp://a", "http://a", b"danh sach", NOON, NOON + DAY)
    found = kept.find("crl\nhttp://a")
    assert found is not None
    assert (found[1], found[0].url, found[0].good_until) == (
        b"danh sach",
        "http://a",
        "2026-06-16T12:00:00+00:00",
    )
    assert kept.find("crl\nhttp://b") is None


def test_damaged_answer_is_not_kept(tmp_path: Path) -> None:
    """Bytes that no longer have their hash, and an entry that is not one, count as nothing."""
    kept = KeptAnswers(tmp_path)
    kept.put("a", "http://a", b"danh sach", NOON, NOON + DAY)
    (stored,) = (tmp_path / "objects").iterdir()
    stored.write_bytes(b"khac")
    assert kept.find("a") is None
    (entry,) = (tmp_path / "urls").iterdir()
    for text in ("{", "[]", '{"url": "x"}', '{"sha256": "../../etc/passwd"}'):
        entry.write_text(text)
        assert kept.find("a") is None


def test_oldest_answers_go_first(tmp_path: Path) -> None:
    """The folder stays below its size; what was written last stays."""
    kept = KeptAnswers(tmp_path, maximum=2500)
    for number in range(5):
        kept.put(str(number), "http://a", bytes([number]) * 1000, NOON, NOON + DAY)
        for path in tmp_path.glob("*/*"):
            os.utime(path, (number, number)) if path.stat().st_mtime > 10 else None
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 2500
    assert kept.find("4") is not None
    assert kept.find("0") is None


def test_failure_does_not_replace_an_answer(tmp_path: Path) -> None:
    """An old answer is worth more than the news that none came."""
    kept = KeptAnswers(tmp_path)
    kept.put_failure("a", "http://a", "timed_out", NOON, DAY)
    found = kept.find("a")
    assert found is not None
    assert found[0].failure == "timed_out"
    kept.put("a", "http://a", b"danh sach", NOON, NOON + DAY)
    kept.put_failure("a", "http://a", "timed_out", NOON, DAY)
    found = kept.find("a")
    assert found is not None
    assert found[1] == b"danh sach"


def test_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    """A full or read-only disk does not stop a check."""
    (tmp_path / "file").write_text("x")
    kept = KeptAnswers(tmp_path / "file")
    kept.put("a", "http://a", b"danh sach", NOON, NOON + DAY)
    assert kept.find("a") is None
