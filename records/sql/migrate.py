"""Brings a database to the newest schema (nâng cấp lược đồ); safe when several processes start together."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, TypeDecorator, text

from records.sql.every_table import metadata
from records.sql.failures import translated_failures

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x50484F41  # any fixed number; one advisory lock for migrations


def migrate(engine: Engine) -> None:
    """Run every migration that is missing, in one transaction; raises `StoreUnavailable`."""
    with translated_failures(), engine.connect() as connection, connection.begin():
        # SQLite: BEGIN IMMEDIATE already keeps the second process waiting.
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(build_config(connection), "head")


def build_config(connection: Connection) -> Config:
    """Alembic's configuration for an open connection; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def is_ours(_object: object, name: str | None, kind: str, reflected: bool, _compared: Any) -> bool:
    """Whether autogenerate looks at it: full-text and job tables share the database and are not ours."""
    return not (kind == "table" and reflected and name not in metadata.tables)


def render_type(kind: str, item: Any, _context: object) -> str | bool:
    """Autogenerate writes plain types: a migration must not change when our column types do."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False
