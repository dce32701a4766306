"""Reports of files whose check did not come to an end (báo cáo khi chưa kiểm tra xong).

An exception, a time limit or a memory limit is INDETERMINATE with its reason (EN 319 102-1 clause 5.1.3),
never a missing answer. Light enough for whoever watches over the verifier to import.
"""

from signing.report import Counts, DocumentFacts, Indication, IntegrityVerdict, Policy, SignatureReport
from signing.verdict import build_summary


def build_undecided(
    document: DocumentFacts,
    policy: Policy,
    reason: str,
    *,
    signatures: int = 0,
    engine: tuple[tuple[str, str], ...] = (),
) -> SignatureReport:
    """The report with `reason` as its warning and error; `signatures`: how many the bytes show, if known."""
    counts = Counts(signatures=signatures, unreadable=signatures)
    summary = build_summary(
        IntegrityVerdict.INDETERMINATE, Indication.INDETERMINATE, "GENERIC", "UNDECIDED", counts
    )
    return SignatureReport(document, summary, (), policy, (reason,), engine, (reason,))


def build_unreadable(
    document: DocumentFacts,
    policy: Policy,
    reason: str,
    *,
    text: str = "UNREADABLE",
    engine: tuple[tuple[str, str], ...] = (),
) -> SignatureReport:
    """The report of a file that cannot be opened at all; `text` is the code of its two sentences."""
    summary = build_summary(IntegrityVerdict.UNREADABLE, Indication.INDETERMINATE, "GENERIC", text, Counts())
    return SignatureReport(document, summary, (), policy, (reason,), engine, (reason,))
