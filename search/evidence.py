"""Results handed out for reuse (sử dụng lại): what they are today, use in a dossier, one-time previews.

A lookup answers with metadata; content needs a use or a preview. Each is decided again at that moment and
audited under the owner before anything leaves, so that the owner can see who had it and what for.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from records.actions.acting import Acting
from records.actions.mismatches import add_mismatch, build_mismatch
from records.errors import InvalidValue, RecordNotFound
from records.identifiers import hash_owner
from records.mismatches import Mismatch
from records.model import Record, Result
from records.ports import LookupPurpose, OwnerKey, Store, UnitOfWork
from records.uses import EvidencePreview, EvidenceUse, RepeatKey
from search.decision import DecisionCode, build_reason, decide
from search.errors import EvidenceChanged, EvidenceNotReusable, PreviewOver, RepeatKeyReused
from search.lookup import build_evidence, build_purpose_text, find_papers, has_purpose
from search.needs import Evidence
from search.rights import is_allowed

PREVIEW_LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class UsedEvidence:
    """A use and what goes with it (kết quả đã sử dụng); `is_repeat`: this caller had it for that dossier."""

    use: EvidenceUse
    evidence: Evidence
    has_file: bool
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class OpenedPreview:
    """A preview opened for the only time (bản xem trước đã mở)."""

    preview: EvidencePreview
    record: Record
    title: str


class EvidenceDesk:
    """Hands results out (quầy giao kết quả), each act in one transaction with its audit row."""

    def __init__(self, store: Store, owner_secret: bytes) -> None:
        self._store = store
        self._owner_secret = owner_secret

    def view(self, acting: Acting, evidence_id: str, purpose: LookupPurpose) -> Evidence:
        """A result's metadata as it stands; `RecordNotFound` for what a lookup would not show."""
        with self._store.write() as work:
            result = self._get(work, acting, evidence_id, purpose)
            code = decide([result], as_of=acting.today).code
            self._note(work, acting, "reuse.view", result, purpose, code)
            evidence = _describe(work, result)
            work.commit()
        return evidence

    def use(
        self,
        acting: Acting,
        evidence_id: str,
        purpose: LookupPurpose,
        *,
        repeat_key: str = "",
        etag: str = "",
    ) -> UsedEvidence:
        """Bind the result to the dossier; the same caller, dossier and result again is the same use.

        Raises `EvidenceNotReusable` when it may not be relied on today, `EvidenceChanged` when it is not
        what `etag` says, `RepeatKeyReused`, `RecordNotFound`.
        """
        with self._store.write() as work:
            result = self._get(work, acting, evidence_id, purpose)
            self._check_reusable(work, acting, "reuse.use", result, purpose)
            evidence = _describe(work, result)
            if etag not in {"", "*", build_etag(evidence)}:
                raise EvidenceChanged(evidence=result.id)
            new = _build_use(acting, result, purpose, evidence)
            is_new = work.uses.add(new)
            before = work.uses.in_dossier(new.dossier, result.id) if not is_new else ()
            use = next((one for one in before if one.actor == new.actor), new)
            if repeat_key:
                _keep_key(work, acting, repeat_key, use)
            repeat = "no" if is_new else "yes"
            self._note(
                work, acting, "reuse.use", result, purpose, sha256=use.sha256, use=use.id, repeat=repeat
            )
            work.commit()
        return UsedEvidence(use, evidence, result.record_id is not None, not is_new)

    def open_file(self, acting: Acting, evidence_id: str, dossier: str, part: str) -> tuple[Record, str]:
        """The record and the hash of `file` or `report` of a result this caller's side has used.

        Decided again: what was revoked since is not handed out. Raises as `use` does.
        """
        with self._store.write() as work:
            use = _find_use(work, acting, dossier.strip(), evidence_id)
            purpose = LookupPurpose(use.dossier, use.procedure, use.legal_basis)
            result = self._get(work, acting, evidence_id, purpose)
            self._check_reusable(work, acting, "reuse.file", result, purpose)
            sha256 = use.sha256 if part == "file" else use.report_sha256
            if result.record_id is None or sha256 is None:
                raise RecordNotFound("Kết quả này không có phần đó.", evidence=evidence_id)
            record = work.records.get(result.record_id)
            self._note(work, acting, "reuse.file", result, purpose, part=part, sha256=sha256)
            work.commit()
        return record, sha256

    def report_mismatch(
        self, acting: Acting, evidence_id: str, purpose: LookupPurpose, what: str, contact: str
    ) -> Mismatch:
        """Tell the unit that keeps the result that it does not fit; for what a lookup might show."""
        with self._store.write() as work:
            result = self._get(work, acting, evidence_id, purpose)
            report = build_mismatch(acting, result, purpose.dossier, what, contact)
            kept = add_mismatch(work, acting, report)
            work.commit()
        return kept

    def offer_preview(
        self, acting: Acting, evidence_id: str, purpose: LookupPurpose
    ) -> tuple[str, EvidencePreview]:
        """A one-time token for five minutes, for this caller alone; only its hash is kept."""
        token = secrets.token_urlsafe(32)
        with self._store.write() as work:
            result = self._get(work, acting, evidence_id, purpose)
            self._check_reusable(work, acting, "reuse.preview", result, purpose)
            if result.record_id is None:
                raise RecordNotFound("Kết quả này không có tệp để xem trước.", evidence=evidence_id)
            preview = EvidencePreview(
                _hash(token), result.id, acting.principal.id, purpose.dossier, purpose.procedure,
                acting.at, acting.at + PREVIEW_LIFE,
            )  # fmt: skip
            work.previews.add(preview)
            self._note(work, acting, "reuse.preview", result, purpose)
            work.commit()
        return token, preview

    def open_preview(self, acting: Acting, token: str) -> OpenedPreview:
        """Open the link, once and in time; raises `PreviewOver` also for somebody else's token."""
        with self._store.write() as work:
            preview = work.previews.find(_hash(token))
            if preview is None or preview.actor != acting.principal.id or acting.at >= preview.expires_at:
                raise PreviewOver
            if not work.previews.open(preview.token_sha256, acting.at):
                raise PreviewOver
            purpose = LookupPurpose(preview.dossier, preview.procedure)
            result = self._get(work, acting, preview.result_id, purpose)
            self._check_reusable(work, acting, "reuse.preview.open", result, purpose)
            record = work.records.get(result.record_id or "")
            self._note(work, acting, "reuse.preview.open", result, purpose)
            work.commit()
        return OpenedPreview(preview, record, result.title or result.number)

    def _get(self, work: UnitOfWork, acting: Acting, evidence_id: str, purpose: LookupPurpose) -> Result:
        """The result if a lookup of this caller might show it; the same refusal for all that may not be."""
        if not has_purpose(purpose):
            raise InvalidValue("Cần mã hồ sơ và mã thủ tục.", field="dossier")
        result = work.results.hold(evidence_id)
        hidden = decide([result], as_of=acting.today).code is DecisionCode.NONE
        if hidden or not is_allowed(acting, result.type_code, purpose):
            raise RecordNotFound(evidence=evidence_id)
        return result

    def _check_reusable(
        self, work: UnitOfWork, acting: Acting, action: str, result: Result, purpose: LookupPurpose
    ) -> None:
        code = decide([result], as_of=acting.today).code
        if code is DecisionCode.REUSABLE:
            return
        self._note(work, acting, action, result, purpose, code)
        work.commit()
        raise EvidenceNotReusable(build_reason(code, None), evidence=result.id, decision=code.value)

    def _note(
        self,
        work: UnitOfWork,
        acting: Acting,
        action: str,
        result: Result,
        purpose: LookupPurpose,
        code: DecisionCode = DecisionCode.REUSABLE,
        **detail: str | int | None,
    ) -> None:
        owner = hash_owner(self._owner_secret, OwnerKey(result.owner_scheme, result.owner_id))
        work.audit.add(
            acting.entry(
                action,
                "owner",
                owner,
                unit=acting.principal.home_unit,
                purpose=build_purpose_text(purpose),
                outcome=code.value,
                results=result.id,
                type=result.type_code,
                **detail,
            )
        )


