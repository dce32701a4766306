"""The embedded index on SQLite FTS5 (chỉ mục nhúng): in the service's own database or a file of its own."""

from search.embedded_finder import MATCH_CAP, EmbeddedFinder
from search.embedded_operations import EmbeddedOperations
from search.flow import run_search
from search.index import SearchPage, SearchRequest

__all__ = ["MATCH_CAP", "EmbeddedIndex"]


class EmbeddedIndex(EmbeddedFinder, EmbeddedOperations):
    """`SearchIndex` on SQLite; `engine` is one of `records.sql.engine.make_engine`."""

    def search(self, request: SearchRequest) -> SearchPage:
        """Hits within the request's scope (`SearchIndex`)."""
        return run_search(self, request)
