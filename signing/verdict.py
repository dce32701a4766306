"""From facts to verdict (từ dữ kiện đến kết luận): the only place that decides, after EN 319 102-1.

Every text a clerk may read stands in `TEXTS` and in docs/verdicts.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from signing.areas import UNFINISHED
from signing.report import (
    ChangeVerdict,
    Counts,
    Coverage,
    Indication,
    Integrity,
    IntegrityVerdict,
    SignatureEntry,
    SignatureType,
    Summary,
    TimestampFacts,
)

TEXTS: dict[str, tuple[str, str]] = {
    "PASSED_INTACT": (
        "Chữ ký hợp lệ, tài liệu còn nguyên vẹn.",
        "Có thể dùng tài liệu này.",
    ),
    "PASSED_EXTENDED": (
        "Chữ ký hợp lệ; chỉ có bổ sung được phép.",
        "Có thể dùng; xem phần thay đổi sau khi ký nếu cần.",
    ),
    "NO_CERTIFICATE_CHAIN_FOUND": (
        "Tài liệu nguyên vẹn; chưa xác định được người ký đáng tin.",
        "Nạp bộ chứng thư tin cậy (vgca hoặc neac) rồi kiểm tra lại.",
    ),
    "WRONG_CHAIN": (
        "Tài liệu nguyên vẹn; chứng thư số sai hệ thống.",
        "Đề nghị người gửi ký lại bằng chứng thư số đúng loại.",
    ),
    "OUT_OF_BOUNDS_NO_POE": (
        "Tài liệu nguyên vẹn; chứng thư số đã hết hạn.",
        "Tìm bằng chứng tài liệu có trước ngày hết hạn, hoặc xin bản ký lại.",
    ),
    "NOT_YET_VALID": (
        "Tài liệu nguyên vẹn; chứng thư số chưa đến ngày hiệu lực.",
        "Không dùng; hỏi cơ quan ký về thời điểm ký và chứng thư số.",
    ),
    "SUSPENDED": (
        "Tài liệu nguyên vẹn; chứng thư số đang bị tạm dừng.",
        "Chưa dùng; hỏi cơ quan ký rồi kiểm tra lại sau.",
    ),
    "REVOKED_NO_POE": (
        "Chứng thư số của người ký đã bị thu hồi.",
        "Không dùng; liên hệ cơ quan ký để xác minh thời điểm thu hồi.",
    ),
    "CHAIN_PROBLEM": (
        "Tài liệu nguyên vẹn; chuỗi chứng thư chưa đạt yêu cầu.",
        "Xem dòng người ký và chuỗi chứng thư, rồi hỏi cơ quan ký.",
    ),
    "HASH_FAILURE": (
        "Nội dung đã bị sửa sau khi ký.",
        "Không dùng; đề nghị người gửi gửi lại bản gốc.",
    ),
    "SIG_CRYPTO_FAILURE": (
        "Chữ ký không khớp với chứng thư số.",
        "Không dùng; đề nghị người gửi ký lại.",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE": (
        "Thuật toán của chữ ký mâu thuẫn hoặc không được phép.",
        "Không dùng; đề nghị người gửi ký lại bằng phần mềm khác.",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": (
        "Tài liệu nguyên vẹn; thuật toán ký hoặc chứng thư quá yếu.",
        "Xin bản ký lại, hoặc bằng chứng đã ký khi thuật toán còn được phép.",
    ),
    "TIMESTAMP_FAILURE": (
        "Dấu thời gian không khớp với chữ ký.",
        "Không dùng; đề nghị người gửi ký lại và đóng dấu thời gian mới.",
    ),
    "FORMAT_FAILURE": (
        "Chữ ký không bao phủ đúng nội dung tài liệu.",
        "Không dùng; đề nghị người gửi gửi lại bản gốc.",
    ),
    "CHANGED_AFTER_SIGNING": (
        "Tài liệu bị thay đổi không được phép sau khi ký.",
        "Không dùng; đề nghị người gửi gửi lại bản gốc.",
    ),
    "SIGNATURE_REMOVED": (
        "Chữ ký đã bị gỡ khỏi tài liệu.",
        "Không dùng; đề nghị người gửi gửi lại bản gốc.",
    ),
    "UNDECIDED": (
        "Chưa kết luận được về chữ ký của tài liệu.",
        "Xem lý do bên dưới và nhờ người phụ trách kiểm tra.",
    ),
    "COMPARING": (
        "Chưa đối chiếu hết các trang nên chưa có kết luận.",
        "Hồ sơ: chờ đối chiếu xong. Tệp không lưu: dùng lệnh sohoa verify.",
    ),
    "UNSIGNED": (
        "Tài liệu không có chữ ký số.",
        "Nếu tài liệu phải có chữ ký, hãy xin bản đã ký.",
    ),
    "UNREADABLE": (
        "Không mở được tệp để kiểm tra.",
        "Kiểm tra tệp có phải PDF còn nguyên, rồi gửi lại.",
    ),
    "PASSWORD": (
        "Tệp có mật khẩu nên chưa kiểm tra được.",
        "Xin bản không đặt mật khẩu rồi kiểm tra lại.",
    ),
}
"""Code to (headline of at most twelve words, one next step)."""

_STANDARD = {
    "TIMESTAMP_FAILURE": "HASH_FAILURE",
    "CHANGED_AFTER_SIGNING": "FORMAT_FAILURE",
    "SIGNATURE_REMOVED": "FORMAT_FAILURE",
    "UNDECIDED": "GENERIC",
    "COMPARING": "GENERIC",
}
"""Own codes that say more than the sub-indications of EN 319 102-1, with the standard's word."""

