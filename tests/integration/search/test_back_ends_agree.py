"""One office's records on SQLite + FTS5 and on PostgreSQL + Elasticsearch: the same answers to everything.

Both are written through the real stores and fed from the outbox alone, by the worker's own delivery.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from api.settings import SearchSettings, Settings, StoreSettings
from api.wiring import Service, build_service
from api.worker import pump
from ocr.sidecar import page_texts_to_json
from ocr.types import Box, PageText, Quality, QualityVerdict, Word
from records.access import Principal, Role, Scope, build_reach
from records.actions.acting import Acting
from records.actions.fields import confirm_fields
from records.actions.records import RECORD_CHANGED
from records.field_names import FieldName
from records.identifiers import hash_owner, parse_owner
from records.states import Confidentiality
from search.access import build_scope
from search.document import IndexDocument
from search.elastic import ElasticIndex
from search.errors import IndexUnavailable
from search.index import Facet, Filters, Order, SearchRequest
from search.text import fold
from tests.factories import add_record, build_field, build_unit
from tests.parity import ACTS, KINDS, PEOPLE, PLACES, PROVINCE, UNITS, build_documents, describe
from tests.services.postgres import PostgresServer

pytestmark = [pytest.mark.sql, pytest.mark.postgres, pytest.mark.elastic, pytest.mark.slow]

SECRET = SecretStr(uuid4().hex)
OWNERS = tuple(f"0010900{number:05d}" for number in range(25))
CORRECTED = tuple(f"r{at:03d}" for at in range(5, 300, 15))
FACETS = (Facet.KIND, Facet.ISSUER, Facet.UNIT, Facet.STATE, Facet.YEAR)
PAGE = 20


@dataclass(frozen=True)
class Both:
    """The same office twice."""

    small: Service
    large: Service


def make_person(units: frozenset[str] | None, *roles: Role) -> Principal:
    """Somebody with roles in some units, None: everywhere."""
    return Principal("an", "An", "person", build_reach(dict.fromkeys(roles, Scope(units))))


CHIEF = make_person(None, Role.ARCHIVIST)
SCOPE = build_scope(CHIEF)


def owner_of(document: IndexDocument) -> str:
    """The invented owner of an invented paper."""
    return OWNERS[int(document.id[1:]) * 7 % len(OWNERS)]


def read_as_page(text: str) -> bytes:
    """The page text as recognition leaves it."""
    words = tuple(Word(word, word, 0.9, Box(0, 0, 9, 9), 0) for word in text.split())
    return page_texts_to_json([PageText(900, 1200, 100, 0, 0.0, Quality(QualityVerdict.GOOD, ()), words)])


def write_records(service: Service, documents: list[IndexDocument]) -> None:
    """Every paper as a record with fields and outbox event, fifty a transaction."""
    for start in range(0, len(documents), 50):
        with service.store.write() as work:
            if start == 0:
                work.units.add(build_unit(PROVINCE))
                for unit in UNITS:
                    work.units.add(build_unit(unit, parent=PROVINCE))
            for document in documents[start : start + 50]:
                record = add_record(
                    work, {"batch_changes": {"unit": document.unit}}, id=document.id, unit=document.unit,
                    title=document.title, kind=document.kind, confidentiality=document.secrecy, pages=1,
                    text_sha256=service.blobs.put(read_as_page(document.body)),
                )  # fmt: skip
                values = {
                    FieldName.NUMBER: document.number,
                    FieldName.ISSUER: document.issuer,
                    FieldName.ISSUED: str(document.issued),
                    FieldName.OWNER_ID: owner_of(document),
                }
                fields = [build_field(record.id, name, value=value) for name, value in values.items()]
                work.records.put_fields(record.id, fields)
                work.outbox.add(RECORD_CHANGED, record.id, record.version, record.created_at)
            work.commit()


def correct_records(service: Service) -> None:
    """An archivist corrects the number of some papers after they were indexed: a second event for each."""
    acting = Acting(CHIEF, datetime.now(UTC), "test")
    for at, record_id in enumerate(CORRECTED):
        confirm_fields(service.store, acting, record_id, {FieldName.NUMBER: f"{90 + at % 4}/BB-UBND"})


def fill(service: Service) -> None:
    """Records in, events out, some corrected, events out again."""
    service.migrate()
    service.prepare_index()
    write_records(service, build_documents())
    assert pump(service.store, service.clock, service.deliver) == 300
    correct_records(service)
    assert pump(service.store, service.clock, service.deliver) == len(CORRECTED)
    service.index.refresh()


def make_service(folder: Path, search: SearchSettings, url: str | None) -> Service:
    """A service whose index is keyed as the other's."""
    store = StoreSettings(folder=folder, url=SecretStr(url) if url else None, owner_secret=SECRET)
    return build_service(Settings(store=store, search=search))


