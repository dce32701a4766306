"""`sohoa check` (kiểm tra máy): every outside part, its version, what is missing and how to get it."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import typer

from api.cli.acting import open_service
from api.cli.options import AsJson
from api.cli.output import EXIT_MISSING, Row, print_rows
from api.wiring import Service
from ingest.memory import is_memory_backed
from ocr.errors import ModelMissing
from ocr.model_store import find_unfit
from ocr.models import PACKAGES
from ocr.profiles import TESSERACT
from records.errors import MissingPart, ServiceError

COLUMNS = {"name": "Thành phần", "state": "Tình trạng", "version": "Phiên bản", "help": "Cần làm"}
_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One part (một thành phần): how its version is read, whether it is needed, how to get it."""

    name: str
    read: Callable[[], str]
    help_vi: str
    is_needed: bool = True


def check_command(as_json: AsJson = False) -> None:
    """Kiểm tra chương trình, dịch vụ cần có: phiên bản, phần thiếu và cách cài (mã thoát 3 khi thiếu)."""
    with open_service(prepare=False) as service:
        rows = [_try(check) for check in build_checks(service)]
    print_rows(rows, COLUMNS, as_json=as_json)
    if any(row["state"] == "missing" for row in rows):
        raise typer.Exit(EXIT_MISSING)


def build_checks(service: Service) -> list[Check]:
    """Everything outside this program that the settings ask for."""
    settings = service.settings
    return [
        Check("Tesseract", _read_tesseract, "apt-get install tesseract-ocr"),
        Check("Tesseract: tiếng Việt (vie)", _read_language, "apt-get install tesseract-ocr-vie"),
        Check("Poppler: đối chiếu chữ ký", _read_poppler, "apt-get install poppler-utils util-linux"),
        Check(
            "Mô hình nhận dạng",
            lambda: _read_models(service),
            "Chạy `sohoa models`, hoặc `sohoa models --from THƯ_MỤC` khi máy không có mạng.",
            is_needed=settings.ocr.profile != TESSERACT,
        ),
        Check(
            "Thư mục trong bộ nhớ",
            lambda: _read_memory(service),
            "Đặt SOHOA_INTAKE__MEMORY_FOLDER vào một tmpfs, ví dụ /dev/shm/sohoa.",
        ),
        Check("Cơ sở dữ liệu", lambda: service.store.check(), "Kiểm tra SOHOA_STORE__URL và máy chủ."),
        Check(
            "Kho tệp",
            lambda: _read_blobs(service),
            "Kiểm tra SOHOA_STORE__FOLDER hoặc SOHOA_STORE__BLOBS_URL.",
        ),
        Check("Chỉ mục tìm kiếm", lambda: service.index.check(), "Kiểm tra SOHOA_SEARCH__URL và máy chủ."),
        Check(
            "Chứng thư tin cậy",
            lambda: _read_trust(service),
            "Đặt SOHOA_SIGNING__TRUST.",
            is_needed=settings.signing.trust != "none",
        ),
        Check(
            "Khoá ký của người số hoá",
            lambda: _read_signer(service),
            "Đặt SOHOA_SIGNING__MODULE, TOKEN, KEY, PIN; chưa có thì hồ sơ chờ ký.",
            is_needed=settings.signing.module is not None,
        ),
    ]


def _try(check: Check) -> Row:
    try:
        version = check.read()
    except ServiceError as error:
        state = "missing" if check.is_needed else "absent"
        return {
            "name": check.name,
            "state": state,
            "version": None,
            "help": f"{error.detail_vi} {check.help_vi}".strip(),
        }
    return {"name": check.name, "state": "ok", "version": version, "help": None}


def _run(*command: str) -> str:
    """What a program prints; raises `MissingPart`."""
    if shutil.which(command[0]) is None:
        raise MissingPart(f"Không có lệnh {command[0]}.")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError) as exc:
        raise MissingPart(f"Lệnh {command[0]} không chạy được.") from exc
    return done.stdout or done.stderr


def _read_tesseract() -> str:
    return _run("tesseract", "--version").splitlines()[0].removeprefix("tesseract ")


def _read_language() -> str:
    if "vie" not in _run("tesseract", "--list-langs").split():
        raise MissingPart("Thiếu dữ liệu vie.")
    return "vie"


def _read_poppler() -> str:
    """The second drawing program of signature checks: without it a verdict rests on one program alone."""
    _run("prlimit", "--version")
    return _run("pdftoppm", "-v").splitlines()[0].removeprefix("pdftoppm version ")


def _read_models(service: Service) -> str:
    unfit = find_unfit(service.settings.ocr.models.absolute())
    if unfit:
        raise ModelMissing(f"Thiếu hoặc sai: {unfit[0].name}.", file=unfit[0].name)
    return ", ".join(f"{package.name} {package.version}" for package in PACKAGES)


def _read_memory(service: Service) -> str:
    folder = service.settings.intake.memory_folder
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not is_memory_backed(existing):
        raise MissingPart(f"{folder} không nằm trong bộ nhớ.")
    free = shutil.disk_usage(existing).free // (1024 * 1024)
    return f"{folder}, còn {free} MB"


def _read_blobs(service: Service) -> str:
    service.blobs.has("0" * 64)
    return service.settings.store.blobs_url or str(service.folder / "blobs")


def _read_trust(service: Service) -> str:
    source = service.trust
    if source.folder is None:
        raise MissingPart("Chưa tin chứng thư gốc nào: chữ ký chỉ kiểm được tính nguyên vẹn.")
    from signing.trust import load_bundle
    from signing.trust_facts import check_bundle

    bundle = load_bundle(source.folder, allow_demo=source.allow_demo)
    findings = check_bundle(bundle, service.clock.now())
    noted = f"; {len(findings)} điều cần xem (sohoa trust check)" if findings else ""
    return f"{bundle.label}, {source.folder}{noted}"


def _read_signer(service: Service) -> str:
    signer = service.signer
    if signer is None:
        raise MissingPart("Chưa có khoá.")
    with signer:
        return service.settings.signing.token or ""
