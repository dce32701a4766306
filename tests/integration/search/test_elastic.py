"""What only a real Elasticsearch server can show."""

import http.client
import re
import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from records.access import Scope
from search.access import AccessScope
from search.document import IndexDocument
from search.elastic import ElasticIndex, make_client
from search.errors import BadQuery, IndexUnavailable
from search.index import SearchRequest

pytestmark = pytest.mark.elastic
SCOPE = AccessScope(Scope(None))


@pytest.fixture
def index(elastic_url: str) -> Iterator[ElasticIndex]:
    """An index without anything made yet."""
    index = ElasticIndex(make_client([elastic_url]), f"i{uuid4().hex[:12]}")
    yield index
    index.remove()


def test_search_before_anything_is_made_is_an_outage(index: ElasticIndex) -> None:
    """A missing index is told, not taken for an empty one."""
    with pytest.raises(IndexUnavailable):
        index.search(SearchRequest("đất", SCOPE))


def test_first_write_makes_the_index(index: ElasticIndex) -> None:
    """No step by hand is needed before the first document, and making it twice does no harm."""
    index.upsert([IndexDocument("a", 1, "Thu hồi đất")])
    index.ensure()
    index.refresh()
    assert [hit.id for hit in index.search(SearchRequest("thu hồi", SCOPE)).hits] == ["a"]


def test_rebuild_leaves_no_index_behind(index: ElasticIndex, elastic_url: str) -> None:
    """After two rebuilds each class has one index behind both of its aliases."""
    documents = [IndexDocument("a", 1, "Thu hồi đất")]
    index.rebuild(documents)
    index.rebuild(documents)
    found = make_client([elastic_url]).indices.get_alias(index=f"{index.prefix}-*").body
    assert sorted(len(value["aliases"]) for value in found.values()) == [2, 2]


def test_check_leaves_nothing_behind(index: ElasticIndex, elastic_url: str) -> None:
    """The self-check's scratch index is removed."""
    assert index.check().startswith("Elasticsearch ")
    assert make_client([elastic_url]).indices.get(index=f"{index.prefix}-*").body == {}


REFUSED = {
    "mapping": b"PUT /[^_]",
    "bulk": b"/_bulk",
    "external_gte": b'/_bulk.*"version":1',
    "mget": b"/_mget",
    "shingle": b"/_analyze",
    "termvectors": b"/_termvectors",
    "rescore": b'"rescore"',
    "sort": b'"missing"',
    "ids": rb'"ids":\{',
    "terms, sum": b'"sum"',
    "post_filter": b'"post_filter"',
    "filter": rb'"k":\{"filter"',
    "_msearch": b"/_msearch",
    "point in time": b"/_pit",
    "search_after": b'"search_after"',
}


@pytest.mark.parametrize("part", REFUSED)
def test_check_names_what_a_server_lacks(elastic_url: str, part: str) -> None:
    """Whatever part a server refuses is named, and the scratch index is removed all the same."""
    prefix = f"i{uuid4().hex[:12]}"
    pattern = re.compile(REFUSED[part], re.DOTALL)
    with refusing(elastic_url, pattern) as address, pytest.raises(IndexUnavailable) as caught:
        ElasticIndex(make_client([address]), prefix).check()
    assert caught.value.context["part"] == part
    assert make_client([elastic_url]).indices.get(index=f"{prefix}-*").body == {}


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_busy_server_lacks_nothing(elastic_url: str, status: int) -> None:
    """A server that is overloaded, starting or refuses the account is out of reach, not short of a part."""
    pattern = re.compile(REFUSED["termvectors"], re.DOTALL)
    with refusing(elastic_url, pattern, status) as address, pytest.raises(IndexUnavailable) as caught:
        ElasticIndex(make_client([address]), f"i{uuid4().hex[:12]}").check()
    assert caught.value.context == {"status": status}


@contextmanager
def refusing(url: str, pattern: re.Pattern[bytes], refusal: int = 400) -> Generator[str]:
    """The address of a server that hands everything on but what looks like this, as one without it does."""
    behind = urlsplit(url)

    class Between(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, kind, answer = refusal, "application/json", b'{"error":{"type":"khong_co"},"status":400}'
            if not pattern.search(f"{self.command} {self.path}\n".encode() + body):
                connection = http.client.HTTPConnection(behind.hostname or "", behind.port, timeout=30)
                connection.request(self.command, self.path, body, dict(self.headers))
                found = connection.getresponse()
                status, kind, answer = found.status, found.headers["Content-Type"] or kind, found.read()
                connection.close()
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any  # noqa: N815 - names of the base class

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Between) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_very_long_values_do_not_stop_the_outbox(index: ElasticIndex) -> None:
    """A body of a megabyte, a word of 40,000 letters and an issuer as long are taken in."""
    long = "x" * 40_000
    index.upsert([IndexDocument("a", 1, "Thu hồi đất", f"{long} " + "đất đai " * 100_000, issuer=long)])
    index.refresh()
    assert index.search(SearchRequest("thu hồi đất", SCOPE)).total == 1


def test_page_beyond_the_window_is_refused(index: ElasticIndex) -> None:
    """The server's own limit is told before it is asked."""
    index.ensure()
    with pytest.raises(BadQuery):
        index.search(SearchRequest("", SCOPE, offset=9_999, limit=2))


def test_a_slow_server_is_waited_for_as_long_as_the_setting_says() -> None:
    """A server that accepts and says nothing is given up after the time that was set."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        index = ElasticIndex(make_client([address], seconds=0.2), "khong")
        started = time.monotonic()
        with pytest.raises(IndexUnavailable):
            index.count()
    assert time.monotonic() - started < 3
