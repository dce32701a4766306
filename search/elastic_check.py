"""Start-up check of an Elasticsearch server (tự kiểm tra): every part in use is tried on a scratch index.

The client is handed in: `search.elastic` alone imports the library.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from search.errors import IndexUnavailable

SUPPORTED = (8, 9)
_VERSION = 2
_MARK = 7.0
_SOURCE = {
    "ma": "1", "kd": "quyet dinh thu hoi", "cd": "quyết định thu hồi", "td_kd": "quyet dinh", "mat": "thuong",
    "loai": "Quyết định", "khoang": 3, "dau": _MARK,
}  # fmt: skip
_OF_CLASS = [{"term": {"mat": "thuong"}}]
_KINDS = {"terms": {"field": "loai", "order": [{"_count": "desc"}, {"_key": "asc"}]}}
_NEAR = {"match_phrase": {"kd": {"query": "quyet hoi", "slop": 50}}}
_SEARCHES: dict[str, dict[str, Any]] = {
    "match": {"query": {"match": {"kd": {"query": "quyet hoi", "minimum_should_match": "2"}}}},
    "rescore": {
        "query": {"match": {"kd": "quyet"}},
        "rescore": {"window_size": 10, "query": {"rescore_query": _NEAR}},
    },
    "sort": {"sort": [{"ngay": {"order": "desc", "missing": "_last"}}, {"ma": "asc"}]},
    "ids": {"query": {"bool": {"filter": [*_OF_CLASS, {"ids": {"values": ["1"]}}]}}},
    "terms, sum": {"aggs": {"k": {"terms": {"field": "khoang"}, "aggs": {"n": {"sum": {"field": "dau"}}}}}},
    "post_filter": {"post_filter": {"bool": {"filter": _OF_CLASS}}},
    "filter": {"aggs": {"k": {"filter": {"bool": {"filter": _OF_CLASS}}, "aggs": {"n": _KINDS}}}},
}
"""Every kind of search in use, by the part that it tries; each finds the one document."""


def read_version(client: Any) -> str:
    """Lowest version among the nodes; `info()` and `ping()` are refused by some distributions."""
    nodes = client.nodes.info(filter_path="nodes.*.version")["nodes"]
    return min(node["version"] for node in nodes.values())


Attempt = Callable[[str, Callable[[], Any]], Any]
"""Runs a call and raises `IndexUnavailable` naming the part when the server refuses it."""


def check_server(client: Any, prefix: str, body: dict[str, Any], attempt: Attempt) -> str:
    """`Elasticsearch <version>`; raises `IndexUnavailable` naming the part that is missing."""
    version = attempt("nodes.info", lambda: read_version(client))
    if int(version.split(".")[0]) not in SUPPORTED:
        raise IndexUnavailable("Cần Elasticsearch 8 hoặc 9.", version=version)
    name = f"{prefix}-{uuid4().hex}"
    attempt("mapping", lambda: client.indices.create(index=name, **body))
    try:
        _check_parts(client, name, attempt)
    finally:
        client.options(ignore_status=404).indices.delete(index=name)
    return f"Elasticsearch {version}"


def _check_parts(client: Any, name: str, attempt: Attempt) -> None:
    _check_writing(client, name, attempt)
    _check_words(client, name, attempt)
    _check_searches(client, name, attempt)
    _check_walk(client, name, attempt)
    removal = {"delete": _target(name, _VERSION + 1)}
    removed = attempt("bulk", lambda: client.bulk(operations=[removal]))
    _expect("bulk", removed["items"][0]["delete"]["status"], 200)


def _target(name: str, version: int) -> dict[str, Any]:
    return {"_index": name, "_id": "1", "version": version, "version_type": "external_gte"}


def _check_writing(client: Any, name: str, attempt: Attempt) -> None:
    def write(version: int) -> int:
        operations = [{"index": _target(name, version)}, _SOURCE]
        return client.bulk(operations=operations, refresh=True)["items"][0]["index"]["status"]

    _expect("bulk", attempt("bulk", lambda: write(_VERSION)), 201)
    _expect("external_gte", attempt("external_gte", lambda: write(_VERSION)), 200)
    _expect("external_gte", attempt("external_gte", lambda: write(_VERSION - 1)), 409)
    got = attempt("mget", lambda: client.mget(index=name, ids=["1", "2"], source=False))["docs"]
    _expect("mget", [(one["found"], one.get("_version")) for one in got], [(True, _VERSION), (False, None)])


def _check_words(client: Any, name: str, attempt: Attempt) -> None:
    asked = {"index": name, "analyzer": "vi_2", "text": "thu hoi dat"}
    tokens = attempt("shingle", lambda: client.indices.analyze(**asked))["tokens"]
    _expect("shingle", [token["token"] for token in tokens], ["thu hoi", "hoi dat"])
    wanted = {"index": name, "doc": {"kd": "thu"}, "fields": ["kd"], "term_statistics": True}
    vectors = attempt("termvectors", lambda: client.termvectors(**wanted))["term_vectors"]
    # Counts include earlier versions of a document until their segment is merged away.
    _expect("termvectors", vectors["kd"]["terms"]["thu"].get("doc_freq", 0) > 0, True)


def _check_searches(client: Any, name: str, attempt: Attempt) -> None:
    """Each by itself, so that what is missing has a name, then all in one request."""
    for part, body in _SEARCHES.items():
        found = attempt(part, lambda body=body: client.search(index=name, body=body))
        _expect(part, found["hits"]["total"]["value"], 1)
        if "aggs" in body:
            [bucket] = found["aggregations"]["k"].get("n", found["aggregations"]["k"])["buckets"]
            _expect(part, (bucket["doc_count"], bucket.get("n", {}).get("value", _MARK)), (1, _MARK))
    searches = [line for body in _SEARCHES.values() for line in ({"index": name}, body)]
    answers = attempt("_msearch", lambda: client.msearch(searches=searches))["responses"]
    _expect("_msearch", ["error" in answer for answer in answers], [False] * len(_SEARCHES))


def _check_walk(client: Any, name: str, attempt: Attempt) -> None:
    part = "point in time"
    opened = attempt(part, lambda: client.open_point_in_time(index=name, keep_alive="1m"))["id"]
    try:
        body = {"pit": {"id": opened, "keep_alive": "1m"}, "sort": [{"ma": "asc"}], "search_after": ["0"]}
        found = attempt("search_after", lambda: client.search(body=body))
        _expect("search_after", [hit["sort"][0] for hit in found["hits"]["hits"]], ["1"])
    finally:
        attempt(part, lambda: client.close_point_in_time(id=opened))


def _expect(part: str, found: object, wanted: object) -> None:
    """Raise `IndexUnavailable` when a part answers otherwise than it must."""
    if found != wanted:
        raise IndexUnavailable(f"Máy chủ Elasticsearch thiếu: {part}.", part=part)
