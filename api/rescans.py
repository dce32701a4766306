"""The rescan list in words (danh sách quét lại): one builder for the page, the API, the CSV and the CLI."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ocr.faults import FAULT_TEXTS
from records.actions.rescans import Rescan
from records.model import PageFault

_REFUSED_ACTION_VI = "Làm theo lý do đã nêu rồi nộp lại tệp."
_CSV_HEADING = ("STT tệp", "Tệp", "Trang", "Vì sao", "Cần làm", "Mã lý do", "Mã hồ sơ")
# A cell that begins so is a formula to spreadsheets; file names come from outside.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class RescanRow:
    """One line of the list (dòng quét lại): file, page from 1 or None for the whole file, why, what to do."""

    file_id: str
    ordinal: int
    name: str
    page: int | None
    codes: tuple[str, ...]
    reasons_vi: tuple[str, ...]
    actions_vi: tuple[str, ...]
    record_id: str | None


def build_rescan_rows(rescans: Iterable[Rescan]) -> Sequence[RescanRow]:
    """Every entry with its Vietnamese reasons and what to do."""
    return [_build_row(rescan) for rescan in rescans]


def _build_row(rescan: Rescan) -> RescanRow:
    file, fault = rescan.file, rescan.fault
    if fault is None:
        codes, reasons, actions = (file.reason_code or "",), (file.reason_vi or "",), (_REFUSED_ACTION_VI,)
    else:
        known = [code for code in fault.reasons if code in FAULT_TEXTS]
        codes = fault.reasons
        reasons = tuple(FAULT_TEXTS[code].reason_vi for code in known) + _name_missing(fault)
        actions = tuple(FAULT_TEXTS[code].action_vi for code in known)
    page = fault.page if fault else None
    return RescanRow(file.id, file.ordinal, file.name, page, codes, reasons, actions, file.record_id)


def _name_missing(fault: PageFault) -> tuple[str, ...]:
    """Which printed numbers are missing, when any are."""
    if not fault.missing:
        return ()
    return (f"Thiếu trang số {', '.join(map(str, fault.missing))}.",)


def build_rescan_csv(rows: Iterable[RescanRow]) -> bytes:
    """The list for a spreadsheet: UTF-8 with a mark, so that Excel shows the diacritics."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_CSV_HEADING)
    for row in rows:
        page = "cả tệp" if row.page is None else str(row.page)
        texts = (" ".join(row.reasons_vi), " ".join(row.actions_vi), " ".join(row.codes))
        cells = (str(row.ordinal), row.name, page, *texts, row.record_id or "")
        writer.writerow("'" + cell if cell.startswith(_FORMULA) else cell for cell in cells)
    return out.getvalue().encode("utf-8-sig")
