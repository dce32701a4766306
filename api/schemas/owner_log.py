"""Who looked at an owner's papers, as it travels (ai đã xem)."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Incoming, Outgoing
from api.schemas.reuse import Scheme


class OwnerAsked(Incoming):
    """The exact owner (chủ thể); scheme "" is guessed from the form."""

    scheme: Scheme = ""
    id: Annotated[str, Field(min_length=1, max_length=64)]


class OwnerLogIn(Incoming):
    """Whose looks are asked for, and on what ground (yêu cầu xem ai đã xem)."""

    owner: OwnerAsked
    ground: Annotated[str, Field(min_length=3, max_length=300, pattern=r"\S")]


class OwnerLookOut(Outgoing):
    """One act on the owner's papers (một lượt xem)."""

    at: datetime
    action: str
    unit: str | None
    unit_name: str
    who: str
    purpose: str | None
    outcome: str
    subject: str
