"""`sohoa trust` (bộ chứng thư tin cậy): list, add, remove, use, check, how to fetch, whose it is."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.acting import act_as_first, open_service
from api.cli.options import AsJson, AsLogin
from api.cli.output import EXIT_REFUSED, Row, print_item, print_json, print_rows, say
from api.cli.trust_instructions import FETCH_INSTRUCTIONS
from api.errors import WrongUse
from api.settings import load_settings
from records.actions.trust import change_trust
from signing.holders import Holder, HolderKind, add_holder, load_holders, remove_holder
from signing.trust import BUNDLE_NAMES, TrustBundle, load_bundle, read_certificates
from signing.trust_facts import CertificateFacts, TrustFinding, check_bundle, describe_certificate
from signing.trust_store import add_certificates, list_versions, remove_certificate, use_version

trust_app = typer.Typer(
    help="Bộ chứng thư tin cậy: xem, nạp, gỡ, kiểm tra; bảng chủ thể chứng thư.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
holders_app = typer.Typer(
    help="Bảng chủ thể: chứng thư nào của cơ quan, của cá nhân.", no_args_is_help=True, rich_markup_mode=None
)
trust_app.add_typer(holders_app, name="holders")
Bundle = Annotated[str, typer.Argument(metavar="BỘ", help="vgca hoặc neac.")]
MaybeBundle = Annotated[str | None, typer.Argument(metavar="[BỘ]", help="vgca, neac; mặc định cả hai.")]
Source = Annotated[str, typer.Option("--source", metavar="NGUỒN", help="Lấy từ đâu, so bằng kênh nào.")]
BUNDLE_COLUMNS = {
    "name": "Bộ", "version": "Phiên bản", "date": "Ngày", "source": "Nguồn", "sha256": "SHA-256 nội dung",
    "kept": "Đang giữ",
}  # fmt: skip
CERTIFICATE_LABELS = {
    "kind": "Loại", "subject": "Chủ thể", "issuer": "Nơi cấp", "serial": "Số hiệu", "valid_from": "Từ",
    "valid_to": "Đến", "key": "Khoá", "sha256": "SHA-256", "sha1": "SHA-1",
}  # fmt: skip
HOLDER_COLUMNS = {
    "number": "Dòng", "kind": "Loại", "name": "Tên", "serial": "Số hiệu", "sha256": "SHA-256",
    "subject": "Chủ thể", "org": "Tổ chức",
}  # fmt: skip
KINDS = {HolderKind.AGENCY: "cơ quan", HolderKind.PERSON: "cá nhân"}


@trust_app.command("list")
def list_command(name: MaybeBundle = None, as_json: AsJson = False) -> None:
    """Xem các bộ: phiên bản, từng chứng thư với số hiệu, thời hạn, dấu vân tay SHA-256 và SHA-1."""
    found = [(folder, load_bundle(folder)) for folder in _find_folders(name)]
    if as_json:
        print_json([{**_bundle_row(*one), "certificates": _certificate_rows(one[1])} for one in found])
        return
    if not found:
        say("Chưa nạp bộ chứng thư nào. Xem: sohoa trust fetch-instructions")
    for folder, bundle in found:
        print_item(_bundle_row(folder, bundle), BUNDLE_COLUMNS, as_json=False)
        for row in _certificate_rows(bundle):
            typer.echo()
            print_item(row, CERTIFICATE_LABELS, as_json=False)
        typer.echo()


@trust_app.command("add")
def add_command(
    name: Bundle,
    files: Annotated[list[Path], typer.Argument(metavar="TỆP…", help="Tệp .crt, .cer, .pem.")],
    fingerprint: Annotated[
        list[str],
        typer.Option("--fingerprint", metavar="DẤU", help="SHA-256 hoặc SHA-1 của từng chứng thư."),
    ],
    source: Source = "",
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Nạp chứng thư thành phiên bản mới, khi mọi chứng thư khớp một dấu vân tay gõ vào."""
    certificates = [item for path in files for item in read_certificates(path)]
    _change(name, "add", login, as_json, lambda folder, day: add_certificates(
        folder, name, certificates, fingerprint, source, day
    ).version)  # fmt: skip


