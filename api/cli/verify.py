"""`sohoa verify`: the verification report of PDF files, one JSON object a line (kiểm tra chữ ký số)."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import EXIT_REFUSED
from api.cli.pools import memory_pool
from api.errors import WrongUse
from api.settings import Settings, load_settings
from ingest.comparison import verify_wholly
from ingest.signatures import TrustSource, check_trust
from ocr.pool import PagePool
from records.errors import MissingPart
from signing.etsi import build_etsi
from signing.fetch import FetchRules, build_rules
from signing.report import DocumentFacts, Policy, format_time
from signing.rules import POLICY_ID, POLICY_VERSION
from signing.undecided import build_unreadable

_MEMORY_LIMIT = 2 * 1024**3
_MARKS = {"good": "✓", "warning": "!", "unknown": "?", "bad": "✗"}


def verify_command(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Các tệp PDF cần kiểm tra.")],
    json_output: Annotated[bool, typer.Option("--json", help="In mỗi tệp một dòng JSON.")] = False,
    trust: Annotated[
        str, typer.Option(help="none, vgca, neac (hoặc vgca@PHIÊN_BẢN), hoặc thư mục.")
    ] = "none",
    at: Annotated[str | None, typer.Option(help="Kiểm tra tại thời điểm này (ISO 8601).")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Không truy cập mạng.")] = False,
    minutes: Annotated[
        float,
        typer.Option("--minutes", min=0.1, max=600, help="Thời gian nhiều nhất để đối chiếu một tệp dài."),
    ] = 10.0,
    etsi: Annotated[
        Path | None, typer.Option("--etsi", help="Ghi thêm TÊN.etsi.xml (TS 119 102-2) vào thư mục này.")
    ] = None,
) -> None:
    """Kiểm tra chữ ký số của các tệp PDF (mã thoát 1: có tệp không đọc được; 3: thiếu bộ tin cậy).

    Tệp dài có thay đổi sau khi ký: đối chiếu hết các trang, tiến độ in ra luồng lỗi chuẩn.
    """
    moment = _parse_moment(at) or datetime.now(UTC)
    source = _find_trust(trust, offline=offline)
    if etsi is not None:
        _prepare_folder(etsi, files)
    refused = False
    # A warm child: a hostile file may cost it its life, never this command.
    with memory_pool(1, _MEMORY_LIMIT) as (pool, _folder):
        for name in files:
            line = _verify_file(name, source, moment, pool, minutes * 60)
            if etsi is not None:
                (etsi / f"{Path(name).stem}.etsi.xml").write_bytes(build_etsi(line))
            refused = refused or line["summary"]["integrity"] == "unreadable"
            typer.echo(json.dumps(line, ensure_ascii=False) if json_output else _sentence(line))
    if refused:
        raise typer.Exit(EXIT_REFUSED)


def _verify_file(
    name: str, trust: TrustSource, moment: datetime, pool: PagePool, seconds: float
) -> dict[str, Any]:
    """The output line of one file, all its pages compared within `seconds`."""
    start = time.perf_counter()

    def tell(done: int, total: int) -> None:
        typer.echo(f"{name}: đã đối chiếu {done}/{total} trang", err=True)

    try:
        path = Path(name).resolve(strict=True)
        body = json.loads(verify_wholly(pool, path, trust, moment, seconds, tell).report)
    except OSError as exc:
        policy = Policy(POLICY_ID, POLICY_VERSION, None, format_time(moment) or "", online=False)
        reason = f"file_not_read:{type(exc).__name__}"
        body = build_unreadable(DocumentFacts("", 0), policy, reason).to_dict()
    seconds = round(time.perf_counter() - start, 4)
    return {"file": name, "sha256": body.pop("sha256"), "seconds": seconds, **body}


def _prepare_folder(folder: Path, files: Sequence[str]) -> None:
    """The folder for XML reports; raises WrongUse where one would write over another."""
    names = [Path(name).stem for name in files]
    if len(set(names)) < len(names):
        raise WrongUse("Hai tệp cùng tên (không kể đuôi) sẽ ghi đè báo cáo của nhau. Hãy đổi tên một tệp.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise WrongUse("Không tạo được thư mục cho báo cáo; hãy chọn thư mục khác ở --etsi.") from exc


def _sentence(line: dict[str, Any]) -> str:
    """The verdict as a person reads it on the terminal: headline, six rows, one next step."""
    summary = line["summary"]
    rows = [f"  {_MARKS[row['state']]} {row['text_vi']}" for row in summary["rows"]]
    return "\n".join([f"{line['file']}: {summary['headline_vi']}", *rows, f"  → {summary['advice_vi']}"])


def _parse_moment(text: str | None) -> datetime | None:
    """An ISO 8601 date or time; a date alone means the end of that day in UTC; raises WrongUse."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse("Thời điểm phải có dạng 2026-03-31 hoặc 2026-03-31T08:00:00+07:00.") from None
    if len(text) == len("2026-03-31"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _find_trust(trust: str, *, offline: bool) -> TrustSource:
    """The bundle named, from the data folder, or the folder given; raises MissingPart or WrongUse."""
    if trust == "none":
        return TrustSource()
    settings = load_settings()
    name, _, version = trust.partition("@")
    named = name in ("vgca", "neac")
    folder = settings.store.folder / "trust" / name if named else Path(trust)
    if named and version:
        folder = folder / "versions" / Path(version).name
    if not (folder / "bundle.toml").is_file():
        detail = f"Không có bundle.toml trong {folder}; "
        if named:
            raise MissingPart(detail + "hãy nạp chứng thư theo `sohoa trust fetch-instructions`.")
        raise WrongUse(detail + "hãy chép chứng thư gốc cùng bundle.toml vào đó.")
    source = TrustSource(folder.absolute(), is_demo_folder(folder), _fetch_rules(settings, offline=offline))
    check_trust(source)
    return source


def _fetch_rules(settings: Settings, *, offline: bool) -> FetchRules:
    """What the command may fetch; answers are kept only where there is a data folder already."""
    data = settings.store.folder
    return build_rules(
        data if data.is_dir() else None, online=not offline, allowed=settings.signing.fetch_allow
    )


def is_demo_folder(folder: Path) -> bool:
    """Whether the demo made this trust folder: it or its parent holds the marker file `DEMO`."""
    return (folder / "DEMO").is_file() or (folder.resolve().parent / "DEMO").is_file()
