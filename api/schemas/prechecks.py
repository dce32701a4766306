"""Pre-checks as they travel (rà soát trước)."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Code, Incoming, Outgoing
from api.schemas.reuse import Scheme
from records.prechecks import PrecheckState


class PrecheckOwner(Incoming):
    """The exact owner (chủ thể)."""

    scheme: Scheme = ""
    id: Annotated[str, Field(min_length=1, max_length=64)]


class PrecheckPurpose(Incoming):
    """Why it is asked (mục đích); each question names its own dossier and procedure."""

    dossier: Annotated[str, Field(min_length=1, max_length=64)]
    procedure: Annotated[str, Field(min_length=1, max_length=64)]
    legal_basis: Annotated[str, Field(max_length=500)] = ""


class PrecheckQuestion(Incoming):
    """One question (câu hỏi rà soát); `ref` is the asker's own mark and comes back with the answer."""

    owner: PrecheckOwner
    type: Code
    as_of: date | None = None
    purpose: PrecheckPurpose
    ref: Annotated[str, Field(max_length=100)] = ""


class PrecheckIn(Incoming):
    """Questions of one pre-check (lượt rà soát)."""

    questions: Annotated[list[PrecheckQuestion], Field(min_length=1, max_length=100_000)]


class PrecheckOut(Outgoing):
    """How far a pre-check is (tiến độ rà soát)."""

    id: str
    state: PrecheckState
    total: int
    done: int
    created_at: datetime
    expires_at: datetime
    finished_at: datetime | None
