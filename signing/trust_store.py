"""Trust bundles as an administrator keeps them (kho bộ chứng thư tin cậy): versions on disk, old ones kept.

`bundle.toml` of a bundle's folder names the version in use (`current`); `versions/<version>/` is a whole
bundle in itself, so an old one can be named again. A change writes a new version first and then replaces that
one small file: a reader sees the old bundle or the new one. Revocation lists and holders lie beside.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from asn1crypto import pem, x509

from signing.errors import BadTrustBundle, CertificateNotConfirmed
from signing.trust import ABOUT, BUNDLE_NAMES, VERSIONS, TrustBundle, load_bundle
from signing.trust_facts import describe_certificate, parse_fingerprint

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")


def list_versions(folder: Path) -> tuple[str, ...]:
    """Names of the versions kept, oldest first."""
    inside = folder / VERSIONS
    if not inside.is_dir():
        return ()
    kept = [path for path in inside.iterdir() if (path / ABOUT).is_file()]
    return tuple(path.name for path in sorted(kept, key=lambda path: _order(path.name)))


def _order(version: str) -> tuple[tuple[int, str], ...]:
    """So that 2026-11-23.10 follows 2026-11-23.9."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"[.-]", version))


def add_certificates(
    folder: Path,
    name: str,
    certificates: Sequence[x509.Certificate],
    typed: Sequence[str],
    source: str,
    day: date,
) -> TrustBundle:
    """A new version with these certificates added, each confirmed by a typed fingerprint.

    Raises CertificateNotConfirmed for one whose fingerprint was not typed, a fingerprint that fits none, one
    that is no CA or is there already; BadTrustBundle. Nothing is changed then.
    """
    if name not in BUNDLE_NAMES:
        raise BadTrustBundle("Tên bộ chứng thư phải là vgca hoặc neac.")
    _check_confirmed(certificates, typed)
    present = _read_present(folder)
    known = {item.dump() for item in present}
    for item in certificates:
        if item.dump() in known:
            raise CertificateNotConfirmed("Chứng thư này đã có trong bộ.", sha256=item.sha256.hex())
    return write_version(folder, name, (*present, *certificates), source, day)


def remove_certificate(folder: Path, typed: str, source: str, day: date) -> TrustBundle:
    """A new version without the certificate of that fingerprint; raises CertificateNotConfirmed."""
    mark = parse_fingerprint(typed)
    bundle = load_bundle(folder)
    present = (*bundle.roots, *bundle.intermediates)
    kept = [item for item in present if mark not in (item.sha256.hex(), item.sha1.hex())]
    if len(kept) == len(present):
        raise CertificateNotConfirmed("Không có chứng thư nào mang dấu vân tay này trong bộ.")
    return write_version(folder, bundle.name, kept, source, day)


def _check_confirmed(certificates: Sequence[x509.Certificate], typed: Sequence[str]) -> None:
    marks = {parse_fingerprint(text) for text in typed}
    unused = set(marks)
    for item in certificates:
        own = {item.sha256.hex(), item.sha1.hex()}
        if not own & marks:
            raise CertificateNotConfirmed(sha256=item.sha256.hex())
        unused -= own
        if not describe_certificate(item).is_ca:
            detail = "Đây không phải chứng thư của tổ chức cấp chứng thư (CA)."
            raise CertificateNotConfirmed(detail, sha256=item.sha256.hex())
    if unused:
        raise CertificateNotConfirmed("Có dấu vân tay không khớp với chứng thư nào trong các tệp.")


def _read_present(folder: Path) -> tuple[x509.Certificate, ...]:
    """What the bundle in use holds; nothing where there is none yet."""
    if not (folder / ABOUT).is_file():
        return ()
    bundle = load_bundle(folder)
    return (*bundle.roots, *bundle.intermediates)


def write_version(
    folder: Path, name: str, certificates: Sequence[x509.Certificate], source: str, day: date
) -> TrustBundle:
    """Write these certificates as the bundle's next version and put it to use; raises BadTrustBundle."""
    versions = folder / VERSIONS
    try:
        versions.mkdir(parents=True, exist_ok=True)
        _keep_flat(folder)
        version = _next_version(folder, day)
        about = {"name": name, "version": version, "date": day.isoformat(), "source": source or "không ghi"}
        temporary = Path(tempfile.mkdtemp(dir=versions, prefix=".moi-"))
        try:
            for item in certificates:
                _write(temporary / f"{item.sha256.hex()}.crt", pem.armor("CERTIFICATE", item.dump()))
            _write(temporary / ABOUT, _toml(about))
            # What cannot be loaded is never put to use.
            load_bundle(temporary)
            temporary.chmod(0o755)
            temporary.rename(versions / version)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        use_version(folder, version)
    except OSError as exc:
        raise BadTrustBundle("Không ghi được vào thư mục chứng thư tin cậy.") from exc
    return load_bundle(folder)


def use_version(folder: Path, version: str) -> None:
    """Put a kept version to use, in one step; raises BadTrustBundle for one that is not there."""
    if not _VERSION.fullmatch(version) or not (folder / VERSIONS / version / ABOUT).is_file():
        raise BadTrustBundle("Không có phiên bản này của bộ chứng thư.")
    name = load_bundle(folder / VERSIONS / version).name
    temporary = folder / f".{ABOUT}.moi"
    _write(temporary, _toml({"name": name, "current": version}))
    temporary.replace(folder / ABOUT)


def _keep_flat(folder: Path) -> None:
    """A bundle filled by hand becomes its own first version, its files moved there."""
    if not (folder / ABOUT).is_file():
        return
    bundle = load_bundle(folder)
    flat = [path for path in folder.iterdir() if path.suffix in {".crt", ".cer", ".pem"}]
    if not flat or list_versions(folder):
        return
    version = bundle.version if _VERSION.fullmatch(bundle.version) else "cu"
    target = folder / VERSIONS / version
    target.mkdir(exist_ok=True)
    for path in (*flat, folder / ABOUT):
        shutil.copy2(path, target / path.name)
    use_version(folder, version)
    for path in flat:
        path.unlink()


def _next_version(folder: Path, day: date) -> str:
    """The day and a number that is still free on it."""
    taken = set(list_versions(folder))
    return next(name for name in (f"{day.isoformat()}.{n}" for n in range(1, 10_000)) if name not in taken)


def _toml(values: dict[str, str]) -> bytes:
    """Plain keys with basic strings."""
    escaped = {key: text.replace("\\", "\\\\").replace('"', '\\"') for key, text in values.items()}
    lines = [f'{key} = "{" ".join(text.split())}"\n' for key, text in escaped.items()]
    return "".join(lines).encode()


def _write(path: Path, data: bytes) -> None:
    """The whole file, on the disk before it is named."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
