"""Units and result types as they travel (đơn vị, loại giấy tờ)."""

from datetime import date

from api.schemas.base import Code, Incoming, Outgoing, ShortText


class UnitIn(Incoming):
    """A unit to be made (đơn vị mới)."""

    code: Code
    name: ShortText
    parent: Code | None = None
    valid_from: date | None = None


class UnitOut(Outgoing):
    """A unit (đơn vị)."""

    code: str
    name: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None


class TypeIn(Incoming):
    """A result type to be made (loại giấy tờ mới)."""

    code: Code
    name: ShortText
    valid_from: date | None = None


class TypeOut(Outgoing):
    """A result type (loại giấy tờ, kết quả)."""

    code: str
    name: str
    valid_from: date | None
    valid_to: date | None


class EndOn(Incoming):
    """The day of an end; today when left out (ngày kết thúc)."""

    on: date | None = None
