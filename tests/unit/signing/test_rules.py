"""Rules by the day: what was good when the signature provably existed."""

from datetime import UTC, datetime

from signing.rules import find_weak, load_rules, split_by_day


def test_algorithms_of_today() -> None:
    """SHA-1 and short RSA keys are weak now, SHA-256 with 2048 bits is not."""
    assert find_weak("sha1", "rsa", 1024) == ("sha1", "rsa-1024")
    assert find_weak("sha256", "rsa", 2048) == ()
    assert find_weak("sha256", "ec", 256) == ()


def test_the_proven_day_decides() -> None:
    """The same SHA-1 signature: allowed when a time-stamp puts it before the last good day, weak after it."""
    assert split_by_day(("sha1",), datetime(2010, 5, 1, tzinfo=UTC)) == ((), ("sha1",))
    assert split_by_day(("sha1",), datetime(2012, 8, 1, 12, tzinfo=UTC)) == ((), ("sha1",))
    assert split_by_day(("sha1",), datetime(2012, 8, 2, tzinfo=UTC)) == (("sha1",), ())
    assert split_by_day(("rsa-1024", "sha1"), datetime(2011, 1, 1, tzinfo=UTC)) == (("rsa-1024",), ("sha1",))


def test_without_proof_todays_rule_holds() -> None:
    """A claimed time proves nothing."""
    assert split_by_day(("sha1",), None) == (("sha1",), ())


def test_every_rule_names_its_source() -> None:
    """The table is evidence: no line without a source."""
    rules = load_rules()
    assert rules.version
    assert all(rule.source for rule in (*rules.algorithms, *rules.requirements))