@pytest.fixture(scope="module")
def both(
    elastic_url: str, postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    """SQLite with FTS5 in the same file, and PostgreSQL with Elasticsearch, after the same work."""
    elastic = SearchSettings(backend="elastic", url=elastic_url, index=f"p{uuid4().hex[:12]}")
    small = make_service(tmp_path_factory.mktemp("small"), SearchSettings(), None)
    with postgres_server.fresh_database() as url:
        large = make_service(tmp_path_factory.mktemp("large"), elastic, url)
        try:
            fill(small)
            fill(large)
            yield Both(small, large)
        finally:
            if isinstance(large.index, ElasticIndex):
                large.index.remove()
            small.close()
            large.close()


def ask(text: str, filters: Filters = Filters(), order: Order = Order.RELEVANCE) -> SearchRequest:  # noqa: B008
    """A question of somebody who may see everything, with every facet."""
    return SearchRequest(text, SCOPE, filters, order, limit=PAGE, facets=FACETS)


def build_questions() -> dict[str, list[SearchRequest]]:
    """Questions of five kinds."""
    accented = [*(f"{act} {place}" for act in ACTS[:6] for place in PLACES[:2]), *ACTS[6:], *PEOPLE]
    numbers = [form for n in (17, 42, 90) for form in
               (f"số {n}", f"0{n}/QĐ-UBND", f"{n} qd ubnd", f"{n}QDUBND", f"{n} / QÐ - UBND")]  # fmt: skip
    numbers += ["l7/QĐ-UBND", "42lQĐ-UBND", "quyết định 5", "giấy phép xây dựng số 21", "91/bb-ubnd"]
    numbers += [f"{n} {sign} ubnd xa ea sup" for n in (3, 59) for _, sign in KINDS]
    filters = (
        Filters(kinds=("Quyết định", "Kế hoạch")),
        Filters(units=("H15.02",)),
        Filters(issuers=(f"Ủy ban nhân dân {PLACES[1]}",)),
        Filters(issued_from=date(2023, 1, 1), issued_to=date(2023, 12, 31)),
        Filters(states=("confirmed",), kinds=("Thông báo",)),
    )
    typos = ["giấy phép xây dưngj", "thu hồii đất tân an", "quy hoạhc chi tiết", "bo nhiem can bô quan lyy"]
    return {
        "accented words": [ask(text) for text in accented],
        "words without diacritics": [ask(fold(text)) for text in accented],
        "document numbers": [ask(text) for text in numbers],
        "words under filters": [
            *(ask(text, one) for text in ("đất", "", "xây dựng") for one in filters),
            *(ask("đất", order=order) for order in Order),
        ],
        "owner or one wrong letter": [
            *(ask("", Filters(owner_key=key_of(owner))) for owner in OWNERS[:6]),
            *(ask("quyết định", Filters(owner_key=key_of(owner))) for owner in OWNERS[6:8]),
            *(ask(text) for text in typos),
        ],
    }


def key_of(owner: str) -> str:
    """The index key of an owner's number."""
    return hash_owner(SECRET.get_secret_value().encode(), parse_owner("", owner))


def test_every_question_has_the_same_answer(both: Both) -> None:
    """Same records, set of hits, first hit, totals and facets; over twenty questions have more than three."""
    assert list(both.small.index.ids_with_versions()) == [
        (document.id, 2 if document.id in CORRECTED else 1) for document in build_documents()
    ]
    assert list(both.large.index.ids_with_versions()) == list(both.small.index.ids_with_versions())
    for service in (both.small, both.large):
        with service.store.read() as work:
            assert work.outbox.backlog() == 0
    several: dict[str, int] = {}
    for kind, requests in build_questions().items():
        totals: list[int] = []
        for request in requests:
            found = describe(both.small.index, request)
            assert found == describe(both.large.index, request), (kind, request.text, request.filters)
            totals.append(int(str(found[2])))
        several[kind] = sum(total > 3 for total in totals)
    assert all(count >= 4 for count in several.values()), several
    assert sum(several.values()) >= 20, several


def test_another_unit_sees_none_of_the_others(both: Both) -> None:
    """A clerk of one unit finds its ordinary papers and nothing else, by words, number or owner."""
    documents = {document.id: document for document in build_documents()}
    scope = build_scope(make_person(frozenset({"H15.02"}), Role.CLERK))
    requests = [replace(one, scope=scope) for some in build_questions().values() for one in some]
    everything = SearchRequest("", scope, limit=PAGE, facets=FACETS)
    for service in (both.small, both.large):
        found = describe(service.index, everything)
        assert found[0] == {
            document.id
            for document in documents.values()
            if document.unit == "H15.02" and document.secrecy is Confidentiality.NORMAL
        }
        for request in requests:
            hits = describe(service.index, request)[0]
            assert isinstance(hits, set)
            assert {documents[hit].unit for hit in hits} <= {"H15.02"}


def test_a_worker_begins_while_the_index_is_out_of_reach(tmp_path: Path) -> None:
    """Reading and storing do not wait for the search server; the first delivery makes its index."""
    nowhere = SearchSettings(backend="elastic", url="http://127.0.0.1:9")
    service = make_service(tmp_path, nowhere, None)
    service.prepare_index()
    with pytest.raises(IndexUnavailable):
        service.index.count()
