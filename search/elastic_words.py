"""The words of an Elasticsearch index (vốn từ): counts asked as term vectors of a made-up text, and kept."""

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from elasticsearch import Elasticsearch

from search.elastic_base import wrapped
from search.vocabulary import Statistics

KEPT_SECONDS = 60.0
MAX_KEPT = 200_000


@dataclass(slots=True)
class _Known:
    """What was answered since `since`."""

    since: float = 0.0
    documents: int = 0
    mean_length: float = 1.0
    counts: dict[str, int] = field(default_factory=dict[str, int])


class ElasticVocabulary:
    """Word counts of the unrestricted documents (`Vocabulary`), each kept for a minute.

    A word that no document had is asked for again every time: it may just have been indexed, and a search
    for it must not be corrected to another.
    """

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._known = _Known()
        self._lock = threading.Lock()

    def read_statistics(self, words: Collection[str], pairs: Collection[str]) -> Statistics:
        """Counts for these words and pairs (`Vocabulary`)."""
        wanted = {*words, *pairs}
        wanted.update(word for pair in pairs for word in pair.split(" "))
        known = self._current()
        missing = [term for term in wanted if term not in known.counts]
        if missing or not known.documents:
            self._ask(known, missing)
        counts = {term: known.counts[term] for term in wanted if known.counts.get(term)}
        return Statistics(known.documents, known.mean_length, counts)

    def _current(self) -> _Known:
        """What is known and not too old; a new, empty one otherwise."""
        with self._lock:
            if time.monotonic() - self._known.since > KEPT_SECONDS or len(self._known.counts) > MAX_KEPT:
                self._known = _Known(time.monotonic())
            return self._known

    def _ask(self, known: _Known, missing: Collection[str]) -> None:
        """Ask for words and pairs in one request, of the first index behind the alias."""
        pairs = [term for term in missing if " " in term]
        # A word for its own sake may not stand beside another: every term is asked for in its own place.
        text = " ".join([*sorted(set(missing) - set(pairs)), *sorted(pairs)]) or "a"
        with wrapped():
            answer = self._client.termvectors(
                index=self._alias,
                doc={"kd": text},
                fields=["kd", "kd.doi"] if pairs else ["kd"],
                term_statistics=True,
                field_statistics=True,
                offsets=False,
                positions=False,
            ).body
        vectors = answer.get("term_vectors", {})
        if "kd" in vectors:
            statistics = vectors["kd"]["field_statistics"]
            known.documents = max(int(statistics["doc_count"]), 0)
            known.mean_length = max(statistics["sum_ttf"], 0) / max(known.documents, 1) or 1.0
        found = {
            term: int(value.get("doc_freq", 0))
            for vector in vectors.values()
            for term, value in vector["terms"].items()
        }
        known.counts.update({term: found[term] for term in missing if found.get(term)})
        known.counts.update({pair: 0 for pair in pairs if not found.get(pair)})
