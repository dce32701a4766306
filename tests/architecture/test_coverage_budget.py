"""The coverage budgets can be met and missed."""

import pytest

from deploy.coverage_budget import find_shortfalls


def _summary(covered: int, missing: int, missing_branches: int = 0) -> dict[str, dict[str, float]]:
    return {
        "summary": {
            "covered_lines": covered,
            "num_statements": covered + missing,
            "covered_branches": 0,
            "num_branches": missing_branches,
            "missing_lines": missing,
            "missing_branches": missing_branches,
            "percent_covered": 100 * covered / (covered + missing + missing_branches),
        }
    }


@pytest.mark.parametrize(
    ("legal", "other", "expected"),
    [
        (_summary(10, 0), _summary(90, 10), []),
        (_summary(9, 1), _summary(90, 10), ["records/states.py: 90.0 % of 100 %"]),
        (_summary(9, 0, missing_branches=1), _summary(90, 10), ["records/states.py: 90.0 % of 100 %"]),
        (_summary(10, 0), _summary(89, 11), ["everything else: 89.0 % of 90 %"]),
    ],
)
def test_each_budget_is_held(
    legal: dict[str, dict[str, float]], other: dict[str, dict[str, float]], expected: list[str]
) -> None:
    """One missing line or branch in a legal file, or less than 90 % elsewhere, is told."""
    assert find_shortfalls({"files": {"records/states.py": legal, "ocr/page.py": other}}) == expected
