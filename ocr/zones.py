"""Names the zones of decree 30/2020 annex I (các thành phần thể thức) on a page's lines."""

import re
from collections.abc import Sequence

from ocr.kinds import find_kind
from ocr.layout import Layout, Segment

_MOTTO = re.compile(r"CONG H[OQ]A|HOI CHU NGHIA|D[OQ]C LAP|TU DO|HANH PHUC")
_DATE = re.compile(r"NGAY|THANG.*NAM")
_NUMBER = re.compile(r"^\W*S[O06]\s*[:.;]|^\W*S[O06]\b.*/|^\W*\d*\s*/\s*[A-Z]|/\w+-\w+")
_OFF_AXIS = 0.02  # the indent of a first line of text moves its middle by more
_ABOUT = re.compile(r"^\W*V\s*/\s*[VW]\b")
_PAGE_NUMBER = re.compile(r"^\W*\d{1,4}\W*$")
_OPENERS = re.compile(r"^(CAN CU|KINH GUI|THUC HIEN|THEO |XET |DIEU \d|CHUONG |PHAN |[IVX]+\.|\d+\.)")
_AUTHORITY = re.compile(r"^(TM|KT|TL|TUQ|Q)\s*[.,]|^(TH[UO]A )?(TM|KT|TL|TUQ)\b")
_POSITION = re.compile(
    r"^(PHO |QUYEN |Q\. ?)*(CHU TICH|GIAM DOC|TONG GIAM DOC|BO TRUONG|THU TRUONG|CHANH VAN PHONG|"
    r"TRUONG (BAN|PHONG|DOAN|KHOA)|CUC TRUONG|VU TRUONG|TONG CUC TRUONG|HIEU TRUONG|THU TUONG|"
    r"CHI CUC TRUONG|VIEN TRUONG|CHANH AN|TRUONG|CHANH THANH TRA|THANH TRA)\b"
)


def is_authority(folded: str) -> bool:
    """Whether a line opens a signature block: TM., KT., TL., TUQ., Q. (quyền hạn ký)."""
    return bool(_AUTHORITY.match(folded))


def is_position(folded: str) -> bool:
    """Whether a line is a signer's position (chức vụ)."""
    return bool(_POSITION.match(folded.strip(" .,:")))


def name_zones(layout: Layout) -> dict[int, str]:
    """The zone of each of the layout's lines, by its place in `layout.segments`."""
    zones = [*_left_header_zones(layout.left_header), *_right_header_zones(layout.right_header)]
    zones += _body_zones(layout)
    zones += ["noi_nhan"] * len(layout.recipients) + ["ky"] * len(layout.signature)
    return dict(enumerate(zones))


def _left_header_zones(segments: Sequence[Segment]) -> list[str]:
    """Agency, then number, then subject; anything under the number that is no subject has no zone."""
    zones: list[str] = []
    state = "co_quan"
    for segment in segments:
        folded = segment.folded
        if _ABOUT.match(folded):
            state = "trich_yeu"
        elif state == "co_quan" and _NUMBER.match(folded):
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
    """Page number, kind, subject, content and a signature block without recipients beside it."""
    zones = ["noi_dung"] * len(layout.body)
    has_header = bool(layout.right_header)
    for index, segment in enumerate(layout.body):
        if _PAGE_NUMBER.match(segment.text) and _is_marginal(segment, layout):
            zones[index] = "so_trang"
    if has_header:
        _mark_title(layout, zones)
    if not layout.signature:
        _mark_signature(layout, zones)
    return zones


def _is_marginal(segment: Segment, layout: Layout) -> bool:
    """Whether a line lies in the top or bottom margin."""
    return segment.box.y1 < 0.12 * layout.height or segment.box.y0 > 0.9 * layout.height


def _mark_title(layout: Layout, zones: list[str]) -> None:
    """Mark the kind (zone 5a) and the centred subject lines under it."""
    body = layout.body
    start = next(
        (
            index
            for index, segment in enumerate(body[:12])
            if segment.box.y0 < 0.5 * layout.height
            and segment.text == segment.text.upper()
            and find_kind(segment.text)
        ),
        None,
    )
    if start is None:
        return
    zones[start] = "ten_loai"
    axis = _middle(body[start])
    for index in range(start + 1, min(start + 9, len(body))):
        line, previous = body[index], body[index - 1]
        off_axis = abs(_middle(line) - axis) > _OFF_AXIS * layout.width
        if off_axis or not _continues_title(line, previous, first=index == start + 1):
            break
        zones[index] = "trich_yeu"


def _middle(segment: Segment) -> float:
    """The middle of a line across the page in pixels."""
    return (segment.box.x0 + segment.box.x1) / 2


def _continues_title(line: Segment, previous: Segment, first: bool) -> bool:
    """Whether a line stands close enough under the last title line and opens nothing else."""
    gap = line.box.y0 - previous.box.y1
    folded = line.folded
    shouted = line.text == line.text.upper() and not first
    return not (
        gap > (2.2 if first else 1.1) * line.height
        or _OPENERS.match(folded)
        or is_position(folded)
        or (shouted and re.match(r"(UY BAN|HOI DONG|BO |SO |CHU TICH|GIAM DOC)", folded))
    )


def _mark_signature(layout: Layout, zones: list[str]) -> None:
    """Mark the lines of a signature block that has no recipients beside it."""
    started = False
    for index, segment in enumerate(layout.body):
        on_right = segment.box.x0 > 0.4 * layout.width
        shouted = segment.text == segment.text.upper()
        folded = segment.folded
        if on_right and shouted and (is_authority(folded) or is_position(folded)):
            started = True
        if started and on_right and zones[index] == "noi_dung":
            zones[index] = "ky"
