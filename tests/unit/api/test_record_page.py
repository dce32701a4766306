"""The record's page: the verdict block of papers that arrived signed."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Service
from records.access import Role
from records.states import CaptureState, SignatureStanding
from signing.decree30 import REQUIREMENT_TEXTS
from tests.factories import add_file, build_record
from tests.unit.api.conftest import COMMUNE, PASSWORD, AddPerson


def add_record(service: Service, standing: SignatureStanding, code: str | None) -> str:
    """A record whose kept report says `code` of Decree 30, or is older than that rule; its id."""
    report: dict[str, Any] = {"summary": {"advice_vi": "", "rows": []}, "signatures": []}
    if code:
        verdict, text = REQUIREMENT_TEXTS[code]
        rule = {"id": "nd30-2020", "name_vi": "Văn bản", "verdict": verdict, "code": code, "text_vi": text}
        report["requirements"] = [rule]
    with service.store.write() as work:
        file = add_file(work, {"unit": COMMUNE, "state": CaptureState.VERIFY}, state=CaptureState.VERIFY)
        record = build_record(
            file.id, file.batch_id, unit=COMMUNE, signature_standing=standing,
            report_sha256=service.blobs.put(json.dumps(report).encode()),
        )  # fmt: skip
        work.records.add(record)
        work.commit()
    return record.id


@pytest.fixture
def clerk(service: Service, add_person: AddPerson) -> TestClient:
    """A clerk, signed in, in front of the pages."""
    add_person("mc", Role.CLERK, COMMUNE)
    client = TestClient(create_app(service), raise_server_exceptions=False)
    client.post("/api/v1/session", json={"login": "mc", "password": PASSWORD})
    return client


def test_decree_30_is_told_of_papers_that_arrived_signed(clerk: TestClient, service: Service) -> None:
    """One line, as a warning and never as a refusal; a paper the office digitised itself has none."""
    for code, tone in (("ND30_MET", "sure"), ("ND30_ORDER", "doubt"), ("ND30_HOLDER_UNKNOWN", "unknown")):
        page = clerk.get(f"/ho-so/{add_record(service, SignatureStanding.ARRIVED_SIGNED, code)}").text
        line = page[page.index("Nghị định 30</dt>") :].split("</dd>")[0]
        assert (f'class="state {tone}"' in line, REQUIREMENT_TEXTS[code][1] in line) == (True, True)
    own = add_record(service, SignatureStanding.SIGNED_BY_DIGITISER, "ND30_NO_AGENCY")
    older = add_record(service, SignatureStanding.ARRIVED_SIGNED, None)
    for record in (own, older):
        page = clerk.get(f"/ho-so/{record}")
        assert (page.status_code, "Nghị định 30</dt>" in page.text) == (200, False)


def test_the_report_can_be_taken_away(clerk: TestClient, service: Service) -> None:
    """The block links the kept report as XML and as JSON."""
    record = add_record(service, SignatureStanding.ARRIVED_SIGNED, "ND30_MET")
    page = clerk.get(f"/ho-so/{record}").text
    for ending in ("report.xml", "report"):
        assert f'href="/api/v1/records/{record}/{ending}"' in page
