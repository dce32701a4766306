"""Shapes that many answers share (khuôn chung): what leaves is listed field by field."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

Item = TypeVar("Item")
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class Incoming(BaseModel):
    """A request's body: unknown keys are refused (yêu cầu)."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Outgoing(BaseModel):
    """An answer's body, read from the domain's values by attribute (câu trả lời)."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Page(Outgoing, Generic[Item]):
    """A page of a list with the total (trang danh sách)."""

    items: list[Item]
    total: int
    limit: int
    offset: int


class Problem(BaseModel):
    """A problem document (RFC 9457, báo lỗi); `code` is stable, the texts are for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    context: dict[str, str | int | None] = {}
    errors: list[dict[str, str]] = []
