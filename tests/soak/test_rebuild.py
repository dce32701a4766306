"""Thirty rebuilds in a row while people search and write, on both back ends (long test_rebuild)."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from records.sql.engine import make_engine
from search.elastic import ElasticIndex, make_client
from search.embedded import EmbeddedIndex
from tests.rebuilding import Load

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]
REBUILDS = 30


@pytest.fixture
def elastic_index(elastic_url: str) -> Iterator[ElasticIndex]:
    """An index without papers on the server of the tests."""
    made = ElasticIndex(make_client([elastic_url], seconds=20), f"s{uuid4().hex[:8]}")
    made.ensure()
    yield made
    made.remove()


@pytest.mark.sql
def test_embedded_rebuilds(tmp_path: Path) -> None:
    """No failed search, nothing lost, nothing twice, on the embedded index."""
    engine = make_engine(f"sqlite:///{tmp_path}/index.db")
    Load(EmbeddedIndex(engine), searchers=3).run(REBUILDS)
    engine.dispose()


@pytest.mark.elastic
def test_elastic_rebuilds(elastic_index: ElasticIndex) -> None:
    """The same on Elasticsearch."""
    Load(elastic_index, searchers=3).run(REBUILDS)
