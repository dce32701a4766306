"""The state-secret gate on drawn pages with the real Tesseract, in its short form."""

import pytest

from bench.gate import judge_case
from bench.gate_pages import GateCase, build_cases

SEED = 424242
CHUNKS = 8
CASES = build_cases(secret=24, plain=40, seed=SEED)


@pytest.mark.tesseract
@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_gate_stops_secret_pages_and_lets_others_pass(chunk: int) -> None:
    """Of 24 secret and 40 plain pages of a fixed seed every secret one is stopped and no other."""
    results = [judge_case(case) for case in CASES[chunk::CHUNKS]]
    missed: list[GateCase] = [one.case for one in results if one.case.secret and not one.hit]
    false: list[GateCase] = [one.case for one in results if one.hit and not one.case.secret]
    assert not missed
    assert not false
