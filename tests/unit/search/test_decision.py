"""What an owner's results are worth on a day."""

from datetime import date
from typing import Any

import pytest

from records.states import Confidentiality, ResultState, SignatureValue
from search.decision import REASONS_VI, DecisionCode, build_reason, decide
from tests.factories import build_result

DAY = date(2026, 3, 1)
PAST, FUTURE = date(2026, 2, 28), date(2026, 3, 2)
EXPIRED: dict[str, Any] = {"valid_to": PAST}
UNSIGNED: dict[str, Any] = {"signature": SignatureValue.MISSING}
REVOKED: dict[str, Any] = {"state": ResultState.REVOKED}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], DecisionCode.NONE),
        ([{}], DecisionCode.REUSABLE),
        ([{"state": ResultState.CORRECTED}], DecisionCode.REUSABLE),
        ([{"valid_to": DAY}], DecisionCode.REUSABLE),
        ([EXPIRED], DecisionCode.EXPIRED),
        ([{"state": ResultState.EXPIRED}], DecisionCode.EXPIRED),
        ([EXPIRED | UNSIGNED], DecisionCode.EXPIRED),
        ([UNSIGNED], DecisionCode.NO_LEGAL_VALUE),
        ([{"signature": SignatureValue.INVALID}], DecisionCode.NO_LEGAL_VALUE),
        ([{"signature": SignatureValue.UNDETERMINED}], DecisionCode.NO_LEGAL_VALUE),
        ([REVOKED], DecisionCode.WITHDRAWN),
        ([{"state": ResultState.REPLACED}], DecisionCode.WITHDRAWN),
        ([REVOKED | EXPIRED], DecisionCode.WITHDRAWN),
        ([{"confidentiality": Confidentiality.SECRET}], DecisionCode.NONE),
        ([{"visible_from": FUTURE}], DecisionCode.NONE),
        ([{"valid_from": FUTURE}], DecisionCode.NONE),
        ([EXPIRED, UNSIGNED, REVOKED], DecisionCode.EXPIRED),
        ([UNSIGNED, REVOKED], DecisionCode.NO_LEGAL_VALUE),
        ([EXPIRED, UNSIGNED, REVOKED, {}], DecisionCode.REUSABLE),
        ([{"confidentiality": Confidentiality.SECRET}, REVOKED], DecisionCode.WITHDRAWN),
    ],
)
def test_each_code(rows: list[dict[str, Any]], code: DecisionCode) -> None:
    """In force, signed and current counts first; then expired, then unsigned, then withdrawn."""
    decision = decide([build_result(**changes) for changes in rows], as_of=DAY)
    assert decision.code is code
    assert bool(decision.results) == (code is DecisionCode.REUSABLE)


def test_reusable_results_come_newest_first() -> None:
    """Several reusable results are one decision, newest issued first, then by id."""
    rows = [
        build_result(id="b", issued=date(2025, 1, 1)),
        build_result(id="c", issued=date(2025, 6, 1)),
        build_result(id="a", issued=date(2025, 1, 1)),
        build_result(id="d", issued=date(2025, 9, 1), **REVOKED),
    ]
    assert [row.id for row in decide(rows, as_of=DAY).results] == ["c", "a", "b"]


def test_every_code_has_a_reason() -> None:
    """Each code has its own Vietnamese text."""
    assert set(REASONS_VI) == set(DecisionCode)
    assert len(set(REASONS_VI.values())) == len(DecisionCode)


@pytest.mark.parametrize("code", [DecisionCode.NONE, DecisionCode.EXPIRED])
def test_papers_on_their_way_are_told(code: DecisionCode) -> None:
    """With papers still in the pipeline the text says not to ask the citizen yet."""
    assert "Còn 2 giấy tờ" in build_reason(code, 2)
    assert "chưa yêu cầu người dân nộp" in build_reason(code, 2)
    assert not any(word in build_reason(code, 2) for word in ("theo quy định", "Hướng dẫn"))
    assert build_reason(code, 0) == build_reason(code, None) == REASONS_VI[code]


def test_reusable_already_says_not_to_ask() -> None:
    """A reusable result needs nothing more, whatever is on its way."""
    assert build_reason(DecisionCode.REUSABLE, 3) == REASONS_VI[DecisionCode.REUSABLE]
