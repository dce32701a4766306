"""Answers kept on disk: whole or not at all, below a size."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

from signing.kept import KeptAnswers
from tests.pki.fixtures import NOON

DAY = timedelta(days=1)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_kept_answer_comes_back(tmp_path: Path) -> None:
    """Bytes, address and dates come back under the same request alone."""
    kept = KeptAnswers(tmp_path)
    kept.put(_key("a"), "http://a", b"danh sach", NOON, NOON + DAY)
    found = kept.find(_key("a"))
    assert found is not None
    assert (found[1], found[0].url, found[0].good_until) == (
        b"danh sach",
        "http://a",
        "2026-06-16T12:00:00+00:00",
    )
    assert kept.find(_key("b")) is None


def test_damaged_answer_is_not_kept(tmp_path: Path) -> None:
    """Bytes that no longer have their hash, and an entry that is not one, count as nothing."""
    kept = KeptAnswers(tmp_path)
    kept.put(_key("a"), "http://a", b"danh sach", NOON, NOON + DAY)
    (stored,) = (tmp_path / "objects").iterdir()
    stored.write_bytes(b"khac")
    assert kept.find(_key("a")) is None
    (entry,) = (tmp_path / "urls").iterdir()
    for text in ("{", "[]", '{"url": "x"}', '{"sha256": "../../etc/passwd"}'):
        entry.write_text(text)
        assert kept.find(_key("a")) is None


def test_oldest_answers_go_first(tmp_path: Path) -> None:
    """The folder stays below its size; what was written last stays."""
    kept = KeptAnswers(tmp_path, maximum=2500)
    for number in range(5):
        kept.put(_key(str(number)), "http://a", bytes([number]) * 1000, NOON, NOON + DAY)
        for path in tmp_path.glob("*/*"):
            os.utime(path, (number, number)) if path.stat().st_mtime > 10 else None
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 2500
    assert kept.find(_key("4")) is not None
    assert kept.find(_key("0")) is None


def test_failure_does_not_replace_an_answer(tmp_path: Path) -> None:
    """An old answer is worth more than the news that none came."""
    kept = KeptAnswers(tmp_path)
    kept.put_failure(_key("a"), "http://a", "timed_out", NOON, DAY)
    found = kept.find(_key("a"))
    assert found is not None
    assert found[0].failure == "timed_out"
    kept.put(_key("a"), "http://a", b"danh sach", NOON, NOON + DAY)
    kept.put_failure(_key("a"), "http://a", "timed_out", NOON, DAY)
    found = kept.find(_key("a"))
    assert found is not None
    assert found[1] == b"danh sach"


def test_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    """A full or read-only disk does not stop a check."""
    (tmp_path / "file").write_text("x")
    kept = KeptAnswers(tmp_path / "file")
    kept.put(_key("a"), "http://a", b"danh sach", NOON, NOON + DAY)
    assert kept.find(_key("a")) is None


def test_names_never_leave_the_folder(tmp_path: Path) -> None:
    """Only hashes name files, whatever a stored report says."""
    (tmp_path / "objects").mkdir()
    (tmp_path / "secret").write_bytes(b"x")
    kept = KeptAnswers(tmp_path)
    assert kept.read("../secret") is None
    assert kept.find("../secret") is None


def test_restored_answer_gives_way_to_a_newer_one(tmp_path: Path) -> None:
    """An earlier check's answer fills a gap and is due at once; it never replaces what is there."""
    kept = KeptAnswers(tmp_path)
    kept.restore(_key("a"), "http://a", b"danh sach", NOON)
    found = kept.find(_key("a"))
    assert found is not None
    assert (found[1], found[0].good_until) == (b"danh sach", found[0].fetched_at)
    kept.restore(_key("a"), "http://a", b"cu hon", NOON)
    assert kept.find(_key("a")) == found
