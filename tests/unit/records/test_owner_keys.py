"""Keys by which papers still in the pipeline are compared with an owner."""

import pytest

from records.owner_keys import build_owner_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("001090012345", "001090012345"),
        (" 001 090 012 345 ", "001090012345"),
        ("cccd:001090012345", "001090012345"),
        ("0100109106-001", "0100109106001"),
        ("h15.03.27", "H150327"),
        (None, None),
        ("", None),
        (" .- ", None),
    ],
)
def test_spellings_meet(text: str | None, key: str | None) -> None:
    """Spaces, dots, dashes, case and a leading scheme make no difference; nothing gives no key."""
    assert build_owner_key(text) == key


def test_is_short() -> None:
    """A hostile reading does not make a long index key."""
    assert len(build_owner_key("9" * 5000) or "") == 64
