"""`sohoa ingest` (nộp tệp): takes files in, shows how far they are and what became of each."""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from api.cli.acting import CHANNEL, act_as, open_service
from api.cli.options import AsJson, AsLogin
from api.cli.output import EXIT_REFUSED, Row, print_json, print_rows, say
from api.errors import WrongUse
from api.health import count_workers
from api.profiles import choose_profile
from api.web.labels import CAPTURE
from api.wiring import Service
from ingest.batches import Progress as FileProgress
from ingest.batches import Upload
from ingest.watch import Watcher
from records.actions.acting import Acting
from records.actions.batches import NewBatch, close_batch, open_batch
from records.model import Batch, BatchFile
from records.states import CAPTURE_ENDS, CaptureState

_AT_REST = CAPTURE_ENDS | {CaptureState.VERIFY, CaptureState.QUALITY_CONTROL, CaptureState.POSTPONED}
_LOOK_SECONDS = 0.5
COLUMNS = {
    "ordinal": "STT", "name": "Tệp", "pages": "Trang", "outcome": "Kết quả", "reason": "Lý do",
    "record": "Hồ sơ",
}  # fmt: skip


def ingest_command(
    paths: Annotated[list[Path], typer.Argument(metavar="TỆP|THƯ_MỤC…")],
    unit: Annotated[str, typer.Option("--unit", metavar="MÃ", help="Đơn vị của lô.")],
    dossier: Annotated[
        str | None, typer.Option("--dossier", metavar="MÃ_HỒ_SƠ", help="Mã hồ sơ TTHC.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="SỐ_ĐỊNH_DANH", help="Chủ giấy tờ, nếu đã biết.")
    ] = None,
    type_code: Annotated[
        str | None, typer.Option("--type", metavar="MÃ", help="Loại giấy tờ, nếu đã biết.")
    ] = None,
    label: Annotated[str | None, typer.Option("--label", metavar="TÊN", help="Tên lô.")] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="TÊN", help="Cấu hình nhận dạng của lô.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Theo dõi thư mục cho đến khi dừng (Ctrl+C).")
    ] = False,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Nộp tệp hoặc thư mục vào một lô, chờ xử lý xong và in kết quả từng tệp."""
    files = list(iter_files(paths)) if not watch else []
    if watch and (len(paths) != 1 or not paths[0].is_dir()):
        raise WrongUse("--watch cần đúng một thư mục.")
    if not watch and not files:
        raise WrongUse("Không có tệp nào để nộp.")
    with open_service(prepare=False) as service:
        service.prepare()
        acting = act_as(service, login)
        chosen = choose_profile(service, profile)
        if chosen.notice_vi:
            say(chosen.notice_vi)
        new = NewBatch(unit, label or paths[0].name, dossier, chosen.name)
        if watch:
            _watch(service, acting, new, paths[0])
            return
        batch = open_batch(service.store, acting, new)
        uploads = [Upload(path.name, path, owner, type_code) for path in files]
        _receive(service, acting, batch, uploads)
        close_batch(service.store, acting, batch.id)
        _process(service, batch)
        rows = _read_files(service, batch)
    _report(batch, rows, as_json=as_json)
    if any(row.state is CaptureState.REJECTED for row in rows):
        raise typer.Exit(EXIT_REFUSED)


def iter_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files named and those below the folders named, by name; hidden ones are left out."""
    for path in paths:
        if path.is_dir():
            below = (found for found in sorted(path.rglob("*")) if found.is_file())
            yield from (one for one in below if not _is_hidden(one.relative_to(path)))
        elif path.is_file():
            yield path
        else:
            raise WrongUse(f"Không có tệp hoặc thư mục {path}.")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _receive(service: Service, acting: Acting, batch: Batch, uploads: Sequence[Upload]) -> None:
    with _make_bar() as bar:
        task = bar.add_task("Nhận và kiểm tra", total=len(uploads), note="")

        def tell(progress: FileProgress) -> None:
            note = (
                f"{progress.name} {progress.pages_read}/{progress.pages}" if progress.pages else progress.name
            )
            bar.update(task, note=note[-60:])

        workers = service.settings.ocr.jobs
        for _row in service.intake.receive_many(batch.id, uploads, acting.principal, tell, workers):
            bar.advance(task)
        bar.update(task, note="")


