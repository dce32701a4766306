"""`sohoa status` (tình trạng): the parts of the service, the newest batches, or one batch file by file."""

from typing import Annotated

import typer

from api.cli.acting import act_as, open_service
from api.cli.ingest import COLUMNS, build_row
from api.cli.options import AsJson, AsLogin
from api.cli.output import EXIT_MISSING, Row, print_json, print_rows
from api.health import Part, check_parts
from api.web.labels import BATCH, CAPTURE
from records.actions.batches import list_batches, list_files, view_batch
from records.model import Batch, BatchCounts

PARTS = {"name": "Phần", "state": "Tình trạng", "text": "Chi tiết"}
BATCHES = {"id": "Lô", "label": "Tên", "unit": "Đơn vị", "outcome": "Tình trạng", "counts": "Tệp"}


def status_command(
    batch: Annotated[str | None, typer.Argument(metavar="[LÔ]", help="Mã lô để xem từng tệp.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="Số lô mới nhất.")] = 20,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Tình trạng hệ thống và các lô của đơn vị mình; kèm mã lô thì xem từng tệp."""
    with open_service() as service:
        if batch is not None:
            acting = act_as(service, login)
            _batch, counts = view_batch(service.store, acting, batch)
            files = [build_row(file) for file in list_files(service.store, acting, batch)]
            _print_batch(counts, files, as_json=as_json)
            return
        parts = check_parts(service)
        rows: list[Row] = []
        if login:
            acting = act_as(service, login)
            batches, _total = list_batches(service.store, acting, limit=limit)
            with service.store.read() as work:
                rows = [_batch_row(one, work.batches.counts(one.id)) for one in batches]
    _print_all(parts, rows, as_json=as_json)
    if not all(part.is_ok for part in parts if part.name != "worker"):
        raise typer.Exit(EXIT_MISSING)


def _print_batch(counts: BatchCounts, files: list[Row], *, as_json: bool) -> None:
    if as_json:
        states = {state.value: count for state, count in counts.by_state.items()}
        print_json({"received": counts.received, "by_state": states, "files": files})
        return
    print_rows(files, COLUMNS, as_json=False)


def _print_all(parts: list[Part], batches: list[Row], *, as_json: bool) -> None:
    plain = [{"name": part.name, "state": part.state, "text": part.text_vi} for part in parts]
    if as_json:
        print_json({"parts": plain, "batches": batches})
        return
    print_rows(plain, PARTS, as_json=False)
    if batches:
        print_rows(batches, BATCHES, as_json=False)


def _batch_row(batch: Batch, counts: BatchCounts) -> Row:
    parts = (f"{count} {CAPTURE[state][1].lower()}" for state, count in counts.by_state.items() if count)
    return {
        "id": batch.id,
        "label": batch.label,
        "unit": batch.unit,
        "state": batch.state.value,
        "outcome": BATCH[batch.state][1],
        "counts": f"{counts.received} = {' + '.join(parts)}" if counts.received else "0",
    }
