"""A false hit is lifted by two people, and the paper is scanned again under it, once."""

from pathlib import Path

import pytest
from sample_marks import Stamp

from records.access import Principal, Role
from records.actions.acting import Acting
from records.actions.incidents import hand_over_incident, lift_incident, list_incidents
from records.errors import AccessDenied, IllegalTransition
from records.model import Batch, Incident
from records.states import CaptureState, IncidentState
from tests.integration.ingest.conftest import write_scan
from tests.line import ARCHIVIST, Line, make_person

pytestmark = [pytest.mark.tesseract, pytest.mark.sql]
SECOND = make_person("binh", Role.ARCHIVIST)
CLERK = make_person("chi", Role.CLERK)


def acting(line: Line, who: Principal) -> Acting:
    """Somebody at work now."""
    return Acting(who, line.clock.now(), "test")


@pytest.fixture
def stamped(tmp_path: Path) -> Path:
    """A paper with a stamp that says MẬT."""
    return write_scan(tmp_path / "a.pdf", 5, Stamp("MẬT"))


def hit(line: Line, batch: Batch, paper: Path) -> Incident:
    """The incident of a paper that is stopped."""
    row = line.receive(batch, paper)
    assert row.reason_code == "SECRET_MATERIAL_FOUND"
    return list_incidents(line.store, acting(line, ARCHIVIST), limit=1)[0][0]


def test_two_people_lift_and_the_same_operator_scans_again(line: Line, stamped: Path) -> None:
    """Lifted by two, the page passes once, for who scanned it, in that batch."""
    batch = line.open_batch()
    incident = hit(line, batch, stamped)
    with pytest.raises(IllegalTransition):
        line.intake.receive(batch.id, "a.pdf", stamped, ARCHIVIST, lifted_incidents=[incident.id])
    proposed = lift_incident(line.store, acting(line, ARCHIVIST), incident.id)
    assert proposed.state is IncidentState.LIFT_PROPOSED
    with pytest.raises(AccessDenied):
        lift_incident(line.store, acting(line, ARCHIVIST), incident.id)
    lifted = lift_incident(line.store, acting(line, SECOND), incident.id)
    assert (lifted.state, lifted.first_lifter, lifted.second_lifter) == (IncidentState.LIFTED, "an", "binh")
    with pytest.raises(AccessDenied):
        line.intake.receive(batch.id, "a.pdf", stamped, SECOND, lifted_incidents=[incident.id])
    with pytest.raises(AccessDenied):
        line.intake.receive(line.open_batch().id, "a.pdf", stamped, ARCHIVIST, lifted_incidents=[incident.id])
    row = line.intake.receive(batch.id, "a.pdf", stamped, ARCHIVIST, lifted_incidents=[incident.id])
    assert row.state is CaptureState.READ
    with pytest.raises(IllegalTransition):
        line.intake.receive(batch.id, "a.pdf", stamped, ARCHIVIST, lifted_incidents=[incident.id])


def test_a_lift_lets_only_the_page_it_names_pass(line: Line, tmp_path: Path, stamped: Path) -> None:
    """A hit on another page of the paper is a new incident, and the lift stays unused."""
    from sample_files import write_scan_pdf

    from tests.integration.ingest.conftest import DPI, draw

    batch = line.open_batch()
    incident = hit(line, batch, stamped)
    lift_incident(line.store, acting(line, ARCHIVIST), incident.id)
    lift_incident(line.store, acting(line, SECOND), incident.id)
    both = write_scan_pdf(tmp_path / "b.pdf", [*draw(5, Stamp("MẬT")), *draw(6, Stamp("MẬT"))], DPI)
    row = line.intake.receive(batch.id, "b.pdf", both, ARCHIVIST, lifted_incidents=[incident.id])
    assert row.reason_code == "SECRET_MATERIAL_FOUND"
    newest = list_incidents(line.store, acting(line, ARCHIVIST), limit=1)[0][0]
    assert newest.page_ordinal == len(draw(5)) + 1
    again = line.intake.receive(batch.id, "a.pdf", stamped, ARCHIVIST, lifted_incidents=[incident.id])
    assert again.state is CaptureState.READ


def test_a_true_hit_is_handed_over_and_never_lifted(line: Line, stamped: Path) -> None:
    """Who may not lift may not hand over either; once handed over it is closed."""
    incident = hit(line, line.open_batch(), stamped)
    with pytest.raises(AccessDenied):
        lift_incident(line.store, acting(line, CLERK), incident.id)
    assert (
        hand_over_incident(line.store, acting(line, SECOND), incident.id).state is IncidentState.HANDED_OVER
    )
    with pytest.raises(IllegalTransition):
        lift_incident(line.store, acting(line, ARCHIVIST), incident.id)
    with pytest.raises(IllegalTransition):
        hand_over_incident(line.store, acting(line, SECOND), incident.id)
