"""How the benchmark reads EU DSS's answers."""

from typing import Any

import pytest

from bench.dss_peer import read_verdict

PASSED = {"indication": "TOTAL_PASSED", "sub": None, "undefined_changes": 0, "pages_touched": 0}
CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"signatures": [PASSED], "timestamps": []}, "intact", "intact"),
    ({"signatures": [{**PASSED, "undefined_changes": 2}], "timestamps": []}, "intact", "altered"),
    (
        {"signatures": [PASSED, {**PASSED, "indication": "TOTAL_FAILED"}], "timestamps": []},
        "altered",
        "altered",
    ),
    (
        {
            "signatures": [{"indication": "INDETERMINATE", "sub": "NO_CERTIFICATE_CHAIN_FOUND"}],
            "timestamps": [],
        },
        "intact",
        "intact",
    ),
    (
        {"signatures": [{"indication": "INDETERMINATE", "sub": "SIGNED_DATA_NOT_FOUND"}], "timestamps": []},
        "indeterminate",
        "indeterminate",
    ),
    ({"signatures": [], "timestamps": []}, "unsigned", "unsigned"),
    ({"exception": "DSSException"}, "exception", "exception"),
]


@pytest.mark.parametrize(("line", "status", "warned"), CASES)
def test_answers_fall_into_the_benchs_classes(line: dict[str, Any], status: str, warned: str) -> None:
    """Trust is left aside; changes that DSS only warns of count as alarms in the second reading."""
    verdict = read_verdict({"seconds": 0.1, **line})
    assert (verdict.by_status, verdict.with_warnings) == (status, warned)
