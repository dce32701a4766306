"""Whether an outgoing e-document is signed as Decree 30/2020 asks (văn bản điện tử ban hành).

Articles 5 and 13 and Annex I: signed by the authorised person first and by the agency last, the agency's
signature over the whole file. A sound signature alone does not make an issued document, so the verdict
stands beside the technical one.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from signing.holders import Holder, HolderKind, find_holder
from signing.report import (
    ChangeVerdict,
    IntegrityVerdict,
    SignatureEntry,
    SignatureType,
)
from signing.requirement import Requirement, RequirementVerdict
from signing.rules import load_rules

ID = "nd30-2020"
VIETNAM = timezone(timedelta(hours=7))
APPLIES_VI = (
    "Chỉ xét văn bản điện tử do cơ quan nhà nước ban hành; không áp dụng cho bản quét, "
    "giấy tờ của công dân, doanh nghiệp hoặc cơ quan nước ngoài."
)
"""Articles 1 and 5: the rule speaks of what agencies issue; of other papers its verdict says nothing."""
_SOUND = {IntegrityVerdict.INTACT, IntegrityVerdict.EXTENDED}
_QUIET = (ChangeVerdict.NONE, ChangeVerdict.LTV)

REQUIREMENT_TEXTS: dict[str, tuple[RequirementVerdict, str]] = {
    "ND30_MET": (
        RequirementVerdict.MET,
        "Người có thẩm quyền ký trước, cơ quan ký sau cùng, bao phủ cả tệp.",
    ),
    "ND30_NOT_SIGNED": (RequirementVerdict.NOT_MET, "Văn bản chưa có chữ ký số."),
    "ND30_SIGNATURE_BAD": (RequirementVerdict.NOT_MET, "Có chữ ký không còn đúng."),
    "ND30_SIGNATURE_UNDECIDED": (RequirementVerdict.CANNOT_TELL, "Có chữ ký chưa kết luận được."),
    "ND30_NO_PERSON": (RequirementVerdict.NOT_MET, "Thiếu chữ ký số của người có thẩm quyền."),
    "ND30_NO_AGENCY": (RequirementVerdict.NOT_MET, "Thiếu chữ ký số của cơ quan ban hành."),
    "ND30_ORDER": (RequirementVerdict.NOT_MET, "Cơ quan phải ký sau cùng, sau người có thẩm quyền."),
    "ND30_NOT_WHOLE_FILE": (RequirementVerdict.NOT_MET, "Chữ ký của cơ quan không bao phủ toàn bộ tệp."),
    "ND30_BEFORE": (
        RequirementVerdict.CANNOT_TELL,
        "Văn bản đã có trước ngày Nghị định 30/2020 có hiệu lực nên không xét.",
    ),
    "ND30_HOLDER_UNKNOWN": (
        RequirementVerdict.CANNOT_TELL,
        "Chưa rõ chứng thư của cơ quan hay cá nhân; hãy khai trong bảng chủ thể chứng thư.",
    ),
}
"""Code to (verdict, one line)."""


def judge_issued(entries: Sequence[SignatureEntry], holders: Sequence[Holder]) -> Requirement:
    """The verdict on the document's signatures, by the table that tells agencies from persons."""
    signed = [entry for entry in entries if entry.type != SignatureType.DOC_TIMESTAMP]
    signed.sort(key=lambda entry: sum(entry.coverage.byte_range[-2:]))
    rule = load_rules().find_requirement(ID)
    code = "ND30_BEFORE" if _is_older(signed, rule.begins) else _find_code(signed, holders)
    verdict, text = REQUIREMENT_TEXTS[code]
    return Requirement(rule.id, rule.name_vi, verdict, code, text, rule.source, APPLIES_VI)


def _is_older(signed: Sequence[SignatureEntry], begins: date) -> bool:
    """Whether trusted time-stamps prove that all was signed before the rule; a claim proves nothing."""
    proven = [entry.time.best_time for entry in signed]
    days = [datetime.fromisoformat(text).astimezone(VIETNAM).date() for text in proven if text]
    return bool(days) and len(days) == len(signed) and max(days) < begins


def _find_code(signed: Sequence[SignatureEntry], holders: Sequence[Holder]) -> str:
    if not signed:
        return "ND30_NOT_SIGNED"
    states = {entry.state for entry in signed}
    if IntegrityVerdict.ALTERED in states:
        return "ND30_SIGNATURE_BAD"
    if not states <= _SOUND:
        return "ND30_SIGNATURE_UNDECIDED"
    found = [find_holder(entry.signer, holders) for entry in signed]
    if any(holder is None for holder in found):
        return "ND30_HOLDER_UNKNOWN"
    kinds = [holder.kind for holder in found if holder is not None]
    for kind, missing in ((HolderKind.PERSON, "ND30_NO_PERSON"), (HolderKind.AGENCY, "ND30_NO_AGENCY")):
        if kind not in kinds:
            return missing
    if kinds[0] != HolderKind.PERSON or kinds[-1] != HolderKind.AGENCY:
        return "ND30_ORDER"
    last = signed[-1]
    whole = last.coverage.kind == "whole_file" or last.changes_after.verdict in _QUIET
    return "ND30_MET" if whole else "ND30_NOT_WHOLE_FILE"
