"""The one place that chooses implementations (ráp nối): settings in, a working service out.

Parts open when first used, so that `sohoa lookup` touches neither the index nor the queue, and imports
stand beside their use for the same reason.
"""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from api.settings import Settings
from records.errors import MissingPart
from records.ports import Clock

if TYPE_CHECKING:
    pass


class SystemClock:
    """The machine's clock (đồng hồ hệ thống)."""

    def now(self) -> datetime:
        """Aware UTC now."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """Every part of a running service (dịch vụ); a part is opened by its first use and then kept."""

    settings: Settings
    clock: Clock

    @cached_property
    def folder(self) -> Path:
        """The data folder, made for its owner alone."""
        return make_private_folder(self.settings.store.folder.absolute())

    @cached_property
    def owner_secret(self) -> bytes:
        """The key of owner hashes in the audit log; made at first use, 256 random bits."""
        given = self.settings.store.owner_secret
        if given is not None:
            return given.get_secret_value().encode()
        return read_or_make_secret(make_private_folder(self.folder / "keys") / "owner.key")


def make_private_folder(folder: Path) -> Path:
    """The folder, readable by its owner alone when it had to be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise MissingPart(f"Không tạo được thư mục {folder}.") from exc
    return folder


def read_or_make_secret(path: Path) -> bytes:
    """A 256-bit secret kept in a file of the owner alone; two processes at once end with the same one."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text().strip().encode()


def build_service(settings: Settings, clock: Clock | None = None) -> Service:
    """A service after the settings; nothing is opened yet."""
    return Service(settings, clock or SystemClock())
