"""Trust bundles (bộ chứng thư tin cậy): what an administrator put into a folder, nothing else.

A bundle is a dated folder an administrator fills: `bundle.toml` (name, version, date, source) beside
*.crt and *.pem certificates and, if wanted, *.crl lists; or one whose `bundle.toml` names a version kept
inside (`signing/trust_store.py`). Two chains exist in the State's practice: `vgca` (public service, Decree
68/2024) and `neac` (public, Decree 23/2025).
"""

import hashlib
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509

from signing.errors import BadTrustBundle, DemoTrustRefused
from signing.holders import Holder, load_holders
from signing.revocation import RevocationList

BUNDLE_NAMES = ("vgca", "neac")
ABOUT, VERSIONS = "bundle.toml", "versions"
_CERTIFICATES = frozenset({".crt", ".cer", ".pem"})
_MAXIMUM_FILES = 500
_MAXIMUM_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class TrustBundle:
    """A named, dated set of roots (bộ chứng thư tin cậy); `fingerprints` are SHA-256 in hex, file order."""

    name: str
    version: str
    date: date
    source: str
    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    crls: tuple[RevocationList, ...]
    fingerprints: tuple[str, ...]
    holders: tuple[Holder, ...] = ()

    @property
    def label(self) -> str:
        """Name and version as a verdict names them, e.g. `vgca 2026.1`."""
        return f"{self.name} {self.version}"

    @property
    def sha256(self) -> str:
        """SHA-256 of what the bundle trusts and of its table of holders; lists of revocation stay outside.

        The same name and version with another content shows here, and so does the same content anew.
        """
        told = [f"root:{hashlib.sha256(item.dump()).hexdigest()}" for item in self.roots]
        told += [f"other:{hashlib.sha256(item.dump()).hexdigest()}" for item in self.intermediates]
        lines = [*sorted(told), *(repr(holder) for holder in self.holders)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def load_bundle(folder: Path, *, version: str = "", allow_demo: bool = False) -> TrustBundle:
    """Read a trust folder, or one of its kept versions; raises BadTrustBundle.

    Raises DemoTrustRefused for a trial run's invented roots.
    """
    inner = _find_version(folder, version)
    about = _read_about(inner)
    if about["name"] == "demo" and not allow_demo:
        raise DemoTrustRefused()
    certificates = [item for path in _list_files(inner, _CERTIFICATES) for item in read_certificates(path)]
    roots = tuple(item for item in certificates if item.subject == item.issuer)
    if not roots:
        raise BadTrustBundle("Không có chứng thư gốc nào trong thư mục.")
    return TrustBundle(
        name=about["name"],
        version=about["version"],
        date=_parse_date(about["date"]),
        source=about["source"],
        roots=roots,
        intermediates=tuple(item for item in certificates if item.subject != item.issuer),
        crls=tuple(item for place in dict.fromkeys((inner, folder)) for item in _read_lists(place)),
        fingerprints=tuple(hashlib.sha256(item.dump()).hexdigest() for item in certificates),
        holders=load_holders(folder),
    )


def load_others(folder: Path) -> tuple[TrustBundle, ...]:
    """The State's other bundle beside this one, if a usable one is there, by which a wrong chain is told."""
    if folder.name not in BUNDLE_NAMES:
        return ()
    found: list[TrustBundle] = []
    for name in BUNDLE_NAMES:
        # One that is being filled or is broken only leaves the foreign chain without its name.
        with suppress(BadTrustBundle):
            if name != folder.name and (folder.parent / name / ABOUT).is_file():
                found.append(load_bundle(folder.parent / name))
    return tuple(found)


def _find_version(folder: Path, version: str) -> Path:
    """The folder that holds the certificates: a kept version, or the folder itself as filled by hand."""
    about = _read_toml(folder)
    wanted = version or str(about.get("current", ""))
    if not wanted or (version and "current" not in about and about.get("version") == version):
        return folder
    inner = folder / VERSIONS / wanted
    if inner.parent != folder / VERSIONS or not (inner / ABOUT).is_file():
        raise BadTrustBundle("Không có phiên bản này của bộ chứng thư.")
    return inner


def _list_files(folder: Path, suffixes: frozenset[str]) -> list[Path]:
    """Files of these kinds by name; raises BadTrustBundle for too many."""
    found = sorted(path for path in folder.iterdir() if path.suffix in suffixes)
    if len(found) > _MAXIMUM_FILES:
        raise BadTrustBundle(f"Thư mục có quá {_MAXIMUM_FILES} tệp.")
    return found


def _read_toml(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / ABOUT).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise BadTrustBundle("Không đọc được tệp bundle.toml.") from exc


def _read_about(folder: Path) -> dict[str, str]:
    """The four entries of bundle.toml as text."""
    about = _read_toml(folder)
    try:
        return {name: str(about[name]) for name in ("name", "version", "date", "source")}
    except KeyError as exc:
        raise BadTrustBundle(f"Tệp bundle.toml thiếu mục {exc}.") from exc


def _parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise BadTrustBundle("Mục date trong bundle.toml phải có dạng NĂM-THÁNG-NGÀY.") from exc


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """What one file holds, DER or PEM, one or many; raises BadTrustBundle."""
    found: list[x509.Certificate] = []
    try:
        for block in _read_blocks(path):
            certificate = x509.Certificate.load(block, strict=True)
            _ = certificate.subject, certificate.issuer, certificate.public_key.dump()
            found.append(certificate)
    except (OSError, ValueError) as exc:
        raise BadTrustBundle(f"Không đọc được tệp {path.name}.") from exc
    return tuple(found)


def _read_lists(folder: Path) -> list[RevocationList]:
    """Every revocation list of a folder."""
    found: list[RevocationList] = []
    for path in _list_files(folder, frozenset({".crl"})):
        try:
            found += [RevocationList(block) for block in _read_blocks(path)]
        except (OSError, ValueError) as exc:
            raise BadTrustBundle(f"Không đọc được tệp {path.name}.") from exc
    return found


def _read_blocks(path: Path) -> list[bytes]:
    """The DER inside a file, out of its PEM armour where it has one."""
    if path.stat().st_size > _MAXIMUM_BYTES:
        raise BadTrustBundle(f"Tệp {path.name} quá lớn.")
    data = path.read_bytes()
    armoured: Any = pem.unarmor(data, multiple=True) if pem.detect(data) else [("", {}, data)]
    return [block for _, _, block in armoured]
