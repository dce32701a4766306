"""Candidates where no identifier is at hand (ứng viên): found through the index, confirmed in the database.

The index only proposes; whether a result exists and what it is worth is read from the database one by one,
so a lagging index can neither invent nor hide a state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from records.access import Permission
from records.actions.acting import Acting
from records.errors import AccessDenied
from records.model import AuditEntry
from records.ports import LookupPurpose, Store
from search.decision import DecisionCode, build_reason, decide
from search.errors import BadQuery
from search.index import SearchIndex, SearchRequest
from search.lookup import build_evidence, find_papers, has_purpose
from search.needs import Evidence
from search.rights import is_allowed

_MAX_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class ConfirmedCandidate:
    """A result that may be the one meant (ứng viên đã đối chiếu), with what it is worth on the day."""

    code: DecisionCode
    reason_vi: str
    evidence: Evidence


def find_candidates(
    index: SearchIndex,
    store: Store,
    acting: Acting,
    request: SearchRequest,
    purpose: LookupPurpose,
    as_of: date,
) -> Sequence[ConfirmedCandidate]:
    """Results whose papers match name, number or words; audited before they are returned.

    Raises `AccessDenied` without the right to look up, `BadQuery` without purpose or words.
    """
    if not acting.principal.may(Permission.LOOKUP):
        raise AccessDenied(permission=Permission.LOOKUP.value)
    if not has_purpose(purpose) or not request.text.strip():
        raise BadQuery("Cần mã hồ sơ, mã thủ tục và ít nhất một từ để tìm.")
    hits = index.search(request).hits[:_MAX_CANDIDATES]
    with store.write() as work:
        results = {hit.id: work.results.find_by_record(hit.id) for hit in hits}
        papers = find_papers(work, list(results))
        found: list[ConfirmedCandidate] = []
        for record_id, result in results.items():
            if result is None or not is_allowed(acting, result.type_code, purpose):
                continue
            code = decide([result], as_of=as_of).code
            # A row that is secret or not yet visible does not exist for the answer.
            if code is not DecisionCode.NONE:
                evidence = build_evidence(result, papers.get(record_id))
                found.append(ConfirmedCandidate(code, build_reason(code, None), evidence))
                # Under the result itself too, so that its owner is told of this look.
                work.audit.add(_note(acting, purpose, "reuse.candidate", "result", result.id, code.value))
        shown = " ".join(candidate.evidence.id for candidate in found)
        work.audit.add(_note(acting, purpose, "reuse.candidates", "index", "records", "ok", results=shown))
        work.commit()
    return found


def _note(
    acting: Acting,
    purpose: LookupPurpose,
    action: str,
    kind: str,
    subject: str,
    outcome: str,
    **detail: str,
) -> AuditEntry:
    unit, why = acting.principal.home_unit, f"{purpose.dossier} {purpose.procedure}"
    return acting.entry(action, kind, subject, unit=unit, purpose=why, outcome=outcome, **detail)
