"""Whose certificate it is (chủ thể chứng thư): an agency or a person, by a table an administrator keeps.

No object identifier tells the two apart in the State's certificates, so nothing is guessed: `holders.toml` in
the trust folder lists them, by serial number, hash or names of the subject.
"""

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from signing.errors import BadTrustBundle
from signing.report import Signer

FILE_NAME = "holders.toml"
# The CA's signature held in each of these; what is wrong is a date or a revocation.
_VOUCHED = frozenset({"trusted", "expired", "revoked", "suspended"})
_HASH, _SERIAL = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{1,64}")
_KEYS = frozenset({"kind", "name", "sha256", "serial", "subject", "org"})


class HolderKind(StrEnum):
    """What a certificate stands for (loại chủ thể)."""

    AGENCY = "agency"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Holder:
    """One line of the table (chủ thể): every given value must be that of the certificate."""

    kind: HolderKind
    name: str
    sha256: str = ""
    serial: str = ""
    subject: str = ""
    org: str = ""

    def is_for(self, signer: Signer) -> bool:
        """Whether the line means this signer."""
        pairs = (
            (self.sha256, signer.sha256),
            (self.serial, signer.serial),
            (self.subject, signer.subject),
            (self.org, signer.org),
        )
        return all(not asked or asked == found for asked, found in pairs)


def find_holder(signer: Signer, holders: Sequence[Holder]) -> Holder | None:
    """The first line that means this signer, None when the table does not know it.

    Names and serial numbers are what the CA vouches for: of a certificate of nobody's chain, who wrote it may
    have copied them, so there only its own hash counts.
    """
    vouched = signer.trust in _VOUCHED
    return next((item for item in holders if (vouched or item.sha256) and item.is_for(signer)), None)


def load_holders(folder: Path) -> tuple[Holder, ...]:
    """The table of a trust folder, empty when there is none; raises BadTrustBundle."""
    path = folder / FILE_NAME
    if not path.exists():
        return ()
    try:
        rows: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8")).get("holder", [])
        return tuple(_parse_holder(row) for row in rows)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, TypeError) as exc:
        raise BadTrustBundle(f"Không đọc được tệp {FILE_NAME}.") from exc


def add_holder(folder: Path, holder: Holder) -> tuple[Holder, ...]:
    """Put a line at the end of the table; raises BadTrustBundle for one that means nobody or is there."""
    new = _parse_holder(asdict(holder))
    if not new.name:
        raise BadTrustBundle("Cần tên cơ quan hoặc cá nhân.")
    if new.sha256 and not _HASH.fullmatch(new.sha256):
        raise BadTrustBundle("Dấu vân tay SHA-256 phải có 64 chữ số hex.")
    if new.serial and not _SERIAL.fullmatch(new.serial):
        raise BadTrustBundle("Số hiệu chứng thư chỉ gồm chữ số hex.")
    present = load_holders(folder)
    marks = [(item.sha256, item.serial, item.subject, item.org) for item in present]
    if (new.sha256, new.serial, new.subject, new.org) in marks:
        raise BadTrustBundle("Chứng thư này đã có trong bảng chủ thể.")
    return _write_holders(folder, (*present, new))


def remove_holder(folder: Path, number: int) -> tuple[Holder, ...]:
    """Take out a line by its number in the table, from 1; raises BadTrustBundle."""
    present = load_holders(folder)
    if not 1 <= number <= len(present):
        raise BadTrustBundle("Không có dòng này trong bảng chủ thể.")
    return _write_holders(folder, (*present[: number - 1], *present[number:]))


def _write_holders(folder: Path, holders: Sequence[Holder]) -> tuple[Holder, ...]:
    """The whole table in place of the old one, in one step."""
    lines: list[str] = []
    for holder in holders:
        lines.append("[[holder]]")
        filled = {key: str(value) for key, value in asdict(holder).items() if value}
        lines += [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in filled.items()]
    temporary = folder / f".{FILE_NAME}.moi"
    try:
        temporary.write_text("\n".join([*lines, ""]), "utf-8")
        temporary.replace(folder / FILE_NAME)
    except OSError as exc:
        raise BadTrustBundle(f"Không ghi được tệp {FILE_NAME}.") from exc
    return load_holders(folder)


def _parse_holder(row: dict[str, Any]) -> Holder:
    """One table row; a row that would mean everybody, or has a key nobody knows, is refused."""
    unknown = set(row) - _KEYS
    if unknown:
        raise BadTrustBundle(f"Tệp {FILE_NAME} có mục không hiểu: {', '.join(sorted(unknown))}.")
    if row.get("kind") not in set(HolderKind):
        raise BadTrustBundle(f"Mục kind trong {FILE_NAME} phải là agency hoặc person.")
    values = {key: str(row.get(key, "")).strip() for key in _KEYS - {"kind"}}
    if not any(values[key] for key in ("sha256", "serial", "subject", "org")):
        raise BadTrustBundle(f"Mỗi dòng trong {FILE_NAME} cần sha256, serial, subject hoặc org.")
    values["sha256"] = _plain_hex(values["sha256"])
    values["serial"] = _plain_hex(values["serial"]).lstrip("0")
    return Holder(kind=HolderKind(row["kind"]), **values)


def _plain_hex(text: str) -> str:
    """Hex as the report writes it: certificate viewers add colons, blanks and capitals."""
    return re.sub(r"[\s:]", "", text).lower()
