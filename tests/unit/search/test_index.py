"""Filters of a search."""

import pytest

from search.index import Facet, Filters


@pytest.mark.parametrize("facet", list(Facet))
def test_each_facet_has_its_filter(facet: Facet) -> None:
    """What is chosen in a facet can be read and left out again, nothing else with it."""
    everything = Filters(("u",), ("k",), ("i",), ("s",), ("r",), ("t",), ("o",), ("2024",))
    [value] = everything.chosen(facet)
    left = everything.without([facet])
    assert value and left.chosen(facet) == ()
    assert all(left.chosen(other) for other in Facet if other is not facet)
    assert (left.units, left.signers) == (everything.units, everything.signers)
