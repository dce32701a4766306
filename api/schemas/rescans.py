"""The rescan list as it travels (danh sách quét lại)."""

from api.schemas.base import Outgoing


class RescanOut(Outgoing):
    """A page, or without `page` a whole refused file, to be scanned again (trang cần quét lại)."""

    file_id: str
    ordinal: int
    name: str
    page: int | None
    codes: list[str]
    reasons_vi: list[str]
    actions_vi: list[str]
    record_id: str | None


class RescansOut(Outgoing):
    """The whole list of a batch (danh sách quét lại của lô)."""

    items: list[RescanOut]
