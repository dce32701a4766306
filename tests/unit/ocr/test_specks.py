"""Dust and streaks on drawn pages."""

import numpy as np
import pytest

from ocr.engine import Grey
from ocr.specks import remove_dust, remove_streaks
from tests.unit.ocr.test_clean import bars


def paper() -> Grey:
    """Bars like words, each with a dot of four pixels under it like a tone mark."""
    page = bars(2339, 1654)
    page[page == 255] = 240
    for y in range(134, 2339 - 120, 28):
        page[y : y + 4, 120:124] = 20
    return page


def dusty(page: Grey, count: int) -> Grey:
    """The page with that many specks of one to three pixels."""
    random = np.random.default_rng(5)
    soiled = page.copy()
    for y, x in random.integers(20, (2300, 1620), (count, 2)):
        size = 1 + (x + y) % 3
        soiled[y : y + size, x : x + size] = 30
    return soiled


def test_specks_vanish_and_dots_of_letters_stay() -> None:
    """A dusty page loses specks of up to three pixels and keeps dots of four."""
    page = dusty(paper(), 1500)
    clean = remove_dust(page, 200)
    margin = np.s_[200:2200, 1560:1640]
    assert (page[margin] < 100).any()
    assert not (clean[margin] < 100).any()
    assert (clean[134:138, 120:124] < 60).all()


@pytest.mark.parametrize(("specks", "dpi"), [(60, 200), (1500, 100)])
def test_pages_with_little_dust_or_small_letters_stay_as_they_are(specks: int, dpi: int) -> None:
    """Few specks, or a resolution at which dots are as small as specks: no pixel changes."""
    page = dusty(paper(), specks)
    assert remove_dust(page, dpi) is page


def test_streak_from_edge_to_edge_vanishes_and_rules_stay() -> None:
    """A line over the whole length of the scan goes, a rule that ends before the margins stays."""
    page = paper()
    page[:, 900] = np.minimum(page[:, 900], 150)
    page[1200, :] = 150
    page[300:1900, 700:702] = 10
    clean = remove_streaks(page)
    assert (clean[20:100, 900] == 240).all()
    assert (clean[1200, 20:90] == 240).all()
    assert (clean[300:1199, 700:702] == 10).all()


def test_page_without_streaks_stays_as_it_is() -> None:
    """Nothing is copied where nothing was found, also on images of a few pixels."""
    page, tiny = paper(), np.zeros((1, 1), np.uint8)
    assert remove_streaks(page) is page
    assert remove_streaks(tiny) is tiny
    assert remove_dust(tiny, 200) is tiny
