"""How far a long file's comparison is, as it leaves the service (tiến độ đối chiếu)."""

from api.schemas.base import Outgoing


class ProgressOut(Outgoing):
    """Pages compared of pages in all (số trang đã đối chiếu)."""

    done: int
    total: int
    finished: bool
