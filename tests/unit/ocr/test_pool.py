"""What the pool believes of a child's answer."""

import pickle
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ocr.errors import UnreadableImage
from ocr.pool import _load
from ocr.types import Box, Word


class _Foreign:
    """A class of no package of ours."""


def test_values_and_our_own_classes_pass() -> None:
    """Plain values, our dataclasses, paths, dates and arrays come through unchanged."""
    word = Word("Đất", "Đất", 0.9, Box(1, 2, 3, 4), 0)
    kind, value = _load(pickle.dumps(("ok", [word, date(2026, 1, 2), Path("a"), {"x": b"y"}])))
    assert (kind, value) == ("ok", [word, date(2026, 1, 2), Path("a"), {"x": b"y"}])
    _, array = _load(pickle.dumps(("ok", np.eye(3, dtype=np.uint8))))
    assert array.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_our_errors_keep_their_context() -> None:
    """A service error arrives with its detail and context."""
    _, error = _load(pickle.dumps(("error", UnreadableImage("chi tiết", page=3))))
    assert isinstance(error, UnreadableImage)
    assert (error.detail_vi, error.context) == ("chi tiết", {"page": 3})


@pytest.mark.parametrize(
    "answer",
    [
        pickle.dumps(("ok", _Foreign)),
        b"cposix\nsystem\n(S'true'\ntR.",
        b"cocr.pool_child\nfind_function\n(S'os:getpid'\ntR.",
        b"cocr.pool\nos.system\n(S'true'\ntR.",
        b"cocr.pool\nConnection\n(I0\ntR.",
        b"cocr.pool\nPath\n(S'a'\ntR.",
        b"rubbish",
        pickle.dumps("no pair"),
    ],
)
def test_anything_else_is_refused(answer: bytes) -> None:
    """Foreign classes, functions (ours too), damaged pickles and odd shapes are not believed."""
    with pytest.raises(pickle.UnpicklingError):
        _load(answer)
