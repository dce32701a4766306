"""Which way up a page stands, with the model where it is installed and without it."""

from pathlib import Path

import numpy as np
import pytest

from ocr import orientation
from ocr.errors import ModelMissing
from ocr.models import Model, models_folder, read_model
from ocr.orientation import find_turn
from tests.integration.ocr.pages import decision_lines, draw_page


def is_installed() -> bool:
    """Whether the model has been taken out of its package here."""
    try:
        read_model(models_folder(), Model.ORIENTATION)
    except ModelMissing:
        return False
    return True


@pytest.mark.skipif(not is_installed(), reason="no models folder: run `sohoa models`")
@pytest.mark.parametrize("quarter_turns", range(4))
def test_all_four_ways_are_told_apart(quarter_turns: int) -> None:
    """A page turned counter-clockwise needs as many clockwise turns."""
    page = np.asarray(draw_page(decision_lines()).convert("L"))
    assert find_turn(np.ascontiguousarray(np.rot90(page, quarter_turns))) == 90 * quarter_turns


def test_without_the_model_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installation without models turns pages by reading them both ways."""
    monkeypatch.setattr(orientation, "models_folder", lambda: tmp_path)
    orientation._load_session.cache_clear()  # pyright: ignore[reportPrivateUsage]
    assert find_turn(np.full((300, 200), 255, np.uint8)) is None
    orientation._load_session.cache_clear()  # pyright: ignore[reportPrivateUsage]
