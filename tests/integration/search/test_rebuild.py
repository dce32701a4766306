"""The embedded index is built anew while people search and write; for Elasticsearch see test_cluster."""

from pathlib import Path

import pytest

from records.sql.engine import make_engine
from search.embedded import EmbeddedIndex
from tests.rebuilding import Load

pytestmark = [pytest.mark.sql]


def test_rebuild_under_load_fails_no_search_and_loses_nothing(tmp_path: Path) -> None:
    """Every search finds the same; each version and removal written meanwhile is there afterwards, once."""
    engine = make_engine(f"sqlite:///{tmp_path}/index.db")
    Load(EmbeddedIndex(engine)).run(rebuilds=2)
    engine.dispose()
