"""All tables together (toàn bộ lược đồ), one import a file of tables, so that migrations know each."""

from records.sql.saved_searches import saved_searches
from records.sql.schema import metadata
from records.sql.schema_clients import agreements
from records.sql.schema_reuse import mismatches
from records.sql.schema_verdicts import verdicts

__all__ = ["agreements", "metadata", "mismatches", "saved_searches", "verdicts"]
