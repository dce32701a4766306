"""A million generated pages on Elasticsearch: the list stays quick."""

import json
from pathlib import Path

import pytest

from bench.search import main

pytestmark = [pytest.mark.soak, pytest.mark.elastic]
LIST_MS = 300.0


def test_list_over_a_million_pages(tmp_path: Path) -> None:
    """Four users without pause get the list with highlights within 300 ms, 95 times of 100."""
    out = tmp_path / "search.json"
    main(["--documents", "1000000", "--growth", "10000,100000", "--indexing", "0", "--json", str(out)])
    largest = json.loads(out.read_text())[-1]
    assert largest["documents"] == 1_000_000
    assert largest["timings"]["list"]["p95"] <= LIST_MS
