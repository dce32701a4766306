"""The state-secret gate on drawn pages with the real readers, in its short form."""

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
    results = [judge_case(case, "tesseract") for case in CASES[chunk::CHUNKS]]
    missed: list[GateCase] = [one.case for one in results if one.case.secret and not one.hit]
    false: list[GateCase] = [one.case for one in results if one.hit and not one.case.secret]
    assert not missed
    assert not false


@pytest.mark.models
@pytest.mark.tesseract
@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_gate_is_as_sharp_with_every_reader(chunk: int) -> None:
    """Every secret page of those is stopped when the neural readers read it, too."""
    secret = [case for case in CASES if case.secret]
    for case in secret[chunk::CHUNKS]:
        assert judge_case(case, "accurate").hit
