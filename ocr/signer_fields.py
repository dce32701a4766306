"""Fields of a document's end (thể thức phần cuối): authority, position, signer, recipients."""

import re
from collections.abc import Sequence

from ocr.fieldtext import FieldText, Rule, make_candidate, one_line, union_box, zone_text
from ocr.folding import fold
from ocr.people import (
    find_family_name,
    find_person,
    is_person,
    is_usual_name,
    settle_authority,
    settle_person,
    settle_position,
    strip_titles,
)
from ocr.types import FieldCandidate, PageText
from ocr.zones import is_authority, is_position

_STRAY = " .,:;-–—_*~'\"“”‘’|ˆ`°"
_KNOWN = 0.95
_LABEL = re.compile(r"\W*NOI\s*NHAN\W*")


def extract_signer(pages: Sequence[PageText], page: int, zone: str = "ky") -> list[FieldCandidate]:
    """Candidates from a page with a signature block; what is not there is absent."""
    block = [line for line in zone_text(pages, page, zone).line_texts() if line.text.strip(_STRAY)]
    authority = [line for line in block if is_authority(line.folded.lstrip(_STRAY))]
    rest = [line for line in block if line not in authority]
    positions = [line for line in rest if is_position(line.folded) or settle_position(line.text)[1]]
    found: list[FieldCandidate] = []
    if authority:
        found.append(_authority(page, authority))
    if positions:
        found.append(_position(positions[-1], authority))
    elif block:
        # Nobody signs without a position over the name (decree 30/2020 annex I): it was not read.
        text = FieldText(page, tuple(word for line in block for word in line.words))
        found.append(make_candidate("chuc_vu", None, text, ("position_unreadable",)))
    found += _signer(
        page, block, [line for line in rest if line not in positions], has_more=bool(authority or positions)
    )
    return found


def _authority(page: int, lines: Sequence[FieldText]) -> FieldCandidate:
    """All lines of authority: TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH."""
    text = FieldText(page, tuple(word for line in lines for word in line.words))
    return make_candidate("quyen_han_ky", " ".join(settle_authority(line.text) for line in lines), text)


def _position(line: FieldText, authority: Sequence[FieldText]) -> FieldCandidate:
    """The signer's own position; one who signs for another (KT.) holds another position than his."""
    value, is_known = settle_position(line.text)
    for_another = [fold(settle_authority(each.text)) for each in authority if "KT" in each.folded]
    own = not any(each.endswith(" " + fold(value)) for each in for_another)
    rules = [Rule("position_known", is_known), Rule("position_differs", own, "position_doubtful")]
    return make_candidate("chuc_vu", value, line, rules=rules, at_least=_KNOWN if is_known and own else 0.0)


def _signer(
    page: int, block: Sequence[FieldText], lines: Sequence[FieldText], *, has_more: bool
) -> list[FieldCandidate]:
    """The name under the position, seal or signature over it or not."""
    names = [name for line in lines if (name := _name_of(line)) is not None]
    if names:
        # A line that begins with a family name is likelier than one of capitalised scraps of a seal.
        known = [name for name in names if find_family_name(strip_titles(name.text).split()[0])]
        name = (known or names)[-1]
        value, is_known = settle_person(strip_titles(one_line(name.text)))
        rules = [
            Rule("family_name_known", is_known, "name_unusual"),
            Rule("given_name_usual", is_usual_name(value), "name_unusual"),
        ]
        return [make_candidate("nguoi_ky", value, name, rules=rules)]
    if not has_more:
        return []
    # A block without a readable name: seal or signature over it; a person must look.
    last = lines[-1] if lines else block[-1]
    text = FieldText(page, last.words)
    box = union_box([word for line in block for word in line.words])
    return [make_candidate("nguoi_ky", None, text, ("name_unreadable",), box=box)]


def _name_of(line: FieldText) -> FieldText | None:
    """The words of a line that are a person's name; None where it holds none."""
    if is_person(line.text):
        return line
    place = find_person([word.text for word in line.words])
    return FieldText(line.page, line.words[place[0] : place[1]]) if place else None


def extract_recipients(pages: Sequence[PageText], page: int) -> list[FieldCandidate]:
    """The list under "Nơi nhận:" (nơi nhận) as one line of text."""
    lines = list(zone_text(pages, page, "noi_nhan").line_texts())
    start = next((i for i, line in enumerate(lines) if _LABEL.match(line.folded)), None)
    if start is None:
        return []
    # Specks and ends of a signature make lines without a word of their own.
    items = [line for line in lines[start + 1 :] if re.search(r"[^\W\d_]{2,}", line.text)]
    text = FieldText(page, tuple(word for line in items for word in line.words))
    value = one_line(text.text)
    return [make_candidate("noi_nhan", value, text)] if value else []
