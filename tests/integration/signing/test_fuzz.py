"""A thousand damaged signed files, a fixed tenth of the long proof: none is shown as good that is not."""

import pytest
from demo_pki import DemoPki

from bench.fuzz_verify import GREEN, Signed, find_broken_promise, read_signed, run_fuzz
from signing.trust import TrustBundle
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON
from tests.pki.shapes import pick_raw_shapes, sign_shapes

PARTS = 4
MUTANTS = 1000


@pytest.fixture(scope="module")
def shapes(pki: DemoPki, plain_pdf: bytes) -> list[bytes]:
    """Sound signed files of every shape."""
    return [*sign_shapes(pki, plain_pdf).values(), *pick_raw_shapes().values()]


def test_the_samples_are_good(shapes: list[bytes], bundle: TrustBundle) -> None:
    """Undamaged, every shape is green and keeps every promise."""
    for sample in shapes:
        report = verify_pdf(sample, trust=bundle, at=NOON)
        assert report.summary.integrity in GREEN
        assert find_broken_promise(report, sample, read_signed(sample)) is None


@pytest.mark.parametrize("part", range(PARTS))
def test_damaged_files_are_never_shown_as_good(part: int, shapes: list[bytes], bundle: TrustBundle) -> None:
    """No exception, no green over changed bytes, no signature but the sample's; seeds fixed."""
    report = run_fuzz(shapes, MUTANTS // PARTS, 2026 + part, bundle, at=NOON)
    assert report.broken == []
    assert sum(report.verdicts.values()) == MUTANTS // PARTS


def test_a_broken_promise_would_be_seen(shapes: list[bytes]) -> None:
    """The proof can fail: a green report over bytes nobody signed, or by another signature, is named."""
    sample = shapes[0]
    report = verify_pdf(sample, trust=None, at=NOON)
    known = read_signed(sample)
    forged = sample.replace(b"%PDF-1.", b"%PDF-2.", 1)
    assert "nobody signed" in (find_broken_promise(report, forged, known) or "")
    other = [Signed(one.covered, b"", one.attributes, one.certificates) for one in known]
    assert "another signature value" in (find_broken_promise(report, sample, other) or "")
