"""A batch follows its files."""

import pytest

from records.actions.batches import find_batch_state
from records.states import CaptureState as C


@pytest.mark.parametrize(
    ("files", "closed", "expected"),
    [
        ({}, False, None),
        ({C.READ: 1, C.VERIFY: 3}, False, C.READ),
        ({C.VERIFY: 1, C.RELEASED: 3, C.REJECTED: 1}, True, C.VERIFY),
        ({C.RELEASED: 3, C.REJECTED: 1}, False, None),
        ({C.RELEASED: 3, C.REJECTED: 1}, True, C.RELEASED),
        ({C.LINKED: 2}, True, C.RELEASED),
        ({C.REJECTED: 2}, True, C.REJECTED),
        ({}, True, C.CANCELLED),
        ({C.POSTPONED: 1, C.RELEASED: 1}, True, None),
        ({C.READ: 0, C.RELEASED: 1}, True, C.RELEASED),
    ],
)
def test_a_batch_stands_where_its_last_file_stands(files, closed, expected):
    """The file furthest behind decides; only a closed batch ends."""
    assert find_batch_state(files, is_closed=closed) is expected
