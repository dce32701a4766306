"""Fixtures for tests that need a real Elasticsearch (marker `elastic`); loaded by the root conftest.

`SOHOA_TEST_ELASTIC_URL` names a server to use instead of one started here;
`SOHOA_TEST_ELASTIC_VERSION` chooses the version to start (8.19.9 unless told).
"""

import os
from collections.abc import Iterator

import pytest

from tests.services import elastic


@pytest.fixture(scope="session")
def elastic_url() -> Iterator[str]:
    """URL of a running server, shared by all workers; the last to let go stops it."""
    given = os.environ.get("SOHOA_TEST_ELASTIC_URL")
    if given:
        yield given
        return
    yield elastic.start(os.environ.get("SOHOA_TEST_ELASTIC_VERSION", elastic.VERSIONS[0]))
    elastic.release()
