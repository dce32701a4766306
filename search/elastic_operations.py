"""Operating an Elasticsearch index (vận hành chỉ mục): making, writing, rebuilding, listing, checking."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from elasticsearch import ApiError, BadRequestError

from records.states import Confidentiality
from search.document import INDEXED_CLASSES, IndexDocument
from search.elastic_base import wrapped
from search.elastic_check import check_server
from search.elastic_schema import SCHEMA
from search.elastic_writes import ElasticWrites, prepare
from search.errors import IndexUnavailable

_GRACE_SECONDS = 3.0
_NO_LACK = (401, 403, 408, 429)


class ElasticOperations(ElasticWrites):
    """The writing half of `SearchIndex` on Elasticsearch, and what operating it needs."""

    def ensure(self) -> None:
        """Create the indices and aliases that are missing; safe to call again and from many processes."""
        with wrapped():
            for secrecy in INDEXED_CLASSES:
                if self._client.indices.exists_alias(name=self._alias(secrecy)):
                    continue
                aliases = {self._alias(secrecy): {}, self._writing_alias(secrecy): {}}
                name = f"{self._alias(secrecy)}-{SCHEMA}-0"
                try:
                    self._patient.indices.create(index=name, aliases=aliases, **self._body)
                except BadRequestError as exc:
                    if exc.error != "resource_already_exists_exception":
                        raise
        self.adapt_old()

    def _targets(self) -> dict[Confidentiality, list[str]]:
        """Indices that take writes now, made when missing (a write must never create one by itself)."""
        found = super()._targets()
        if all(found.values()):
            return found
        self.ensure()
        return super()._targets()

    def remove(self) -> None:
        """Delete every index of this prefix (scratch indices of measurements and tests)."""
        with wrapped():
            for secrecy in INDEXED_CLASSES:
                found = self._client.indices.get(index=f"{self._alias(secrecy)}-*").body
                for name in found:
                    self._patient.indices.delete(index=name)

    def rebuild(self, documents: Iterable[IndexDocument]) -> int:
        """Fill new indices that take writes meanwhile, then switch both aliases at once (`SearchIndex`)."""
        self.ensure()
        self._drop_unfinished()
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        built = {secrecy: f"{self._alias(secrecy)}-{SCHEMA}-{stamp}" for secrecy in INDEXED_CLASSES}
        with wrapped():
            for secrecy, name in built.items():
                self._patient.indices.create(
                    index=name, aliases={self._writing_alias(secrecy): {}}, **self._body
                )
        self._fill(documents, built)
        self._switch(built)
        self.refresh()
        return self.count()

    def _drop_unfinished(self) -> None:
        """Remove what a rebuild that died left behind; a second rebuild at the same time takes over."""
        with wrapped():
            read = {name for alias in self._names() for name in self._behind(alias)}
            for name in {name for alias in self._names() for name in self._behind(f"{alias}-ghi")} - read:
                self._patient.options(ignore_status=404).indices.delete(index=name)

    def _fill(self, documents: Iterable[IndexDocument], built: Mapping[Confidentiality, str]) -> None:
        targets = {secrecy: [name] for secrecy, name in built.items()}
        self._write(map(prepare, documents), targets)

    def _switch(self, built: Mapping[Confidentiality, str]) -> None:
        """Point every alias at the new indices in one request; the old ones go when their readers did."""
        actions: list[dict[str, Any]] = []
        old: set[str] = set()
        for secrecy, name in built.items():
            for alias in (self._alias(secrecy), self._writing_alias(secrecy)):
                others = [index for index in self._behind(alias) if index != name]
                old.update(others)
                actions += [{"remove": {"index": index, "alias": alias}} for index in others]
            actions.append({"add": {"index": name, "alias": self._alias(secrecy)}})
        with wrapped():
            for name in built.values():
                self._patient.indices.refresh(index=name)
            self._patient.indices.update_aliases(actions=actions)
            # A search or a write on its way was sent to the old indices; without them it would fail.
            time.sleep(_GRACE_SECONDS if old else 0.0)
            for name in old:
                self._patient.options(ignore_status=404).indices.delete(index=name)

    def count(self) -> int:
        """Documents in the index (`SearchIndex`)."""
        with wrapped():
            return int(
                self._client.count(index=[self._alias(secrecy) for secrecy in INDEXED_CLASSES])["count"]
            )

    def refresh(self) -> None:
        """Make all writes so far visible (`SearchIndex`)."""
        with wrapped():
            self._patient.indices.refresh(index=[self._alias(secrecy) for secrecy in INDEXED_CLASSES])

    def check(self) -> str:
        """Server and version after trying every part in use on a scratch index (`SearchIndex`)."""
        with wrapped():
            return check_server(self._client, f"{self.prefix}-kiem-tra", self._body, _attempt)


def _attempt(part: str, call: Callable[[], Any]) -> Any:
    """The call's answer; a server that is busy, starting or refuses the person lacks no part."""
    try:
        return call()
    except ApiError as exc:
        if exc.status_code in _NO_LACK or exc.status_code >= 500:
            raise
        raise IndexUnavailable(
            f"Máy chủ Elasticsearch thiếu: {part}.", part=part, status=exc.status_code
        ) from exc