def _process(service: Service, batch: Batch) -> None:
    """Wait for the workers that run, or be one until nothing is left to do."""
    with _make_bar() as bar:
        task = bar.add_task("Xử lý", total=None, note="")
        if count_workers(service):
            _follow(service, batch, bar, task)
            return
        done = threading.Event()
        watcher = threading.Thread(target=_follow, args=(service, batch, bar, task, done), daemon=True)
        watcher.start()
        service.build_worker().run_until_idle()
        done.set()
        watcher.join()
        _show(service, batch, bar, task)


def _follow(
    service: Service, batch: Batch, bar: Progress, task: object, done: threading.Event | None = None
) -> None:
    while not _show(service, batch, bar, task):
        if done is not None and done.is_set():
            return
        time.sleep(_LOOK_SECONDS)


def _show(service: Service, batch: Batch, bar: Progress, task: object) -> bool:
    """Bring the bar up to the table; True when every file has come to rest."""
    with service.store.read() as work:
        counts = work.batches.counts(batch.id)
    rest = sum(count for state, count in counts.by_state.items() if state in _AT_REST)
    bar.update(task, total=counts.received, completed=rest)  # pyright: ignore[reportArgumentType]
    return rest == counts.received


def _watch(service: Service, acting: Acting, new: NewBatch, folder: Path) -> None:
    """A batch a day; the workers that run do the rest."""
    batches: dict[date, str] = {}

    def choose() -> str:
        now = service.clock.now()
        today = Acting(acting.principal, now, CHANNEL)
        if today.today not in batches:
            batches[today.today] = open_batch(service.store, today, new).id
        return batches[today.today]

    if not count_workers(service):
        say("Chưa có tiến trình xử lý nào; tệp được nhận và chờ đến khi chạy `sohoa worker`.")
    say(f"Đang theo dõi {folder} (Ctrl+C để dừng)")
    watcher = Watcher(service.intake, service.store, folder.resolve(), acting.principal, choose)
    try:
        watcher.run(threading.Event(), service.settings.intake.watch_seconds, _tell_taken)
    except KeyboardInterrupt:
        say("Đã dừng theo dõi.")


def _tell_taken(file: BatchFile) -> None:
    name = file.name or f"tệp số {file.ordinal}"
    say(f"{name}: {CAPTURE[file.state][1]}{'. ' + file.reason_vi if file.reason_vi else ''}")


def _make_bar() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
    )


def _read_files(service: Service, batch: Batch) -> list[BatchFile]:
    found: list[BatchFile] = []
    with service.store.read() as work:
        while page := work.batches.files(batch.id, offset=len(found)):
            found.extend(page)
    return found


def _report(batch: Batch, files: Sequence[BatchFile], *, as_json: bool) -> None:
    rows = [build_row(file) for file in files]
    if as_json:
        print_json({"batch": batch.id, "files": rows})
        return
    print_rows(rows, COLUMNS, as_json=False)
    say(f"Lô {batch.id}: {len(files)} tệp. Kiểm tra và xác nhận các trường trên trang web.")


def build_row(file: BatchFile) -> Row:
    """A file as commands print it."""
    return {
        "id": file.id,
        "ordinal": file.ordinal,
        "name": file.name or "(đã xoá tên)",
        "pages": file.pages,
        "state": file.state.value,
        "outcome": CAPTURE[file.state][1],
        "code": file.reason_code,
        "reason": file.reason_vi,
        "record": file.record_id,
        "linked_file": file.linked_file,
    }
