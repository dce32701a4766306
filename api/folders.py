"""The service's own folders and secrets on disk (thư mục riêng của dịch vụ)."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from records.errors import MissingPart

DEMO_MARK = "DEMO"
"""A file of this name says that the demo made the folder (see `api.cli.verify`)."""


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