def build_etag(evidence: Evidence) -> str:
    """The strong validator of a result's metadata (RFC 9110 §8.8.3): it changes with every version."""
    seed = f"{evidence.id}:{evidence.version}:{evidence.check.at}:{evidence.signature}"
    return f'"{evidence.version}-{_hash(seed)[:16]}"'


def _describe(work: UnitOfWork, result: Result) -> Evidence:
    papers = find_papers(work, [result.record_id] if result.record_id else [])
    return build_evidence(result, papers.get(result.record_id or ""))


def _build_use(acting: Acting, result: Result, purpose: LookupPurpose, evidence: Evidence) -> EvidenceUse:
    principal = acting.principal
    return EvidenceUse(
        str(uuid.uuid4()), result.id, purpose.dossier.strip(), purpose.procedure.strip(),
        purpose.legal_basis.strip(), principal.id, principal.kind, principal.home_unit, acting.at,
        result.version, result.sha256, evidence.check.report,
    )  # fmt: skip


def _find_use(work: UnitOfWork, acting: Acting, dossier: str, evidence_id: str) -> EvidenceUse:
    """The caller's own use, else one of its side."""
    ours = [use for use in work.uses.in_dossier(dossier, evidence_id) if _is_of(acting, use)]
    if not ours:
        raise RecordNotFound(evidence=evidence_id)
    return next((use for use in ours if use.actor == acting.principal.id), ours[0])


def _is_of(acting: Acting, use: EvidenceUse) -> bool:
    """Whether the use is this caller's, or a colleague's of the same unit."""
    principal = acting.principal
    same_unit = use.unit is not None and use.unit == principal.home_unit and use.actor_kind == principal.kind
    return use.actor == principal.id or same_unit


def _keep_key(work: UnitOfWork, acting: Acting, repeat_key: str, use: EvidenceUse) -> None:
    """Bind the caller's key to this use; raises `RepeatKeyReused` when it stands for another."""
    request = _hash("\x1f".join((use.result_id, use.dossier)))
    key = RepeatKey(acting.principal.id, _hash(repeat_key), request, use.id, acting.at)
    if work.uses.add_key(key).request_sha256 != request:
        raise RepeatKeyReused


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
