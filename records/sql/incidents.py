"""Hits of the state-secret gate in SQL; no column could hold content."""

from collections.abc import Sequence

from records.access import Scope
from records.model import Incident
from records.sql.rows import Rows, build_row, within
from records.sql.schema import incidents


class SqlIncidentStore:
    """Hits of the state-secret gate (sự cố nghi mật), without content."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, incident: Incident) -> None:
        """Add an incident."""
        self._rows.add(incidents, build_row(incident))

    def save(self, incident: Incident) -> None:
        """Change an incident."""
        self._rows.replace(incidents, "id", build_row(incident))

    def get(self, incident_id: str) -> Incident:
        """The incident of that id."""
        return self._rows.get(Incident, incidents, "id", incident_id)

    def page(self, scope: Scope, *, limit: int, offset: int = 0) -> tuple[Sequence[Incident], int]:
        """Newest first, with the total."""
        order = (incidents.c.at.desc(), incidents.c.id)
        return self._rows.page(Incident, incidents, within(scope, incidents.c.unit), order, limit, offset)
