"""The first bytes of a file as a file of their own (phần đầu của tệp), without a copy of them."""

import io


class PrefixFile(io.RawIOBase):
    """A readable, seekable view of the first `end` bytes: a signed revision, however large the file."""

    def __init__(self, data: bytes, end: int) -> None:
        super().__init__()
        self._view = memoryview(data)[:end]
        self._place = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The place of the next byte."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move, counted from the start, the place or the end; raises ValueError before the start."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: len(self._view)}[whence]
        if base + offset < 0:
            raise ValueError("before the start")
        self._place = base + offset
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Fill `buffer` from the place on; 0 at the end."""
        count = max(0, min(len(buffer), len(self._view) - self._place))
        buffer[:count] = self._view[self._place : self._place + count]
        self._place += count
        return count
