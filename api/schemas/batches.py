"""Batches, files and incidents as they travel (lô, tệp, sự cố)."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Code, Incoming, Outgoing, ShortText
from records.states import CaptureState, IncidentState


class BatchIn(Incoming):
    """A batch to be opened (mở lô)."""

    unit: Code
    label: ShortText
    dossier: Annotated[str, Field(max_length=64)] | None = None
    profile: Annotated[str, Field(max_length=32)] | None = None
    """A way of reading; unset: the one of the settings."""


class BatchOut(Outgoing):
    """A batch (lô quét)."""

    id: str
    unit: str
    label: str
    dossier: str | None
    state: CaptureState
    created_by: str
    created_at: datetime
    closed_at: datetime | None
    profile: str
    profile_notice: str | None = None
    """Said when the batch is opened: what the profile lacks on this machine, and what reads instead."""


class Counts(Outgoing):
    """How the files add up: received is the sum of `by_state` (số liệu lô)."""

    received: int
    by_state: dict[CaptureState, int]


class BatchDetail(BatchOut):
    """A batch with its counts (lô và số liệu)."""

    counts: Counts


class FileOut(Outgoing):
    """A file of a batch and what became of it (tệp trong lô)."""

    id: str
    batch_id: str
    ordinal: int
    name: str
    size: int
    state: CaptureState
    received_at: datetime
    sha256: str | None
    format: str | None
    pages: int | None
    reason_code: str | None
    reason_vi: str | None
    linked_file: str | None
    record_id: str | None
    updated_at: datetime | None


class FilesOut(Outgoing):
    """What became of the files just sent, in their order (biên nhận)."""

    files: list[FileOut]


class IncidentOut(Outgoing):
    """A hit of the state-secret gate, without content (sự cố nghi mật)."""

    id: str
    at: datetime
    account_id: str
    unit: str
    batch_id: str
    file_ordinal: int
    page_ordinal: int
    state: IncidentState
    first_lifter: str | None
    first_lifted_at: datetime | None
    second_lifter: str | None
    second_lifted_at: datetime | None
