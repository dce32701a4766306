"""An index that is built anew while people search and write (dựng lại dưới tải), for either back end."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from records.access import Scope
from records.errors import ServiceError
from search.access import AccessScope
from search.document import IndexDocument
from search.index import SearchIndex, SearchRequest
from tests.parity import build_documents

REQUEST = SearchRequest("quy hoạch chi tiết", AccessScope(Scope(None)), limit=100)
_CHANGED = 40
_INVITED = 20


def find(index: SearchIndex) -> tuple[int, tuple[str, ...]]:
    """What the question finds: the total and every id, each as often as it is listed."""
    page = index.search(REQUEST)
    return page.total, tuple(sorted(hit.id for hit in page.hits))


@dataclass
class Load:
    """Users who search, a writer, and what the database says meanwhile.

    The writer raises versions of papers that the question may find, and adds and removes invitations that it
    never finds: so every search must have the same answer as the first.
    """

    index: SearchIndex
    searchers: int = 2
    failures: list[object] = field(default_factory=list[object])
    searches: int = 0
    writes: int = 0

    def __post_init__(self) -> None:
        """Fill the index."""
        self._database = {document.id: document for document in build_documents()}
        self._removed: dict[str, int] = {}
        self._lock = threading.Lock()
        self._done = threading.Event()
        self.index.upsert(list(self._database.values()))
        self.index.refresh()
        self._expected = find(self.index)
        assert self._expected[0] > 0

    def run(self, rebuilds: int) -> None:
        """Rebuild so often under load, then see that nothing failed, was lost or is there twice."""
        threads = [threading.Thread(target=self._repeat, args=(self._search,)) for _ in range(self.searchers)]
        threads.append(threading.Thread(target=self._repeat, args=(self._write,)))
        for thread in threads:
            thread.start()
        try:
            for _ in range(rebuilds):
                self.index.rebuild(self._iter_documents())
        finally:
            self._done.set()
            for thread in threads:
                thread.join()
        self.index.refresh()
        held = list(self.index.ids_with_versions())
        assert self.failures == []
        assert self.searches >= rebuilds
        assert self.writes >= 1
        assert len(held) == len(dict(held))
        assert dict(held) == {document.id: document.version for document in self._database.values()}
        assert find(self.index) == self._expected

    def _repeat(self, act: Callable[[int], None]) -> None:
        number = 0
        while not self._done.is_set():
            number += 1
            try:
                act(number)
            except (ServiceError, AssertionError) as error:
                self.failures.append((act.__name__, error, getattr(error, "context", None), error.__cause__))

    def _search(self, _number: int) -> None:
        found = find(self.index)
        assert found == self._expected
        self.searches += 1

    def _write(self, number: int) -> None:
        """As the outbox does: the database first, then the index."""
        with self._lock:
            chosen = [self._database[f"r{at:03d}"] for at in range(_CHANGED)]
            changed = [replace(document, version=document.version + 1) for document in chosen]
            name = f"m{number % _INVITED:03d}"
            version = 1 + max(self._removed.get(name, 0), self._find_version(name))
            invitation = IndexDocument(
                name, version, "Giấy mời họp", "", unit="H15.01", unit_path=("H15.01",)
            )
            is_removal = name in self._database
            if is_removal:
                del self._database[name]
                self._removed[name] = version
            else:
                changed.append(invitation)
            self._database |= {document.id: document for document in changed}
        self.index.upsert(changed)
        if is_removal:
            assert self.index.delete(name, version)
        self.writes += 1

    def _find_version(self, name: str) -> int:
        known = self._database.get(name)
        return known.version if known else 0

    def _iter_documents(self) -> Iterator[IndexDocument]:
        """The database's documents, each as it stands when the rebuild comes to it."""
        with self._lock:
            names = sorted(self._database)
        for name in names:
            with self._lock:
                document = self._database.get(name)
            if document is not None:
                yield document
