"""How fast papers are found and indexed (đo tìm kiếm): beside a bare Elasticsearch, in the same run.

    python bench/search.py [--documents 100000] [--growth 10000,30000] [--seconds 15] [--rounds 2] [--users 4]
                           [--indexing 20000] [--embedded 0] [--version 9.5.0] [--url URL] [--json F]

One node of its own (1 GB), request cache off. Fills generated pages, then asks full questions by users
without pause, in turns: the bare two-phase query with highlights, the list at `SearchIndex`, facets and
totals. Aims at 100 k: list p95 100 ms, facets 250 ms; at 1 M the list 300 ms. Then bulk writing of prepared
bodies: bare, and by outbox and versions; aim 0.8. `--documents 2000 --seconds 2 --rounds 1 --indexing 2000`
is the short form.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from bench.generated import UNITS, Papers
from bench.indexing import measure_indexing
from bench.timing import Call, Timing, build_timing, run_users
from records.access import Scope
from search.access import AccessScope
from search.elastic import ElasticIndex, make_client
from search.index import Facet, SearchIndex, SearchRequest
from search.queries import gate_accents
from search.text import word_forms
from tests.services.elastic_cluster import running_cluster

SCOPE = AccessScope(Scope(frozenset(UNITS[:30])))
FACETS = (Facet.KIND, Facet.ISSUER, Facet.UNIT, Facet.STATE, Facet.YEAR)
PREFIX = "bench"
_QUESTIONS = 4000


def fill(client: Elasticsearch, papers: Papers, start: int, end: int) -> float:
    """Add pages by bulk, two requests at a time; seconds."""
    begun = time.monotonic()

    def actions() -> Iterator[dict[str, Any]]:
        for number in range(start, end):
            body = papers.build_body(number)
            index = f"{PREFIX}-{body['mat'].replace('_', '-')}"
            yield {
                "_index": index, "_id": body["ma"], "version": 1, "version_type": "external_gte",
                "_source": body,
            }  # fmt: skip

    for _done, _item in parallel_bulk(client, actions(), thread_count=2, chunk_size=500):
        pass
    client.indices.refresh(index=f"{PREFIX}-*")
    return time.monotonic() - begun


def build_bare(question: str) -> dict[str, Any]:
    """The best plain query of two phases with the server's highlights, straight to the server."""
    exact, folded = word_forms(question)
    words, accented = " ".join(folded), " ".join(gate_accents(exact, folded))

    def match(field: str, text: str, boost: float) -> dict[str, Any]:
        return {"match": {field: {"query": text, "boost": boost}}}

    first = [match("kd", words, 1.0), match("kd.doi", words, 0.85), match("td_kd", words, 0.35)]
    near = {"match_phrase": {"kd": {"query": words, "slop": 50, "boost": 1.5}}}
    second = [match("td_kd.doi", words, 0.2975), near]
    if accented:
        second.append(match("cd", accented, 0.5))
    allowed = [{"term": {"mat": "thuong"}}, {"terms": {"don_vi": list(UNITS[:30])}}]
    return {
        "size": 10, "track_total_hits": False,
        "_source": ["tieu_de", "so", "co_quan", "loai", "ngay", "don_vi"],
        "query": {"bool": {"must": [{"bool": {"should": first}}], "filter": allowed}},
        "rescore": {"window_size": 200, "query": {"rescore_query": {"bool": {"should": second}}}},
        "highlight": {
            "fields": {"kd": {"type": "unified", "fragment_size": 160, "number_of_fragments": 2}},
            "max_analyzed_offset": 100_000,
        },
    }  # fmt: skip


def build_calls(client: Elasticsearch, index: SearchIndex, papers: Papers) -> dict[str, Call]:
    """Every way of asking, by name."""
    questions = [papers.build_question(number) for number in range(_QUESTIONS)]
    bodies = [build_bare(question) for question in questions]
    return {
        "bare": lambda n: client.search(
            index=f"{PREFIX}-thuong", body=bodies[n % _QUESTIONS], request_cache=False
        ),
        **build_own_calls(index, questions),
    }


