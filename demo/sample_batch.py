"""The batch the demonstration takes in (lô mẫu): invented files, each with what it truly is.

Signed and tampered PDFs are made from `sign_base` files by `signed_samples`, for the keys are made at
run time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from shutil import copyfile

from PIL import Image
from sample_effects import add_bleed_through, add_scan_look, add_skew, draw_blank_back, photocopy
from sample_files import (
    write_encrypted_pdf,
    write_jpeg,
    write_scan_pdf,
    write_text_pdf,
    write_tiff,
    write_truncated,
)
from sample_papers import Paper, Stamp, build_paper, draw_pages
from sample_paragraphs import RESULT_KINDS, ResultKind


class Expected(StrEnum):
    """What must become of a sample file (kết quả mong đợi)."""

    RECORD = "record"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    SECRET = "secret"
    SIGN_BASE = "sign_base"


class Role(StrEnum):
    """Which reuse decision a sample file serves, or that a step of its own makes it so (vai trò)."""

    VALID = "valid"
    EXPIRED = "expired"
    TO_REVOKE = "to_revoke"
    SIGN_VALID = "sign_valid"
    SIGN_TAMPERED = "sign_tampered"
    NONE = ""


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One file of the batch: where it lies, what must become of it, and the truth of its paper.

    `truth` has the field names of the extraction (`so_ky_hieu`, `ngay_ban_hanh`, ...) plus `result_type`,
    `owner_scheme`, `owner_id`, `owner_name`, `dossier_code`, `valid_to` (ISO date or empty).
    `duplicate_of` is the name of the file with the same bytes.
    """

    path: Path
    expected: Expected
    note_vi: str
    pages: int
    role: Role = Role.NONE
    truth: Mapping[str, str] = field(default_factory=dict)
    duplicate_of: str = ""


def build_truth(paper: Paper) -> dict[str, str]:
    """What a person would confirm of a paper, as printed; dates in ISO 8601."""
    return {
        "so_ky_hieu": paper.number,
        "ngay_ban_hanh": paper.issued.isoformat(),
        "dia_danh": paper.place,
        "co_quan_ban_hanh": paper.agency,
        "co_quan_chu_quan": paper.parent_agency,
        "loai_van_ban": paper.kind or "CÔNG VĂN",
        "trich_yeu": paper.subject if paper.kind else f"V/v {paper.subject}",
        "nguoi_ky": paper.signer,
        "chuc_vu": paper.position,
        "quyen_han_ky": paper.authority,
        "result_type": paper.result_type,
        "owner_scheme": "cccd",
        "owner_id": paper.personal_number,
        "owner_name": paper.owner_name,
        "dossier_code": paper.dossier_code,
        "valid_to": paper.valid_until.isoformat() if paper.valid_until else "",
    }


