"""An issued decision, born digital, with leader, number, date and seal as four signatures, on the line."""

import json
from pathlib import Path

import pytest
from demo_pki import DemoPki
from fpdf import FPDF
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.stamp import StaticStampStyle, TextStampStyle
from signed_samples import draw_handwriting, draw_seal, sign_with, tamper_after_signing

from ingest.signatures import TrustSource
from records.model import RecordField
from records.states import SignatureStanding, SignatureValue
from signing.marks import find_font
from tests.line import FixedClock, open_line
from tests.pki.fixtures import NOON

pytestmark = [pytest.mark.tesseract, pytest.mark.sql, pytest.mark.softhsm]
_LEFT, _RIGHT = 30, 270
_LINES = (
    (_LEFT, 60, "UBND HUYỆN CƯ KUIN"),
    (_LEFT, 76, "ỦY BAN NHÂN DÂN XÃ EA KAO"),
    (_RIGHT, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (_RIGHT, 76, "Độc lập - Tự do - Hạnh phúc"),
    (_LEFT, 104, "Số:            /QĐ-UBND"),
    (_RIGHT, 104, "Ea Kao, ngày       tháng 6 năm 2026"),
    (240, 150, "QUYẾT ĐỊNH"),
    (150, 168, "Về việc công nhận hoàn thành công trình thuỷ lợi nội đồng"),
    (_LEFT, 210, "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;"),
    (_LEFT, 230, "Điều 1. Công nhận hoàn thành công trình thuỷ lợi nội đồng tại thôn Ba."),
    (_LEFT, 250, "Điều 2. Quyết định này có hiệu lực kể từ ngày ký."),
    (_RIGHT + 60, 300, "TM. ỦY BAN NHÂN DÂN"),
    (_RIGHT + 90, 316, "CHỦ TỊCH"),
    (_RIGHT + 70, 420, "Nguyễn Văn Mẫu"),
)


def draw_decision() -> bytes:
    """The page as the agency's word processor leaves it: number and day are gaps."""
    pdf = FPDF(unit="pt", format="A4")
    pdf.add_page()
    pdf.add_font("serif", fname=find_font())
    pdf.set_font("serif", size=12)
    for left, top, text in _LINES:
        pdf.text(left, top, text)
    return bytes(pdf.output())


def issue(pki: DemoPki) -> bytes:
    """Approved by the leader, then number, date and seal by the agency (Decree 30/2020 Annex I)."""
    pdf = sign_with(
        draw_decision(),
        pki.signer("leader"),
        "NguoiKy",
        box=(360, 440, 480, 500),
        style=_picture(draw_handwriting()),
    )
    agency = pki.signer("agency")
    pdf = sign_with(pdf, agency, "So", box=(52, 734, 82, 750), style=_text("125"))
    pdf = sign_with(pdf, agency, "Ngay", box=(340, 734, 358, 750), style=_text("15"))
    return sign_with(pdf, agency, "Dau", box=(310, 420, 420, 530), style=_picture(draw_seal()))


def _picture(image: object) -> StaticStampStyle:
    return StaticStampStyle(border_width=0, background=PdfImage(image), background_opacity=1.0)  # pyright: ignore[reportArgumentType]


def _text(words: str) -> StaticStampStyle:
    style = TextBoxStyle(font_size=11, border_width=0)
    return TextStampStyle(stamp_text=words, border_width=0, background=None, text_box_style=style)  # pyright: ignore[reportReturnType]


def read_fields(
    folder: Path, memory: Path, pki: DemoPki, pdf: bytes
) -> tuple[dict[str, RecordField], SignatureValue]:
    """The fields proposed for the paper and the verdict on it."""
    trust = TrustSource(pki.trust_folder, allow_demo=True)
    path = folder / "quyet-dinh.pdf"
    path.write_bytes(pdf)
    with open_line(folder, memory, trust=trust, clock=FixedClock(NOON)) as line:
        row = line.receive(line.open_batch(), path)
        line.run_jobs()
        with line.store.read() as work:
            record = work.records.get(work.batches.get_file(row.id).record_id or "")
            assert record.signature_standing is SignatureStanding.ARRIVED_SIGNED
            report = json.loads(line.blobs.read(record.report_sha256 or ""))
            assert len(report["signatures"]) == 4
            return {field.name: field for field in work.records.fields(record.id)}, record.signature_value


def test_number_and_date_of_the_signatures_are_proposed(
    tmp_path: Path, memory_dir: Path, token_pki: DemoPki
) -> None:
    """Filled into what the page prints around the gaps, sure, each with the place of its signature."""
    fields, value = read_fields(tmp_path, memory_dir, token_pki, issue(token_pki))
    assert value is SignatureValue.VALID
    number, issued = fields["so_ky_hieu"], fields["ngay_ban_hanh"]
    assert (number.value, issued.value) == ("125/QĐ-UBND", "2026-06-15")
    assert "from_signature" in number.reasons
    assert "from_signature" in issued.reasons
    assert number.box is not None
    assert number.box[0] < (issued.box or (0,))[0]


def test_a_changed_decision_gives_no_value_of_its_signatures(
    tmp_path: Path, memory_dir: Path, token_pki: DemoPki
) -> None:
    """Whatever its signatures show: their integrity does not hold, and they say nothing."""
    fields, value = read_fields(tmp_path, memory_dir, token_pki, tamper_after_signing(issue(token_pki)))
    assert value is SignatureValue.INVALID
    assert all("from_signature" not in field.reasons for field in fields.values())