def build_own_calls(index: SearchIndex, questions: Sequence[str]) -> dict[str, Call]:
    """The list of ten with highlights, and facets with totals, at `SearchIndex`."""
    count = len(questions)
    return {
        "list": lambda n: index.search(SearchRequest(questions[n % count], SCOPE, limit=10)),
        "facets": lambda n: index.search(SearchRequest(questions[n % count], SCOPE, limit=0, facets=FACETS)),
    }


def measure(calls: dict[str, Call], given: argparse.Namespace) -> dict[str, Timing]:
    """Each way in turns, warm."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        run_users(call, given.users, min(3.0, given.seconds))
    for turn in range(given.rounds):
        for name, call in calls.items():
            times[name] += run_users(call, given.users, given.seconds, 700 * (turn + 1))
    return {name: build_timing(found, given.seconds * given.rounds) for name, found in times.items()}


def tell(documents: int, timings: dict[str, Timing], per_document: float) -> dict[str, Any]:
    """Print one size and return it for the file."""
    print(f"\n{documents} pages, {per_document:.0f} bytes each in the index")
    for name, timing in timings.items():
        print(f"  {name:7} {timing.describe()}")
    named = {name: asdict(timing) for name, timing in timings.items()}
    return {"documents": documents, "bytes_per_document": per_document, "timings": named}


@contextmanager
def opened(given: argparse.Namespace) -> Iterator[str]:
    """The address of a server: the one named, or one started for this run."""
    if given.url:
        yield given.url
        return
    with running_cluster(given.version, heap="1g") as nodes:
        yield nodes[0].url


def measure_elastic(given: argparse.Namespace, papers: Papers) -> list[dict[str, Any]]:
    """Every size on Elasticsearch, then indexing."""
    sizes = sorted({*map(int, filter(None, given.growth.split(","))), given.documents})
    rows: list[dict[str, Any]] = []
    with opened(given) as url:
        client = make_client([url], seconds=60)
        index = ElasticIndex(client, PREFIX)
        index.remove()
        index.ensure()
        client.indices.put_settings(index=f"{PREFIX}-*", settings={"index.requests.cache.enable": False})
        filled = 0
        for size in sizes:
            seconds = fill(client, papers, filled, size)
            print(f"filled {size - filled} pages in {seconds:.0f} s", flush=True)
            filled = size
            status = index.find_status()
            timings = measure(build_calls(client, index, papers), given)
            rows.append(tell(size, timings, status.bytes / max(1, status.documents)))
        index.remove()
        if given.indexing:
            rows.append({"indexing": measure_indexing(client, papers, given.indexing)})
    return rows


def measure_embedded(given: argparse.Namespace, papers: Papers) -> list[dict[str, Any]]:
    """The same questions on the embedded index."""
    import tempfile

    from records.sql.engine import make_engine
    from search.embedded import EmbeddedIndex

    with tempfile.TemporaryDirectory(prefix="sohoa-bench-") as folder:
        engine = make_engine(f"sqlite:///{folder}/index.db")
        index, begun = EmbeddedIndex(engine), time.monotonic()
        for start in range(0, given.embedded, 500):
            end = min(start + 500, given.embedded)
            index.upsert([papers.build_document(number) for number in range(start, end)])
        print(f"\nembedded: {given.embedded} pages in {time.monotonic() - begun:.0f} s", flush=True)
        status = index.find_status()
        questions = [papers.build_question(number) for number in range(_QUESTIONS)]
        timings = measure(build_own_calls(index, questions), given)
        row = tell(given.embedded, timings, status.bytes / max(1, status.documents))
        engine.dispose()
    return [{"embedded": row}]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000, help="0: not on Elasticsearch")
    parser.add_argument("--growth", default="", help="sizes measured on the way, e.g. 10000,30000")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--users", type=int, default=4)
    parser.add_argument("--indexing", type=int, default=20_000, help="bodies written; 0: not measured")
    parser.add_argument("--embedded", type=int, default=0, help="pages in the embedded index")
    parser.add_argument("--version", default="9.5.0")
    parser.add_argument("--url")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    papers = Papers()
    rows = measure_elastic(given, papers) if given.documents else []
    rows += measure_embedded(given, papers) if given.embedded else []
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
