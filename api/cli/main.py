"""The command `sohoa` (dòng lệnh): wires the commands, turns errors into exit codes (docs/cli.md)."""

import logging
import sys

import typer

from api.cli.lazy import LazyGroup
from api.cli.output import find_exit_code, print_error
from records.errors import ServiceError

app = typer.Typer(
    name="sohoa",
    cls=LazyGroup,
    epilog="Mã thoát: 0 xong; 1 có mục bị từ chối; 2 dùng sai; 3 thiếu thành phần. Xem docs/cli.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def main() -> None:
    """Sohoa: số hoá giấy tờ, quản lý và tái sử dụng kết quả giải quyết thủ tục hành chính."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Its every retry logs a traceback; the failure itself is told once, as an error of ours.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)


def run() -> None:
    """Run the command line; a `ServiceError` becomes its Vietnamese text and its exit code."""
    try:
        app()
    except ServiceError as error:
        print_error(error, as_json="--json" in sys.argv)
        sys.exit(find_exit_code(error))
