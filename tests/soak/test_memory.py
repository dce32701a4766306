"""A thousand pages in one PDF (nghìn trang): every process stays as small as at page 100."""

from contextlib import AbstractContextManager

import pytest

from bench.memory import iter_marks, run, tabulate
from ocr.profiles import find_fault

pytestmark = [pytest.mark.soak, pytest.mark.tesseract, pytest.mark.slow, pytest.mark.timeout(0)]
PAGES = 1000
WORKER_MB = 500
GROWTH_MB = 60


@pytest.mark.parametrize("profile", ["tesseract", "fast"])
def test_a_thousand_pages_stay_flat(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Under 500 MB a worker at page 100, 500, 1000 and while the PDF/A is written, with no growth between."""
    if find_fault(profile) is not None:
        pytest.skip("models are missing: run sohoa models")
    samples = run(PAGES, profile, 2)
    shown: AbstractContextManager[None] = capsys.disabled()
    with shown:
        print(f"\n{profile}\n{tabulate(samples, PAGES)}")
    highest = dict(iter_marks(samples, PAGES))
    assert max(mark.worker for mark in highest.values()) < WORKER_MB
    assert highest["page 1000"].worker < highest["page 100"].worker + GROWTH_MB
    assert max(mark.parent for mark in highest.values()) < WORKER_MB
