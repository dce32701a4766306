"""Names the zones of decree 30/2020 annex I (các thành phần thể thức) on a page's lines."""

import re
from collections.abc import Sequence

from ocr.foot import is_authority, is_copy_kind, is_position
from ocr.kinds import find_kind
from ocr.layout import Layout, Part, PartKind, Segment

__all__ = ["is_authority", "is_position", "name_zones"]

COPY_PREFIX = "sao_"
"""Begins the zones of a copy block (phần bản sao), so that nothing of it is taken for the original's."""
_MOTTO = re.compile(r"CONG H[OQ]A|HOI CHU NGHIA|D[OQ]C LAP|TU DO|HANH PHUC")
_DATE = re.compile(r"NGAY|THANG.*NAM")
_NUMBER = re.compile(r"^\W*S[O06]\s*[:.;]|^\W*S[O06]\b.*/|^\W*\d*\s*/\s*[A-Z]|/\w+-\w+")
_CERTIFIED = re.compile(r"^\W*SO CHUNG THUC|^\W*QUYEN SO")
_DIGITAL_MARK = re.compile(r"^\W*(NGUOI KY|THOI GIAN KY|NGAY KY|KY BOI|DA KY|CO QUAN\s*:|EMAIL)")
_OFF_AXIS = 0.02  # the indent of a first line of text moves its middle by more
_ABOUT = re.compile(r"^\W*V\s*/\s*[VW]\b")
_OPENERS = re.compile(r"^(CAN CU|KINH GUI|THUC HIEN|THEO |XET |DIEU \d|CHUONG |PHAN |[IVX]+\.|\d+\.)")
_PLAIN = {
    PartKind.PAGE_NUMBER: "so_trang",
    PartKind.TABLE: "bang",
    PartKind.RECIPIENTS: "noi_nhan",
    PartKind.SIGNATURE: "ky",
}


def name_zones(layout: Layout) -> dict[int, str]:
    """The zone of each of the layout's lines, by its place in `layout.segments`."""
    body = iter(_body_zones(layout))
    left = iter(_left_header_zones(layout.take(PartKind.LEFT_HEADER)))
    zones: list[str] = []
    for part in layout.parts:
        if part.is_copy:
            zones += _copy_zones(part)
        elif part.kind is PartKind.BODY:
            zones += [next(body) for _ in part.segments]
        elif part.kind is PartKind.LEFT_HEADER:
            zones += [next(left) for _ in part.segments]
        elif part.kind is PartKind.RIGHT_HEADER:
            zones += _right_header_zones(part.segments)
        elif part.kind is PartKind.MARGIN:
            zones += [_margin_zone(segment.folded) for segment in part.segments]
        else:
            zones += [_PLAIN[part.kind]] * len(part.segments)
    return dict(enumerate(zones))


def _margin_zone(folded: str) -> str:
    """The text beside a digital signature (decree 30/2020 annex I), or a mark of an electronic copy."""
    if is_copy_kind(folded):
        return f"{COPY_PREFIX}hinh_thuc"
    return "ky_so" if _DIGITAL_MARK.match(folded) else ""


def _copy_zones(part: Part) -> list[str]:
    """Zones of a copy block: kind of copy, agency, number, date, recipients, signature."""
    if part.kind in (PartKind.RECIPIENTS, PartKind.SIGNATURE):
        return [COPY_PREFIX + _PLAIN[part.kind]] * len(part.segments)
    return [COPY_PREFIX + _copy_header_zone(segment, part.kind) for segment in part.segments]


def _copy_header_zone(segment: Segment, kind: PartKind) -> str:
    """What one line over the copy's signature is."""
    folded = segment.folded
    if is_copy_kind(folded):
        return "hinh_thuc"
    if _CERTIFIED.match(folded) or (_NUMBER.search(folded) and not segment.is_shouted):
        return "so_ky_hieu"
    if _DATE.search(folded) and not segment.is_shouted:
        return "ngay"
    return "co_quan" if kind is PartKind.LEFT_HEADER else "noi_dung"


def _left_header_zones(segments: Sequence[Segment]) -> list[str]:
    """Agency, then number, then subject; anything under the number that is no subject has no zone."""
    zones: list[str] = []
    state = "co_quan"
    for segment in segments:
        folded = segment.folded
        if _ABOUT.match(folded):
            state = "trich_yeu"
        elif state == "co_quan" and _NUMBER.search(folded):
            zones.append("so_ky_hieu")
            state = ""
            continue
        zones.append(state)
    return zones


def _right_header_zones(segments: Sequence[Segment]) -> list[str]:
    """National name and motto, then place and date."""
    zones: list[str] = []
    for segment in segments:
        folded = segment.folded
        if _MOTTO.search(folded):
            zones.append("quoc_hieu")
        else:
            zones.append("ngay" if _DATE.search(folded) else "")
    return zones


def _body_zones(layout: Layout) -> list[str]:
    """Kind, subject, content and a signature block without recipients beside it."""
    body = layout.take(PartKind.BODY)
    zones = ["noi_dung"] * len(body)
    if layout.take(PartKind.RIGHT_HEADER):
        _mark_title(layout, body, zones)
    if not layout.take(PartKind.SIGNATURE):
        _mark_signature(layout, body, zones)
    return zones


def _mark_title(layout: Layout, body: Sequence[Segment], zones: list[str]) -> None:
    """Mark the kind (zone 5a) and the centred subject lines under it."""
    start = next(
        (
            index
            for index, segment in enumerate(body[:12])
            if segment.box.y0 < 0.5 * layout.height and segment.is_shouted and find_kind(segment.text)
        ),
        None,
    )
    if start is None:
        return
    zones[start] = "ten_loai"
    axis = body[start].centre
    for index in range(start + 1, min(start + 9, len(body))):
        line, previous = body[index], body[index - 1]
        off_axis = abs(line.centre - axis) > _OFF_AXIS * layout.width
        if off_axis or not _continues_title(line, previous, first=index == start + 1):
            break
        zones[index] = "trich_yeu"


def _continues_title(line: Segment, previous: Segment, first: bool) -> bool:
    """Whether a line stands close enough under the last title line and opens nothing else."""
    gap = line.box.y0 - previous.box.y1
    folded = line.folded
    shouted = line.is_shouted and not first
    return not (
        gap > (2.2 if first else 1.1) * line.height
        or _OPENERS.match(folded)
        or is_position(folded)
        or (shouted and re.match(r"(UY BAN|HOI DONG|BO |SO |CHU TICH|GIAM DOC)", folded))
    )


def _mark_signature(layout: Layout, body: Sequence[Segment], zones: list[str]) -> None:
    """Mark the lines of a signature block that nothing stands beside."""
    started = False
    for index, segment in enumerate(body):
        on_right = segment.box.x0 > 0.4 * layout.width
        folded = segment.folded
        if on_right and segment.is_shouted and (is_authority(folded) or is_position(folded)):
            started = True
        if started and on_right:
            zones[index] = "ky"
