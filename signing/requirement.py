"""A rule beyond sound signatures and its verdict (yêu cầu của một quy định)."""

from dataclasses import dataclass
from enum import StrEnum


class RequirementVerdict(StrEnum):
    """Whether a document fulfils a rule beyond sound signatures (đạt yêu cầu hay không)."""

    MET = "met"
    NOT_MET = "not_met"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One rule's own verdict (kết luận theo một quy định), beside the technical one.

    `applies_vi`: to which papers the rule applies; to others the verdict says nothing.
    """

    id: str
    name_vi: str
    verdict: RequirementVerdict
    code: str
    text_vi: str
    source: str
    applies_vi: str = ""