_SEVERITY = (
    IntegrityVerdict.ALTERED,
    IntegrityVerdict.INDETERMINATE,
    IntegrityVerdict.EXTENDED,
    IntegrityVerdict.INTACT,
)
_EXTENSIONS = {ChangeVerdict.LTV, ChangeVerdict.SIGNATURE, ChangeVerdict.FORM, ChangeVerdict.ANNOTATION}


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """Judgement of one signature (kết luận cho một chữ ký)."""

    state: IntegrityVerdict
    indication: Indication
    sub_indication: str | None
    code: str
    reasons: tuple[str, ...]


def judge_signature(entry: SignatureEntry, chain_code: str | None, *, trust_asked: bool) -> SignatureVerdict:
    """Judge one signature: integrity first, then trust; `chain_code` is the chain's sub-indication."""
    state, code, reasons = _judge_integrity(entry)
    if state is IntegrityVerdict.ALTERED:
        return SignatureVerdict(state, Indication.TOTAL_FAILED, _STANDARD.get(code, code), code, reasons)
    if state is IntegrityVerdict.INDETERMINATE:
        return SignatureVerdict(state, Indication.INDETERMINATE, _STANDARD.get(code, code), code, reasons)
    if not trust_asked:
        chain_code, reason = "NO_CERTIFICATE_CHAIN_FOUND", "trust_not_asked"
    elif chain_code is None:
        return SignatureVerdict(state, Indication.TOTAL_PASSED, None, code, ())
    else:
        reason = f"chain:{entry.signer.trust}"
    text = _chain_text(entry, chain_code)
    # EN 319 102-1 clause 5.5.4: proven to exist before its certificate did, so somebody set a clock.
    failed = chain_code == "NOT_YET_VALID"
    indication = Indication.TOTAL_FAILED if failed else Indication.INDETERMINATE
    return SignatureVerdict(state, indication, chain_code, text, (reason,))


def _judge_integrity(entry: SignatureEntry) -> tuple[IntegrityVerdict, str, tuple[str, ...]]:
    """State, verdict code and reasons, trust aside; the first rule that speaks decides."""
    for rule in (_broken_value, _broken_timestamp, _broken_coverage, _forbidden_change, _undecided):
        found = rule(entry)
        if found is not None:
            return found
    if entry.changes_after.verdict in _EXTENSIONS:
        return IntegrityVerdict.EXTENDED, "PASSED_EXTENDED", (f"changes:{entry.changes_after.verdict}",)
    return IntegrityVerdict.INTACT, "PASSED_INTACT", ()


_Finding = tuple[IntegrityVerdict, str, tuple[str, ...]] | None


def _broken_value(entry: SignatureEntry) -> _Finding:
    integrity: Integrity = entry.integrity
    if integrity.digest is False or integrity.value is False:
        code = "HASH_FAILURE" if integrity.digest is False else "SIG_CRYPTO_FAILURE"
        code = "HASH_FAILURE" if integrity.error == "digest_mismatch" else code
        code = "FORMAT_FAILURE" if integrity.error not in (None, "digest_mismatch") else code
        return IntegrityVerdict.ALTERED, code, (integrity.error or code.lower(),)
    if integrity.findings:
        return IntegrityVerdict.ALTERED, "CRYPTO_CONSTRAINTS_FAILURE", integrity.findings
    return None


