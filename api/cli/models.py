"""`sohoa models`: puts the neural readers' model files in place (mô hình nhận dạng)."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import print_json, say
from api.errors import WrongUse
from api.settings import load_settings
from ocr.model_store import copy_models, fetch_models
from ocr.models import PACKAGES


def models_command(
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="THƯ_MỤC", help="Chép từ thư mục này, không dùng mạng."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Lấy mô hình của bộ đọc nhanh và bộ đọc chính xác; tệp đã đúng thì giữ nguyên."""
    folder = load_settings().ocr.models.absolute()
    if source is not None and not source.is_dir():
        raise WrongUse(f"{source} không phải là thư mục.")
    written = (
        fetch_models(folder, lambda name: say(f"Đang tải {name}…"))
        if source is None
        else copy_models(source, folder, lambda name: say(f"Đang chép {name}…"))
    )
    new = {file.name for file in written}
    if as_json:
        files = [file for package in PACKAGES for file in package.files]
        print_json(
            {
                "folder": str(folder),
                "files": [{"name": file.name, "bytes": file.size, "new": file.name in new} for file in files],
            }
        )
        return
    say(f"Đã ghi {len(new)} tệp vào {folder}." if new else f"Đã đủ mô hình trong {folder}.")