@trust_app.command("remove")
def remove_command(
    name: Bundle,
    fingerprint: Annotated[str, typer.Option("--fingerprint", metavar="DẤU", help="SHA-256 hoặc SHA-1.")],
    source: Source = "",
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Gỡ một chứng thư: thành phiên bản mới không có nó; phiên bản cũ vẫn giữ."""
    _change(name, "remove", login, as_json, lambda folder, day: remove_certificate(
        folder, fingerprint, source, day
    ).version)  # fmt: skip


@trust_app.command("use")
def use_command(
    name: Bundle,
    version: Annotated[str, typer.Argument(metavar="PHIÊN_BẢN")],
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Dùng lại một phiên bản đang giữ."""

    def change(folder: Path, day: date) -> str:  # noqa: ARG001 - every change gets the day
        use_version(folder, version)
        return version

    _change(name, "use", login, as_json, change)


@trust_app.command("check")
def check_command(name: MaybeBundle = None, as_json: AsJson = False) -> None:
    """Kiểm tra các bộ: hết hạn, sắp hết hạn, trùng, không phải CA… (mã thoát 1 khi có điều cần xem)."""
    now = datetime.now(UTC)
    bundles = [load_bundle(folder) for folder in _find_folders(name)]
    findings = [(bundle, one) for bundle in bundles for one in check_bundle(bundle, now)]
    if as_json:
        print_json([_finding_row(bundle, one) for bundle, one in findings])
    else:
        for bundle in bundles:
            marks = [describe_certificate(item).sha256 for item in (*bundle.roots, *bundle.intermediates)]
            typer.echo(f"{bundle.label}: {len(marks)} chứng thư")
            typer.echo("".join(f"  {mark}\n" for mark in marks), nl=False)
        for bundle, one in findings:
            typer.echo(f"{bundle.name}: {one.text_vi}")
        say("Có điều cần xem." if findings else "Không có gì cần xem." if bundles else "Chưa nạp bộ nào.")
    if findings:
        raise typer.Exit(EXIT_REFUSED)


@trust_app.command("fetch-instructions")
def fetch_instructions_command() -> None:
    """Cách lấy chứng thư gốc và so dấu vân tay trước khi nạp."""
    typer.echo(FETCH_INSTRUCTIONS)


@holders_app.command("list")
def list_holders_command(name: Bundle, as_json: AsJson = False) -> None:
    """Xem bảng chủ thể của một bộ."""
    print_rows(_holder_rows(load_holders(_get_folder(name))), HOLDER_COLUMNS, as_json=as_json)


@holders_app.command("add")
def add_holder_command(
    name: Bundle,
    kind: Annotated[HolderKind, typer.Option("--kind", help="agency (cơ quan) hoặc person (cá nhân).")],
    title: Annotated[str, typer.Option("--name", metavar="TÊN", help="Tên cơ quan hoặc cá nhân.")],
    serial: Annotated[str, typer.Option("--serial", help="Số hiệu chứng thư (hex).")] = "",
    sha256: Annotated[str, typer.Option("--sha256", help="Dấu vân tay SHA-256 của chứng thư.")] = "",
    subject: Annotated[str, typer.Option("--subject", help="Tên chủ thể (CN) đúng từng chữ.")] = "",
    org: Annotated[str, typer.Option("--org", help="Tên tổ chức (O) đúng từng chữ.")] = "",
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Khai chứng thư của một cơ quan hay cá nhân; ghi nhiều mục thì phải khớp tất cả."""
    new = Holder(kind, title.strip(), sha256, serial, subject.strip(), org.strip())
    _change(name, "holder", login, as_json, lambda folder, _day: str(len(add_holder(folder, new))))


@holders_app.command("remove")
def remove_holder_command(
    name: Bundle,
    number: Annotated[int, typer.Argument(metavar="DÒNG", help="Số dòng như `list` in ra.")],
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Bỏ một dòng của bảng chủ thể."""
    _change(name, "holder", login, as_json, lambda folder, _day: str(len(remove_holder(folder, number))))


def _change(
    name: str, action: str, login: str | None, as_json: bool, change: Callable[[Path, date], str]
) -> None:
    """Make the change with its audit row, then print the bundle or the table as it stands."""
    folder = _get_folder(name)
    with open_service() as service:
        acting = act_as_first(service, login)
        change_trust(service.store, acting, action, name, lambda: change(folder, acting.today))
    if action == "holder":
        print_rows(_holder_rows(load_holders(folder)), HOLDER_COLUMNS, as_json=as_json)
    else:
        print_item(_bundle_row(folder, load_bundle(folder)), BUNDLE_COLUMNS, as_json=as_json)


def _get_folder(name: str) -> Path:
    """The folder of a bundle, perhaps not there yet; raises WrongUse for another name."""
    if name not in BUNDLE_NAMES:
        raise WrongUse("Tên bộ chứng thư phải là vgca hoặc neac.")
    return load_settings().store.folder / "trust" / name


def _find_folders(name: str | None) -> list[Path]:
    folders = [_get_folder(one) for one in ([name] if name else BUNDLE_NAMES)]
    return [folder for folder in folders if (folder / "bundle.toml").is_file()]


def _bundle_row(folder: Path, bundle: TrustBundle) -> Row:
    return {
        "name": bundle.name, "version": bundle.version, "date": bundle.date.isoformat(),
        "source": bundle.source, "sha256": bundle.sha256, "kept": list_versions(folder),
    }  # fmt: skip


def _certificate_rows(bundle: TrustBundle) -> list[Row]:
    return [_certificate_row(describe_certificate(item)) for item in (*bundle.roots, *bundle.intermediates)]


def _certificate_row(facts: CertificateFacts) -> Row:
    return {
        "kind": "gốc" if facts.is_root else "trung gian", "subject": facts.subject, "issuer": facts.issuer,
        "serial": facts.serial, "valid_from": facts.valid_from.date().isoformat(),
        "valid_to": facts.valid_to.date().isoformat(), "key": facts.key, "sha256": facts.sha256,
        "sha1": facts.sha1,
    }  # fmt: skip


def _finding_row(bundle: TrustBundle, finding: TrustFinding) -> Row:
    return {
        "bundle": bundle.name, "code": finding.code, "about": finding.about, "sha256": finding.sha256,
        "text_vi": finding.text_vi,
    }  # fmt: skip


def _holder_rows(holders: tuple[Holder, ...]) -> list[Row]:
    return [
        {
            "number": number, "kind": KINDS[one.kind], "name": one.name, "serial": one.serial,
            "sha256": one.sha256, "subject": one.subject, "org": one.org,
        }
        for number, one in enumerate(holders, 1)
    ]  # fmt: skip
