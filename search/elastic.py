"""The index on Elasticsearch (chỉ mục Elasticsearch): client 8.19 against servers 8.19 and 9."""

from search.elastic_base import make_client
from search.elastic_finder import TOTAL_CAP, ElasticFinder
from search.elastic_operations import ElasticOperations
from search.flow import run_search
from search.index import SearchPage, SearchRequest

__all__ = ["TOTAL_CAP", "ElasticIndex", "make_client"]


class ElasticIndex(ElasticFinder, ElasticOperations):
    """`SearchIndex` on Elasticsearch; `prefix` names its aliases and indices."""

    def search(self, request: SearchRequest) -> SearchPage:
        """Hits within the request's scope (`SearchIndex`)."""
        return run_search(self, request)