def make_sample_batch(folder: Path, seed: int = 2026) -> list[SampleFile]:
    """Write the sample files into `folder` (sign bases into `folder/chua_ky`) and say what each is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chua_ky").mkdir(exist_ok=True)
    return [*_make_sound_files(folder, seed), *_make_odd_files(folder, seed), *_make_sign_bases(folder, seed)]


def _scan(
    paper: Paper, seed: int, dpi: int = 200, stamps: Sequence[Stamp] = (), skew: float = 0.2
) -> list[Image.Image]:
    pages = draw_pages(paper, dpi, seed, stamps)
    return [add_scan_look(add_skew(page, skew), seed + number) for number, page in enumerate(pages)]


def _write_pdf(path: Path, paper: Paper, seed: int) -> int:
    pages = _scan(paper, seed)
    write_scan_pdf(path, pages, 200)
    return len(pages)


def _write_tiff(path: Path, paper: Paper, seed: int) -> int:
    pages = _scan(paper, seed)
    write_tiff(path, pages, 200)
    return len(pages)


def _write_photo(path: Path, paper: Paper, seed: int) -> int:
    write_jpeg(path, _scan(paper, seed, 300)[0], 300)
    return 1


def _write_skewed(path: Path, paper: Paper, seed: int) -> int:
    write_jpeg(path, _scan(paper, seed, skew=2.4)[0], 200)
    return 1


def _write_backed(path: Path, paper: Paper, seed: int) -> int:
    back = draw_blank_back(200, seed)
    write_scan_pdf(path, [add_bleed_through(_scan(paper, seed)[0], back), back], 200)
    return 2


def _write_photocopy(path: Path, paper: Paper, seed: int) -> int:
    pages = [photocopy(add_skew(page, 0.6), seed).convert("1") for page in draw_pages(paper, 200, seed)]
    write_tiff(path, pages, 200)
    return len(pages)


_CONFIRM, _PERMIT, _DECISION, _LICENCE = RESULT_KINDS
_Writer = Callable[[Path, Paper, int], int]
_SOUND: tuple[tuple[str, ResultKind, date, int, Role, str, _Writer], ...] = (
    ("01-giay-xac-nhan.pdf", _CONFIRM, date(2026, 3, 12), 14, Role.VALID,
     "PDF nhiều trang, dấu đỏ đè tên người ký", _write_pdf),
    ("02-quyet-dinh.tif", _DECISION, date(2026, 2, 3), 14, Role.NONE, "TIFF nhiều trang", _write_tiff),
    ("03-ho-kinh-doanh.jpg", _LICENCE, date(2025, 8, 21), 3, Role.NONE, "JPEG màu 300 dpi", _write_photo),
    ("04-quet-lech.jpg", _CONFIRM, date(2026, 4, 9), 4, Role.NONE, "trang quét lệch", _write_skewed),
    ("05-mat-sau-trong.pdf", _DECISION, date(2026, 1, 15), 3, Role.NONE,
     "hai mặt, mặt sau trống còn bóng dấu", _write_backed),
    ("06-ban-photo-xau.tif", _LICENCE, date(2024, 11, 6), 3, Role.NONE,
     "bản photocopy xấu, đen trắng", _write_photocopy),
    ("07-giay-phep-het-han.pdf", _PERMIT, date(2022, 5, 18), 3, Role.EXPIRED,
     "giấy phép đã hết thời hạn", _write_pdf),
    ("08-quyet-dinh-bi-thu-hoi.pdf", _DECISION, date(2025, 12, 2), 2, Role.TO_REVOKE,
     "quyết định sẽ bị thu hồi", _write_pdf),
)  # fmt: skip


def _make_sound_files(folder: Path, seed: int) -> list[SampleFile]:
    files: list[SampleFile] = []
    for ordinal, (name, kind, issued, paragraphs, role, note, write) in enumerate(_SOUND, start=seed + 1):
        paper = build_paper(ordinal, kind, issued, paragraphs, ordinal)
        pages = write(folder / name, paper, ordinal)
        files.append(SampleFile(folder / name, Expected.RECORD, note, pages, role, build_truth(paper)))
    return files


def _make_odd_files(folder: Path, seed: int) -> list[SampleFile]:
    """The same file twice, a cut-off one, a locked one and one with a page stamped MẬT."""
    first = folder / _SOUND[0][0]
    twice, cut = folder / "09-nop-lai-lan-hai.pdf", folder / "10-tep-bi-cut.pdf"
    locked, secret = folder / "11-co-mat-khau.pdf", folder / "12-trang-dong-dau-mat.pdf"
    copyfile(first, twice)
    write_truncated(cut, folder / "08-quyet-dinh-bi-thu-hoi.pdf")
    write_encrypted_pdf(locked, folder / "07-giay-phep-het-han.pdf")
    stamp = Stamp("MẬT", x=150, y=172, tilt=4, page=0)
    pages = _scan(build_paper(seed + 20, _DECISION, date(2026, 5, 5), 14), seed + 20, stamps=[stamp])
    write_scan_pdf(secret, pages, 200)
    return [
        SampleFile(twice, Expected.DUPLICATE, "cùng tệp nộp lần thứ hai", 2, duplicate_of=first.name),
        SampleFile(cut, Expected.UNREADABLE, "tệp bị cắt cụt khi truyền", 0),
        SampleFile(locked, Expected.ENCRYPTED, "PDF có mật khẩu", 0),
        SampleFile(secret, Expected.SECRET, "trang đóng dấu MẬT", len(pages)),
    ]


def _make_sign_bases(folder: Path, seed: int) -> list[SampleFile]:
    """Two born-digital papers to be signed: one stays as signed, one is changed after signing."""
    wanted = (
        ("13-goc-so.pdf", _LICENCE, date(2026, 6, 8), Role.SIGN_VALID, "PDF gốc số, để ký"),
        ("14-goc-so.pdf", _PERMIT, date(2026, 6, 15), Role.SIGN_TAMPERED, "PDF gốc số, để ký rồi sửa"),
    )
    files: list[SampleFile] = []
    for ordinal, (name, kind, issued, role, note) in enumerate(wanted, start=seed + 30):
        paper = build_paper(ordinal, kind, issued, 2, ordinal)
        path = write_text_pdf(folder / "chua_ky" / name, paper)
        files.append(SampleFile(path, Expected.SIGN_BASE, note, 1, role, build_truth(paper)))
    return files
