"""The end of a document (phần cuối văn bản): recipients, signature block, and where a copy block begins.

Decree 30/2020 annex I: recipients left, signature block right; a copy block stands right after the end of
the copied document, under a line over the whole width, with number, date and signer of its own.
"""

import re
from collections.abc import Sequence

from ocr.folding import fold
from ocr.segments import Segment, cut_at_widest_gap, order_downwards

_RECIPIENTS = re.compile(r"^\W*NOI\s*NHAN\s*($|[:;.,]|\W*$)")
_COLUMN_EDGE = (0.25, 0.66)
_COLUMN_GAP = 1.3
_RIGHT_FROM = 0.4
_RIGHT_CENTRE = 0.56
_COPY = re.compile(
    r"^\W*(SAO ?Y|SAO ?LUC|TRICH ?SAO)( BAN CHINH| BAN LUU| TU BAN \w+)?\W*$"
    r"|^\W*CHUNG THUC (BAN SAO|SAO Y|BAN CHINH)|^\W*BAN SAO (NAY )?DUNG VOI BAN CHINH"
)
# Decree 30/2020 annex III: the symbols of copies; a reader may lose the two words of the kind of copy.
_COPY_NUMBER = re.compile(r"^\W*S[O06]\s*[:.;]\s*\d+\s*/\s*(SY|SL|TRS)\s*-\s*\w+\W*$")
_KIND_REACH, _NUMBER_REACH = 1.2, 2.5
_MOTTO = re.compile(r"CONG H[OQ]A XA HOI|D[OQ]C LAP\W*TU DO")
_AUTHORITY = re.compile(r"^(TM|KT|TL|TUQ|Q)\s*[.,]|^(TH[UO]A )?(TM|KT|TL|TUQ)\b")
_POSITION = re.compile(
    r"^(PHO |QUYEN |Q\. ?)*(CHU TICH|GIAM DOC|TONG GIAM DOC|BO TRUONG|THU TRUONG|CHANH VAN PHONG|"
    r"TRUONG (BAN|PHONG|DOAN|KHOA)|CUC TRUONG|VU TRUONG|TONG CUC TRUONG|HIEU TRUONG|THU TUONG|"
    r"CHI CUC TRUONG|VIEN TRUONG|CHANH AN|TRUONG|CHANH THANH TRA|THANH TRA|CONG CHUNG VIEN)\b"
)
_PARTY = re.compile(r"^(DAI DIEN|NGUOI |THU KY|BEN [AB]\b|CHU TOA|THU TRUONG DON VI|XAC NHAN)")


def is_authority(folded: str) -> bool:
    """Whether a line opens a signature block: TM., KT., TL., TUQ., Q. (quyền hạn ký)."""
    return bool(_AUTHORITY.match(folded.lstrip(" _-.,'")))


def is_position(folded: str) -> bool:
    """Whether a line is a signer's position (chức vụ)."""
    return bool(_POSITION.match(folded.strip(" _-.,:'")))


def is_copy_kind(folded: str) -> bool:
    """Whether a line names the kind of copy: SAO Y, SAO LỤC, TRÍCH SAO, chứng thực (hình thức sao)."""
    return bool(_COPY.match(folded))


def find_copy_top(lines: Sequence[Segment], width: int, height: int) -> float:
    """Height at which the copy block begins; below the page where there is none.

    The mark of an electronic copy in the upper corner is none: the original's header follows it. Where the
    kind of copy was not read, the number of a copy tells.
    """
    pieces = [piece for line in lines for piece in _cut(line, width)]
    lowest_motto = max((piece.middle for piece in pieces if _MOTTO.search(piece.folded)), default=-1.0)
    low = sorted((piece for piece in pieces if piece.middle > lowest_motto), key=lambda p: p.middle)
    kinds = [piece for piece in low if is_copy_kind(piece.folded)]
    numbers = [piece for piece in low if _COPY_NUMBER.match(piece.folded)]
    if not kinds and not numbers:
        return float(height + 1)
    mark, reach = (kinds[0], _KIND_REACH) if kinds else (numbers[0], _NUMBER_REACH)
    top = mark.box.y0
    # The copying agency may have two lines over the one that the kind of copy stands beside.
    above = sorted((piece for piece in pieces if piece.middle < mark.middle), key=lambda p: -p.middle)
    for piece in above:
        if piece.box.y1 < top - reach * mark.height:
            break
        if piece.is_shouted and piece.centre < 0.46 * width and not is_position(piece.folded):
            top = min(top, piece.box.y0)
    return float(top)


