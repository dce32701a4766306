"""Whose certificate it is (chủ thể chứng thư): an agency or a person, by a table an administrator keeps.

No object identifier tells the two apart in the State's certificates, so nothing is guessed: `holders.toml` in
the trust folder lists them, by serial number, hash or names of the subject.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from signing.errors import BadTrustBundle
from signing.report import Signer

FILE_NAME = "holders.toml"
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
    """The first line that means this signer, None when the table does not know it."""
    return next((holder for holder in holders if holder.is_for(signer)), None)


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
    values["sha256"], values["serial"] = values["sha256"].lower(), values["serial"].lower()
    return Holder(kind=HolderKind(row["kind"]), **values)
