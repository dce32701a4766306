"""What two spellings of one owner's identifier have in common (khoá so khớp chủ thể)."""

import re

OWNER_FIELD = "dinh_danh_chu_the"
"""Name of the field that holds the owner's identifier (TT 01/2023 Art. 9)."""
_MAXIMUM = 64
_SCHEME = re.compile(r"^(?:cccd|mst|cmnd|to_chuc):", re.IGNORECASE)


def build_owner_key(text: str | None) -> str | None:
    """Letters and digits of an identifier, upper case, a leading `scheme:` dropped; None for none.

    Only for counting papers still in the pipeline: a reuse answer compares exact identifiers.
    """
    if text is None:
        return None
    bare = _SCHEME.sub("", text.strip())
    return "".join(character for character in bare.upper() if character.isalnum())[:_MAXIMUM] or None
