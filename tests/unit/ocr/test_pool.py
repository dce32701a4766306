"""What the pool believes of a child's answer."""

import pickle
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ocr.errors import UnreadableImage
from ocr.pool import _load
from ocr.types import Box, QualityVerdict, Word


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


class _ByGetattr:
    """Pickles as `getattr(owner, name)`, as Python 3.11.2 does with every enum member."""

    def __init__(self, owner: object, name: str) -> None:
        self._call = (getattr, (owner, name))

    def __reduce__(self) -> tuple[object, tuple[object, str]]:
        return self._call


def test_enum_members_pass_as_older_interpreters_write_them() -> None:
    """Python 3.11.2 of Debian 12 pickles an enum member through getattr: it comes back as the member."""
    answer = pickle.dumps((True, _ByGetattr(QualityVerdict, "GOOD")))
    assert _load(answer) == (True, QualityVerdict.GOOD)


@pytest.mark.parametrize(
    ("owner", "name"), [(QualityVerdict, "__init_subclass__"), (Word, "text"), ("", "format")]
)
def test_getattr_gives_enum_members_alone(owner: object, name: str) -> None:
    """Any other use of getattr in an answer is refused."""
    with pytest.raises(pickle.UnpicklingError):
        _load(pickle.dumps((True, _ByGetattr(owner, name))))
