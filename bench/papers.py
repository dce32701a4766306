"""Invented first pages as scanners leave them, with all that is printed on them (trang mẫu có đáp án).

Every page follows from its seed: the paper (bench/paper_words.py), the seal, the signature and the scan.
`draw_case(seed)` gives one; `write_cases` a folder that bench/ocr.py reads.
"""

import json
import random
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "demo"))

from sample_effects import add_scan_look, photocopy
from sample_layout import PageLayout, layout_paper
from sample_papers import draw_pages
from sample_text import Paper

from bench.paper_words import invent_paper

_VALID_AT_ONCE = ("hiệu lực kể từ ngày ký", "Có giá trị từ ngày ký")


@dataclass(frozen=True, slots=True)
class ScanQuality:
    """What the scanner and the copier did (chất lượng quét): resolution, skew, grain, JPEG quality."""

    name: str
    dpi: int
    skew: float
    noise: float
    jpeg: int
    copied: bool = False
    grey: bool = False


QUALITIES = (
    ScanQuality("clean", 200, 0.3, 2.0, 90),
    ScanQuality("office", 200, 1.2, 4.0, 80),
    ScanQuality("office", 200, 1.2, 5.0, 75, grey=True),
    ScanQuality("fine", 300, 1.0, 4.0, 80),
    ScanQuality("coarse", 150, 1.0, 4.0, 70),
    ScanQuality("rough", 100, 0.8, 3.0, 75),
    ScanQuality("copy", 200, 1.5, 0.0, 65, copied=True, grey=True),
    ScanQuality("bilevel", 200, 1.0, 0.0, 0, copied=True),
)


@dataclass(frozen=True, slots=True)
class PaperCase:
    """One generated page (trang mẫu): its file, its lines in reading order and its true fields.

    `fields` has the names of records/field_names.py and no field that is not on this page.
    """

    seed: int
    quality: ScanQuality
    data: bytes
    ending: str
    lines: tuple[str, ...]
    fields: Mapping[str, str]

    @property
    def name(self) -> str:
        """The file's name without ending: the truth's name, the quality, the resolution."""
        return f"g{self.seed:05d}_{self.quality.name}_{self.quality.dpi}"


def draw_case(seed: int, quality: ScanQuality | None = None) -> PaperCase:
    """The first page of the paper of a seed, at the quality of the seed or at a given one."""
    quality = quality or QUALITIES[seed % len(QUALITIES)]
    paper = invent_paper(seed)
    layout = layout_paper(paper)[0]
    rng = random.Random(f"scan {seed}")
    page = draw_pages(paper, quality.dpi, seed)[0]
    # Bilinear: a third of the time of the demonstration's bicubic, and as soft as a scanner's lens.
    angle = rng.uniform(-quality.skew, quality.skew)
    page = page.rotate(angle, resample=Image.Resampling.BILINEAR, fillcolor=page.getpixel((2, 2)))
    data, ending = _scan(page, quality, seed)
    return PaperCase(seed, quality, data, ending, _read_lines(layout), build_fields(paper, layout))


def write_cases(folder: Path, seeds: Iterable[int], quality: ScanQuality | None = None) -> None:
    """Write pages, truths and fields into img/, gt/ and fields/ of a folder."""
    for name in ("img", "gt", "fields"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        case = draw_case(seed, quality)
        truth = case.name.split("_", maxsplit=1)[0]
        (folder / "img" / f"{case.name}.{case.ending}").write_bytes(case.data)
        (folder / "gt" / f"{truth}.txt").write_text("\n".join(case.lines), encoding="utf-8")
        fields = json.dumps(case.fields, ensure_ascii=False)
        (folder / "fields" / f"{truth}.json").write_text(fields, encoding="utf-8")


def build_fields(paper: Paper, layout: PageLayout) -> dict[str, str]:
    """The values that a person would confirm from this page, as printed; dates in ISO 8601."""
    values = {
        "so_ky_hieu": paper.number,
        "ngay_ban_hanh": paper.issued.isoformat(),
        "dia_danh": paper.place,
        "co_quan_ban_hanh": paper.agency,
        "co_quan_chu_quan": paper.parent_agency,
        "loai_van_ban": paper.kind or "CÔNG VĂN",
        "trich_yeu": paper.subject if paper.kind else f"V/v {paper.subject}",
        "dinh_danh_chu_the": paper.personal_number,
        "ten_chu_the": paper.owner_name,
        "ma_ho_so": paper.dossier_code,
        "thoi_han_hieu_luc": paper.valid_until.isoformat() if paper.valid_until else "",
    }
    if layout.sign_y is not None:
        values |= {
            "quyen_han_ky": paper.authority,
            "chuc_vu": paper.position,
            "nguoi_ky": paper.signer,
            "noi_nhan": " ".join(f"- {name}" for name in paper.recipients),
        }
    printed = " ".join(run.text for run in layout.runs)
    if any(words in printed for words in _VALID_AT_ONCE):
        values["ngay_hieu_luc"] = paper.issued.isoformat()
    return {name: value for name, value in values.items() if value}


def _read_lines(layout: PageLayout) -> tuple[str, ...]:
    """The printed lines in the order they were laid out, header columns one after the other."""
    return tuple(run.text for run in layout.runs)


def _scan(page: Image.Image, quality: ScanQuality, seed: int) -> tuple[bytes, str]:
    """The scanner's file and its ending: a JPEG, or a PNG where it has two colours only."""
    buffer = BytesIO()
    dpi = (quality.dpi, quality.dpi)
    if quality.copied:
        copied = photocopy(page, seed, bilevel=not quality.grey)
        if not quality.grey:
            copied.convert("1").save(buffer, "PNG", dpi=dpi)
            return buffer.getvalue(), "png"
        copied.save(buffer, "JPEG", quality=quality.jpeg, dpi=dpi)
        return buffer.getvalue(), "jpg"
    scanned = add_scan_look(page, seed, noise=quality.noise)
    if quality.grey:
        scanned = scanned.convert("L")
    scanned.save(buffer, "JPEG", quality=quality.jpeg, dpi=dpi)
    return buffer.getvalue(), "jpg"
