"""The embedded index on SQLite FTS5 (chỉ mục nhúng): in the service's own database or a file of its own."""

from search.embedded_finder import MATCH_CAP, EmbeddedFinder
from search.embedded_operations import EmbeddedOperations
from search.flow import run_search
from search.index import SearchPage, SearchRequest
from search.similar import find_similar
from search.walking import stop, walk

__all__ = ["MATCH_CAP", "EmbeddedIndex"]


class EmbeddedIndex(EmbeddedFinder, EmbeddedOperations):
    """`SearchIndex` on SQLite; `engine` is one of `records.sql.engine.make_engine`."""

    def search(self, request: SearchRequest) -> SearchPage:
        """Hits within the request's scope (`SearchIndex`)."""
        return run_search(self, request)

    def walk(self, request: SearchRequest, at: str | None = None) -> SearchPage:
        """A page of a walk through all hits (`SearchIndex`)."""
        return walk(self, request, at)

    def stop(self, at: str) -> None:
        """End a walk (`SearchIndex`)."""
        stop(self, at)

    def more_like(self, document_id: str, request: SearchRequest) -> SearchPage:
        """Documents like one of them (`SearchIndex`)."""
        return find_similar(self, document_id, request)
