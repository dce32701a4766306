"""Writes a result list to a file in the background (xuất danh sách kết quả): CSV or XLSX, page by page.

The search runs under what the asker may see when it runs, and every row is held against the database once
more: an index that lags shows nothing that was restricted since.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xlsxwriter import Workbook

from api.questions import build_request
from api.schemas.search import SearchQuery
from api.worker import Duty
from records.access import Permission, Principal
from records.actions.accounts import build_account_principal, is_ended
from records.actions.acting import Acting
from records.actions.list_exports import EXPORT_LIST, KEPT, expire_exports
from records.errors import AccessDenied
from records.ports import BlobStore, Clock, JobPlan, Store
from records.saved_searches import ExportFormat, ExportState, SearchExport
from records.states import Confidentiality
from search.index import Hit, SearchIndex, SearchPage

MAX_ROWS = 20_000
_PAGE = 200
_HEAD = ("Số, ký hiệu", "Ngày ban hành", "Tên loại", "Trích yếu", "Cơ quan ban hành", "Đơn vị", "Mã hồ sơ")
_WIDTHS = (20, 14, 18, 80, 40, 12, 38)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Line = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportParts:
    """What writing lists needs of a service (bộ phận cần để xuất); the index is opened when first used."""

    store: Store
    blobs: BlobStore
    clock: Clock
    open_index: Callable[[], SearchIndex]


def build_export_plan(parts: ExportParts) -> JobPlan:
    """The job that writes one list."""
    exporter = ListExporter(parts)
    return JobPlan(EXPORT_LIST, (("write", exporter.write),), exporter.fail)


def build_export_duty(parts: ExportParts) -> Duty:
    """Files whose time is over go within the quarter of an hour."""
    return Duty("exports", 900.0, lambda: expire_exports(parts.store, parts.blobs, parts.clock.now()))


class ListExporter:
    """Writes result lists (xuất danh sách)."""

    def __init__(self, parts: ExportParts) -> None:
        self._parts = parts

    def write(self, export_id: str, _results: Mapping[str, str]) -> str:
        """Search page by page, write, keep the file; may run twice. Raises what a search raises."""
        with self._parts.store.read() as work:
            export = work.search_exports.get(export_id)
        if export.state is ExportState.DONE:
            return json.dumps({"rows": export.rows})
        acting = self._find_asker(export)
        lines = list(self._iter_lines(export, acting))
        build = build_csv if export.format is ExportFormat.CSV else build_xlsx
        sha256 = self._parts.blobs.put(build(lines))
        self._finish(export, acting, sha256, len(lines))
        return json.dumps({"rows": len(lines)})

    def fail(self, export_id: str, code: str) -> None:
        """Note that the list could not be written."""
        with self._parts.store.write() as work:
            export = work.search_exports.get(export_id)
            now = self._parts.clock.now()
            failed = replace(export, state=ExportState.FAILED, error_code=code, finished_at=now)
            work.search_exports.save(failed)
            work.commit()

    def _find_asker(self, export: SearchExport) -> Acting:
        """Who asked, with the rights of now; `AccessDenied` when the account has ended."""
        now = self._parts.clock.now()
        with self._parts.store.read() as work:
            account = work.accounts.get(export.account_id)
            if is_ended(account, now):
                raise AccessDenied(permission=Permission.SEARCH.value)
            return Acting(build_account_principal(work, account), now, "worker")

    def _iter_lines(self, export: SearchExport, acting: Acting) -> Iterator[Line]:
        """Rows of the list up to the limit, with the progress noted page by page."""
        query = SearchQuery.model_validate_json(export.query)
        request = replace(build_request(acting, query), limit=_PAGE, offset=0, facets=(), highlight=False)
        index = self._parts.open_index()
        written, page = 0, index.walk(request)
        total = min(page.total, MAX_ROWS)
        while True:
            kept = self._hold_against_database(acting.principal, page)[: MAX_ROWS - written]
            yield from (_build_line(hit) for hit in kept)
            written += len(kept)
            self._note(export, written, max(total, written))
            if page.following is None:
                return
            if written >= MAX_ROWS:
                index.stop(page.following)
                return
            page = index.walk(request, page.following)

    def _hold_against_database(self, principal: Principal, page: SearchPage) -> list[Hit]:
        """The hits whose record the asker may find as it stands in the database."""
        ordinary, restricted = (principal.scope(p) for p in (Permission.SEARCH, Permission.RECORD_RESTRICTED))
        with self._parts.store.read() as work:
            records = work.records.get_many([hit.id for hit in page.hits])
        kept: list[Hit] = []
        for hit in page.hits:
            record = records.get(hit.id)
            if record is None or not ordinary.covers(record.unit):
                continue
            if record.confidentiality is Confidentiality.NORMAL or (
                record.confidentiality is Confidentiality.RESTRICTED and restricted.covers(record.unit)
            ):
                kept.append(hit)
        return kept

    def _note(self, export: SearchExport, written: int, total: int) -> None:
        with self._parts.store.write() as work:
            running = replace(export, state=ExportState.RUNNING, rows=written, total=total)
            work.search_exports.save(running)
            work.commit()

    def _finish(self, export: SearchExport, acting: Acting, sha256: str, rows: int) -> None:
        now = self._parts.clock.now()
        done = replace(
            export, state=ExportState.DONE, rows=rows, total=rows, sha256=sha256, finished_at=now,
            expires_at=now + KEPT,
        )  # fmt: skip
        with self._parts.store.write() as work:
            work.search_exports.save(done)
            work.audit.add(acting.entry("search.export_done", "search_export", export.id, rows=rows))
            work.commit()


def _build_line(hit: Hit) -> Line:
    issued = hit.issued.strftime("%d/%m/%Y") if hit.issued else ""
    return hit.number, issued, hit.kind, hit.title, hit.issuer, hit.unit, hit.id


def guard_formula(text: str) -> str:
    """The text so that a spreadsheet takes it for text: a cell that begins like a formula gets an apostrophe.

    OWASP, CSV injection; leading spaces do not keep a spreadsheet from looking further.
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def build_csv(lines: Sequence[Line]) -> bytes:
    """The list as CSV (RFC 4180) in UTF-8 with a byte-order mark, without which Excel loses the accents."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([_HEAD, *(tuple(map(guard_formula, line)) for line in lines)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def build_xlsx(lines: Sequence[Line]) -> bytes:
    """The list as a workbook of one sheet; every cell is a string, so none is a formula or a link."""
    data = io.BytesIO()
    book = Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Kết quả tìm")
    bold = book.add_format({"bold": True})
    for column, (name, width) in enumerate(zip(_HEAD, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, bold)
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(line):
            sheet.write_string(row, column, value[:32_000])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(lines)), len(_HEAD) - 1)
    book.close()
    return data.getvalue()
