"""The demonstration's batch on PostgreSQL and Elasticsearch with two workers, held against the default's."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from office import SOHOA, Office, check, sign_in, stop_service

from search.elastic import ElasticIndex, make_client
from tests.demonstration import EIGHT, give_port, run_demo
from tests.services.postgres import PostgresServer

pytestmark = [
    pytest.mark.tesseract, pytest.mark.softhsm, pytest.mark.postgres, pytest.mark.elastic, pytest.mark.slow,
    pytest.mark.timeout(600),
]  # fmt: skip
QUESTIONS = (
    {"q": "giấy xác nhận tình trạng hôn nhân"},
    {"q": "tinh trang hon nhan"},
    {"q": "quyết định", "facet": ["kind", "year", "issuer"]},
    {"q": "xây dựng", "unit": "H15.03"},
    {"order": "newest", "facet": ["kind", "state", "unit"]},
    {"q": "giấy phép xây dưngj"},
)


@pytest.fixture(scope="module")
def scaled(
    elastic_url: str, postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An office on PostgreSQL and Elasticsearch after `make demo`, with two workers."""
    office = Office.open(tmp_path_factory.mktemp("scaled"))
    give_port(office)
    with postgres_server.fresh_database() as url:
        office.prepare(store=url, search=elastic_url)
        try:
            with working_beside(office):
                run_demo(office.folder, "--store", url, "--search", elastic_url)
                yield Office.open(office.folder)
        finally:
            stop_service(office)
            ElasticIndex(make_client([elastic_url]), office.state["index"]).remove()


@contextmanager
def working_beside(office: Office) -> Iterator[None]:
    """A `sohoa worker` of its own."""
    with (office.folder / "worker.log").open("ab") as log:
        worker = subprocess.Popen([str(SOHOA), "worker"], env=office.environment, stdout=log, stderr=log)
    try:
        yield
        assert worker.poll() is None, "the second worker ended by itself"
    finally:
        worker.terminate()
        worker.wait(60)


def get(office: Office, path: str, **params: Any) -> Mapping[str, Any]:
    """What the archivist is answered."""
    with sign_in(office, "luu.tru") as archivist:
        return check(archivist.get(path, params=params))


def test_all_eight_decisions(scaled: Office) -> None:
    """Each decision code once, with an audit row of its own, the outage first in the local journal."""
    answers = scaled.state["answers"]
    assert [item["answer"]["code"] for item in answers] == EIGHT
    assert [item["audit"]["outcome"] for item in answers] == EIGHT
    assert len({item["audit"]["id"] for item in answers}) == len(EIGHT)
    assert answers[-1]["journaled"] is True


def test_both_workers_took_jobs(scaled: Office) -> None:
    """Two workers hold a slot each, and every job ended well."""
    with psycopg.connect(scaled.state["store"]) as connection:
        workers = connection.execute("SELECT count(*) FROM worker_slots WHERE holder IS NOT NULL").fetchone()
        jobs = connection.execute("SELECT status, executor_id FROM dbos.workflow_status").fetchall()
    assert workers == (2,)
    assert {status for status, _executor in jobs} == {"SUCCESS"}
    assert len({executor for _status, executor in jobs}) == 2


def test_every_file_ends_as_on_the_default(office: Office, scaled: Office) -> None:
    """The same outcome, reason and number of pages for each of the files, and counts that add up."""
    names = ("ordinal", "shown", "state", "code", "pages", "outcome", "reason")
    found = [{name: row[name] for name in names} for row in scaled.state["files"]]
    assert found == [{name: row[name] for name in names} for row in office.state["files"]]
    counts = get(scaled, f"/batches/{scaled.state['batch']}")["counts"]
    assert counts["received"] == len(found) == sum(counts["by_state"].values())
    assert counts == get(office, f"/batches/{office.state['batch']}")["counts"]


def test_every_record_holds_the_same_values(office: Office, scaled: Office) -> None:
    """Fields, verdict and state of each record are those of the embedded default."""
    for small, large in zip(office.state["files"], scaled.state["files"], strict=True):
        if small["record"] is not None:
            assert read_record(scaled, large) == read_record(office, small), small["shown"]


def read_record(office: Office, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says that does not name the run."""
    answer = get(office, f"/records/{row['record']}")
    record = {name: answer["record"][name] for name in ("title", "kind", "pages", "state", "signature_value")}
    return record | {field["name"]: field["value"] for field in answer["fields"]}


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_search_answers_as_on_the_default(
    question: Mapping[str, Any], office: Office, scaled: Office
) -> None:
    """The same hits, first hit, total and facets through the interface."""
    small, large = (get(one, "/search", limit=100, **question) for one in (office, scaled))
    assert [describe(hit) for hit in large["hits"][:1]] == [describe(hit) for hit in small["hits"][:1]]
    assert sorted(map(describe, large["hits"])) == sorted(map(describe, small["hits"]))
    assert small["total"] > 0
    for name in ("total", "facets", "corrected", "is_relaxed"):
        assert large[name] == small[name], name


def describe(hit: Mapping[str, Any]) -> tuple[str, ...]:
    """A hit without its id, which is each office's own."""
    return tuple(str(hit[name]) for name in ("title", "number", "issuer", "kind", "issued", "unit"))
