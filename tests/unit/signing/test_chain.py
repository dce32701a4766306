"""What a document time-stamp proves: only whole ranges before its own, in any order of the fields."""

import pytest

from signing.chain import Trust, judge_entries
from signing.cms import CmsFacts
from signing.report import Changes, Coverage, Integrity, SignatureEntry
from signing.revocation import RevocationData
from tests.pki.fixtures import NOON
from tests.pki.world import World, day, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Every certificate of the plan."""
    return make_world(tmp_path_factory.mktemp("world"))


def entry(kind: str, end: int, coverage: str = "revision", *findings: str) -> SignatureEntry:
    """A sound entry whose range ends at that byte."""
    return SignatureEntry(
        field=kind,
        type=kind,
        subfilter="ETSI.CAdES.detached",
        integrity=Integrity(True, True),
        coverage=Coverage(coverage, (0, 1, 2, end - 2), findings=findings),
        changes_after=Changes(),
    )


def stamp(world: World, when: float) -> CmsFacts:
    """What a token of the trusted authority says."""
    return CmsFacts(
        Integrity(True, True), world.certificate("tsa"), is_token=True, token_time=day(when),
        imprint_algorithm="sha256",
    )  # fmt: skip


def best(world: World, signature: SignatureEntry, *stamps: tuple[int, float]) -> str | None:
    """The proven time of an expired signer's signature beside those document time-stamps."""
    signer = CmsFacts(Integrity(True, True), certificate=world.certificate("expired"))
    found = [(entry("doc-timestamp", end), stamp(world, when)) for end, when in stamps]
    trust = Trust(world.bundle(), (), NOON, RevocationData())
    return judge_entries([*found, (signature, signer)], trust)[-1].time.best_time


def test_only_later_ranges_prove(world: World) -> None:
    """A time-stamp proves what ends before it, the earliest of several counts, and nothing after it."""
    signature = entry("approval", 100)
    assert best(world, signature) is None
    assert best(world, signature, (200, -50)) == day(-50).isoformat()
    assert best(world, signature, (200, -50), (300, -40)) == day(-50).isoformat()
    assert best(world, signature, (300, -40), (200, -50)) == day(-50).isoformat()
    assert best(world, signature, (90, -50)) is None
    assert best(world, signature, (100, -50)) is None


@pytest.mark.parametrize("odd", [("unclear",), ("block",), ("revision", "gap_not_contents")])
def test_odd_range_is_not_proven(world: World, odd: tuple[str, ...]) -> None:
    """A signature whose range is odd may have been written later than the bytes it names."""
    assert best(world, entry("approval", 100, *odd), (200, -50)) is None
