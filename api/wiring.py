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

from api.auth import Gatekeeper
from api.settings import Settings
from records.errors import MissingPart
from records.ports import Clock

if TYPE_CHECKING:
    from records.durable import DurableQueues
    from records.sql.unit_of_work import SqlStore


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
    def keys_folder(self) -> Path:
        """Where the service's own keys lie."""
        return make_private_folder(self.folder / "keys")

    @cached_property
    def store(self) -> "SqlStore":
        """The database: PostgreSQL, or SQLite in the data folder."""
        from records.sql.engine import make_engine
        from records.sql.unit_of_work import SqlStore

        url = self.settings.store.url
        engine = make_engine(url.get_secret_value() if url else f"sqlite:///{self.folder / 'sohoa.db'}")
        # The queue's library takes a second to import; only whoever enqueues waits for it.
        return SqlStore(engine, clock=self.clock, enqueuer=lambda connection: self.queue(connection))

    @cached_property
    def queue(self) -> "DurableQueues":
        """Makes the job queue's hand in a transaction."""
        from records.durable import DurableQueues

        return DurableQueues(self.store.engine)

    @cached_property
    def gatekeeper(self) -> Gatekeeper:
        """Signs people in and tells who a request comes from."""
        return Gatekeeper(self.store, self.clock, self.settings.web.session_hours)

    @cached_property
    def owner_secret(self) -> bytes:
        """The key of owner hashes in the audit log; made at first use, 256 random bits."""
        given = self.settings.store.owner_secret
        if given is not None:
            return given.get_secret_value().encode()
        return read_or_make_secret(self.keys_folder / "owner.key")


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
