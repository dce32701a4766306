"""The index on Elasticsearch (chỉ mục Elasticsearch): client 8.19 against servers 8.19 and 9."""

from search.elastic_base import make_client
from search.elastic_finder import TOTAL_CAP, ElasticFinder
from search.elastic_operations import ElasticOperations
from search.flow import run_search
from search.index import SearchPage, SearchRequest
from search.similar import find_similar
from search.walking import stop, walk

__all__ = ["TOTAL_CAP", "ElasticIndex", "make_client"]


class ElasticIndex(ElasticFinder, ElasticOperations):
    """`SearchIndex` on Elasticsearch; `prefix` names its aliases and indices."""

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
