"""The canonical text of an audit entry (dạng chuẩn của dòng nhật ký): what its leaf hash is made of."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from records.model import AuditEntry


def build_canonical(row_id: str, entry: AuditEntry) -> bytes:
    """Canonical JSON (RFC 8785 for these types: sorted keys, no spaces, UTF-8) of the row's id and entry.

    Attributes that are None are left out, so that one added to the model later changes no old hash.
    """
    values: dict[str, Any] = {item.name: getattr(entry, item.name) for item in fields(entry)}
    values = {name: value for name, value in values.items() if value is not None}
    values |= {"id": row_id, "at": _write_time(entry.at)}
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse_canonical(data: bytes) -> tuple[str, AuditEntry]:
    """Row id and entry of a canonical text; `ValueError` or `TypeError` when it is none."""
    values = json.loads(data)
    row_id = values.pop("id")
    values["at"] = datetime.fromisoformat(values["at"])
    return row_id, AuditEntry(**values)


def _write_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