def split_foot(lines: list[Segment], width: int) -> tuple[list[Segment], list[Segment], list[Segment]]:
    """Body, recipients (zone 9b) and signature block (zone 7), the latter two in reading order."""
    top = _find_foot_top(lines, width)
    if top is None:
        return lines, [], []
    body, left, right = list[Segment](), list[Segment](), list[Segment]()
    for line in lines:
        if line.middle < top:
            body.append(line)
            continue
        for piece in _cut(line, width):
            (right if _is_right(piece, width) else left).append(piece)
    recipients, signers = order_downwards(left), order_downwards(right)
    if recipients and not _RECIPIENTS.match(recipients[0].folded) and _is_signer_block(recipients):
        return body, [], [*recipients, *signers]
    return body, recipients, signers


def _find_foot_top(lines: Sequence[Segment], width: int) -> float | None:
    """Height above which the body ends, None where no block was recognised."""
    pieces = [(piece, line) for line in lines for piece in _cut(line, width)]
    labels = [(p, line) for p, line in pieces if _RECIPIENTS.match(p.folded) and not _is_right(p, width)]
    openers = [p for p, _ in pieces if _is_right(p, width) and p.is_shouted and _opens_signature(p)]
    if labels:
        label, line = labels[-1]
        # An official's block may begin a line above the label of the recipients.
        near = [p.box.y0 for p in openers if 0 < label.middle - p.middle < 3 * label.height]
        return min(label.box.y0, line.middle, *near, label.middle) - 0.1 * label.height
    for opener in openers:
        if _is_two_columns(lines, opener, width):
            return opener.box.y0 - 0.1 * opener.height
    return None


def _is_two_columns(lines: Sequence[Segment], opener: Segment, width: int) -> bool:
    """Whether everything from a signature's first line on stands in one of two columns, some in the left."""
    below = [piece for line in lines if line.middle > opener.box.y0 for piece in _cut(line, width)]
    left = [piece for piece in below if not _is_right(piece, width)]
    crossing = [piece for piece in left if piece.box.x1 > 0.6 * width]
    return bool(left) and not crossing


def _is_signer_block(lines: Sequence[Segment]) -> bool:
    """Whether the left column is another party's signature, as in minutes and contracts."""
    return lines[0].is_shouted and _opens_signature(lines[0])


def _opens_signature(piece: Segment) -> bool:
    """Whether a line is an authority, a position or a party."""
    folded = piece.folded
    return is_authority(folded) or is_position(folded) or bool(_PARTY.match(folded))


def _is_right(piece: Segment, width: int) -> bool:
    """Whether a piece of the foot stands in the right column."""
    return piece.box.x0 > _RIGHT_FROM * width or piece.centre > _RIGHT_CENTRE * width


def _cut(line: Segment, width: int) -> list[Segment]:
    """Part a line that runs over the gap between the two columns."""
    starts = [i for i in range(1, len(line.words)) if is_authority(fold(line.words[i].text))]
    reach = (_COLUMN_EDGE[0] * width, _COLUMN_EDGE[1] * width)
    starts = [i for i in starts if line.words[i].box.x0 > _RIGHT_FROM * width]
    return cut_at_widest_gap(line, reach, _COLUMN_GAP, starts)