def _broken_timestamp(entry: SignatureEntry) -> _Finding:
    stamps: Sequence[TimestampFacts] = entry.time.signature_timestamps
    if any(stamp.digest is False or stamp.value is False for stamp in stamps):
        return IntegrityVerdict.ALTERED, "TIMESTAMP_FAILURE", ("signature_timestamp_mismatch",)
    if any(stamp.digest is None or stamp.value is None for stamp in stamps):
        return IntegrityVerdict.INDETERMINATE, "UNDECIDED", ("signature_timestamp_unreadable",)
    return None


def _broken_coverage(entry: SignatureEntry) -> _Finding:
    coverage: Coverage = entry.coverage
    if coverage.kind == "unclear" and coverage.findings:
        return IntegrityVerdict.ALTERED, "FORMAT_FAILURE", coverage.findings
    return None


def _forbidden_change(entry: SignatureEntry) -> _Finding:
    changes = entry.changes_after
    if not entry.referenced and entry.integrity.value:
        if entry.coverage.kind == "whole_file":  # nothing behind it: it was never taken out of a form
            return IntegrityVerdict.INDETERMINATE, "UNDECIDED", ("signature_not_in_form",)
        return IntegrityVerdict.ALTERED, "SIGNATURE_REMOVED", ("signature_not_in_form",)
    if changes.verdict == ChangeVerdict.FORBIDDEN:
        return (
            IntegrityVerdict.ALTERED,
            "CHANGED_AFTER_SIGNING",
            ("docmdp_exceeded" if changes.reason == "docmdp_exceeded" else "forbidden_change",),
        )
    return None


def _undecided(entry: SignatureEntry) -> _Finding:
    integrity, changes = entry.integrity, entry.changes_after
    if integrity.digest is None or integrity.value is None or integrity.error:
        return IntegrityVerdict.INDETERMINATE, "UNDECIDED", (integrity.error or "integrity_unknown",)
    if entry.coverage.kind not in ("whole_file", "revision"):
        return IntegrityVerdict.INDETERMINATE, "UNDECIDED", entry.coverage.findings or ("coverage_unclear",)
    if changes.verdict == ChangeVerdict.UNDEFINED:
        code = "COMPARING" if changes.reason == UNFINISHED else "UNDECIDED"
        return IntegrityVerdict.INDETERMINATE, code, (changes.reason or "changes_unknown",)
    return None


def judge_document(entries: Sequence[SignatureEntry], counts: Counts) -> Summary:
    """The document's verdict: the worst of its signatures; usage rights alone count as unsigned."""
    judged = [entry for entry in entries if entry.type != SignatureType.USAGE_RIGHTS]
    if not judged:
        return build_summary(IntegrityVerdict.UNSIGNED, Indication.NO_SIGNATURE, None, "UNSIGNED", counts)
    worst = min(judged, key=lambda entry: _SEVERITY.index(IntegrityVerdict(entry.state)))
    state = IntegrityVerdict(worst.state)
    if state not in (IntegrityVerdict.ALTERED, IntegrityVerdict.INDETERMINATE):
        doubtful = [entry for entry in judged if entry.indication != Indication.TOTAL_PASSED]
        if not doubtful:
            text = "PASSED_INTACT" if state is IntegrityVerdict.INTACT else "PASSED_EXTENDED"
            return build_summary(state, Indication.TOTAL_PASSED, None, text, counts)
        worst = doubtful[0]
    return build_summary(state, Indication(worst.indication), worst.sub_indication, worst.code, counts)


def _chain_text(entry: SignatureEntry, chain_code: str) -> str:
    by_trust = {"wrong_chain": "WRONG_CHAIN", "suspended": "SUSPENDED", "not_yet_valid": "NOT_YET_VALID"}
    if entry.signer.trust in by_trust:
        return by_trust[entry.signer.trust]
    code = chain_code.replace("REVOKED_CA_NO_POE", "REVOKED_NO_POE")
    return code if code in TEXTS else "CHAIN_PROBLEM"


def build_summary(
    integrity: IntegrityVerdict, indication: Indication, sub_indication: str | None, text: str, counts: Counts
) -> Summary:
    """A summary with the two Vietnamese sentences of `text`, a key of `TEXTS`."""
    headline, advice = TEXTS[text]
    return Summary(integrity, indication, sub_indication, headline, advice, counts)
