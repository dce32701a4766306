"""Start-up check of an Elasticsearch server (tự kiểm tra): every part in use is tried on a scratch index.

The client is handed in: `search.elastic` alone imports the library.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from search.errors import IndexUnavailable

SUPPORTED = (8, 9)


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
    source = {
        "ma": "1",
        "kd": "quyet dinh thu hoi",
        "cd": "quyết định thu hồi",
        "td_kd": "quyet dinh",
        "mat": "thuong",
    }
    attempt(
        "external_gte",
        lambda: client.index(
            index=name, id="1", document=source, version=1, version_type="external_gte", refresh=True
        ),
    )
    tokens = attempt(
        "shingle", lambda: client.indices.analyze(index=name, analyzer="vi_2", text="thu hoi dat")
    )["tokens"]
    if [token["token"] for token in tokens] != ["thu hoi", "hoi dat"]:
        raise IndexUnavailable("Máy chủ Elasticsearch thiếu: bộ lọc shingle.", part="shingle")
    phrase = {"match_phrase": {"kd": {"query": "quyet hoi", "slop": 50}}}
    found = attempt(
        "match, rescore",
        lambda: client.search(
            index=name,
            query={"match": {"kd": {"query": "quyet hoi", "minimum_should_match": "2"}}},
            rescore={"window_size": 10, "query": {"rescore_query": phrase}},
            aggs={"loai": {"terms": {"field": "mat"}}},
        ),
    )
    if found["hits"]["total"]["value"] != 1:
        raise IndexUnavailable("Máy chủ Elasticsearch không tìm được tài liệu thử.", part="match")
    attempt(
        "termvectors",
        lambda: client.termvectors(index=name, doc={"kd": "thu"}, fields=["kd"], term_statistics=True),
    )
    opened = attempt("point in time", lambda: client.open_point_in_time(index=name, keep_alive="1m"))["id"]
    attempt("point in time", lambda: client.close_point_in_time(id=opened))
