"""`sohoa ocr`: reads files without a running service, so that anyone can judge the reading (nhận dạng)."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from api.cli.ocr_run import Exports, Reader, Run
from api.cli.options import AsJson
from api.cli.output import print_json
from api.cli.pools import memory_pool
from api.settings import load_settings
from ocr.errors import ProfileMissing
from ocr.models import use_folder
from ocr.profiles import DEFAULT_PROFILE, find_engines, find_fault
from records.errors import ServiceError

EXIT_REFUSED, EXIT_USAGE, EXIT_MISSING = 1, 2, 3
_RESULTS = (".txt", ".pdf", ".json", ".hocr", ".alto.xml")
_MEMORY_LIMIT = 2 * 1024**3


def ocr_command(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Ảnh (TIFF, JPEG, PNG) hoặc PDF.")],
    out: Annotated[Path, typer.Option("--out", help="Thư mục nhận NAME.txt, NAME.pdf, NAME.json.")],
    profile: Annotated[str, typer.Option("--profile", help="Cấu hình nhận dạng.")] = DEFAULT_PROFILE,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Số tiến trình; mặc định mỗi lõi một.")] = (
        os.cpu_count() or 1
    ),
    hocr: Annotated[bool, typer.Option("--hocr", help="Ghi thêm NAME.hocr.")] = False,
    alto: Annotated[bool, typer.Option("--alto", help="Ghi thêm NAME.alto.xml (ALTO 4).")] = False,
    reading_copy: Annotated[
        bool, typer.Option("--reading-copy", help="Ghi thêm NAME.ban-doc.pdf: bản nhỏ để xem.")
    ] = False,
    page_seconds: Annotated[
        float, typer.Option("--page-seconds", min=1, help="Thời hạn một trang; quá hạn chỉ trang đó dừng.")
    ] = 300.0,
    as_json: AsJson = False,
) -> None:
    """Nhận dạng tệp: ghi văn bản, PDF/A-2b tìm kiếm được và dữ liệu JSON của từng tệp vào thư mục --out."""
    console = Console(stderr=True)
    names = [Path(name).stem for name in files]
    written = [*names, *(_name_reading_copies(names) if reading_copy else ())]
    if len(set(written)) < len(written):
        console.print("Hai tệp vào có cùng tên (không kể đuôi) sẽ ghi đè nhau. Hãy đổi tên một tệp.")
        raise typer.Exit(EXIT_USAGE)
    if lost := _find_overwritten(files, out, written):
        console.print(f"{lost} sẽ bị kết quả ghi đè. Hãy chọn thư mục --out khác.", markup=False)
        raise typer.Exit(EXIT_USAGE)
    reader = _prepare(profile, out, console)
    if reader.fault is not None:
        reading = " và ".join(engine.name for engine in reader.engines)
        console.print(f"{reader.fault.text_vi} Đang đọc bằng {reading} thay cho “{profile}”.", markup=False)
    with memory_pool(jobs, _MEMORY_LIMIT) as (pool, temp_dir), Progress(console=console) as progress:
        exports = Exports(hocr=hocr, alto=alto, reading_copy=reading_copy)
        run = Run(pool, jobs, temp_dir, out, reader, exports, page_seconds)
        refused = run.run_all(files, progress)
    for name, text in refused:
        console.print(f"{name}: {text}", markup=False)
    if as_json:
        reasons = dict(reversed(refused))
        print_json(
            [
                {"file": name, "out": str(out / f"{Path(name).stem}.json"), "error": reasons.get(name)}
                for name in files
            ]
        )
    if refused:
        raise typer.Exit(EXIT_REFUSED)


def _prepare(profile: str, out: Path, console: Console) -> Reader:
    """The readers of a profile and the folder for results; ends the command where there is none."""
    use_folder(load_settings().ocr.models.absolute())
    try:
        reader = Reader(profile, find_engines(profile), find_fault(profile))
        out.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        console.print(f"Không tạo được thư mục {out}. Hãy chọn thư mục --out khác.", markup=False)
        raise typer.Exit(EXIT_USAGE) from exc
    except ServiceError as exc:
        console.print(exc.text_vi)
        raise typer.Exit(EXIT_USAGE if isinstance(exc, ProfileMissing) else EXIT_MISSING) from exc
    return reader


def _find_overwritten(files: list[str], out: Path, names: list[str]) -> str | None:
    """An input that is one of the files to be written, whatever path leads to it; the original must stay."""
    targets = {Path(out, name + suffix).resolve() for name in names for suffix in _RESULTS}
    return next((file for file in files if Path(file).resolve() in targets), None)


def _name_reading_copies(names: list[str]) -> list[str]:
    """The copies' names without their ending; what makes them is loaded only where it is asked for."""
    from ocr.readingcopy import SUFFIX

    return [f"{name}.{SUFFIX}" for name in names]
