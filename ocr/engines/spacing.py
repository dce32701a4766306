"""Where a space belongs that a line recogniser did not see (dấu cách bị mất): rules of Vietnamese typing.

A space stands behind a comma, semicolon or colon and around brackets; inside numbers (1,5; 10:30) there is
none.
"""

import re

_DATED = re.compile(r"(?<=ngày)\d|(?<=tháng)\d|(?<=\bnăm)\d|(?<=[Đđ]iều)\d|(?<=\d)(?:tháng|năm)\b")
_STOPS = frozenset(",;:")
_LIST_MARKS = frozenset("-+–")
_AUTHORITIES = ("TM.", "KT.", "TL.", "TUQ.")


def find_missing_spaces(text: str) -> list[int]:
    """Places in a line's text before which a space is missing."""
    found = {place for place in range(1, len(text)) if _is_missing(text, place)}
    found.update(match.start() for match in _DATED.finditer(text))
    return sorted(found)


def _is_missing(text: str, place: int) -> bool:
    """Whether a space belongs between two neighbouring characters."""
    before, after = text[place - 1], text[place]
    if before.isspace() or after.isspace():
        return False
    further = text[place - 2] if place > 1 else " "
    if before in _STOPS:
        # A comma between digits belongs to the number, one behind a code of digits ends it.
        return (
            after.isalpha()
            if further.isdigit()
            else after.isalnum() and (further.isalpha() or further in ")")
        )
    if after == "(":
        # Points of a clause, b(ii), are written together.
        return before.isalnum() and further.isalnum() and text[place + 1 : place + 3].isalpha()
    if before == ")":
        return after.isalpha()
    return _starts_anew(text, place, further)


def _starts_anew(text: str, place: int, further: str) -> bool:
    """Whether a list mark, an authority to sign or a full stop lies before the place."""
    before, after = text[place - 1], text[place]
    if before in _LIST_MARKS:
        return place == 1 and after.isalpha()
    if before != ".":
        return False
    if text[:place] in _AUTHORITIES:
        return after.isalpha()
    return further.islower() and after.isupper() and text[place + 1 : place + 2].islower()
