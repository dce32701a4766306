"""What an owner's results are worth on a day (quyết định tái sử dụng): a pure rule, no store, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from records.model import Result
from records.states import RESULTS_IN_FORCE, Confidentiality, ResultState, SignatureValue


class DecisionCode(StrEnum):
    """Answer to a reuse lookup (mã quyết định); an outage is a code of its own, never "none"."""

    REUSABLE = "CO_GIA_TRI_TAI_SU_DUNG"
    NONE = "KHONG_CO"
    EXPIRED = "HET_HIEU_LUC"
    WITHDRAWN = "DA_THU_HOI_HOAC_THAY_THE"
    NO_LEGAL_VALUE = "KHONG_DU_GIA_TRI_PHAP_LY"
    CHOICE = "NHIEU_KET_QUA_CAN_CHON"
    NO_PURPOSE = "TU_CHOI_THIEU_MUC_DICH"
    NOT_ALLOWED = "TU_CHOI_KHONG_CO_QUYEN"
    NO_ANSWER = "TAM_THOI_KHONG_TRA_LOI"


REASONS_VI = {
    DecisionCode.REUSABLE: "Đã có kết quả còn hiệu lực và đủ giá trị pháp lý. "
    "Không yêu cầu người dân nộp lại giấy tờ này.",
    DecisionCode.NONE: "Kho dữ liệu không có kết quả loại này của chủ thể. "
    "Thực hiện thành phần hồ sơ theo quy định.",
    DecisionCode.EXPIRED: "Kết quả đã có nhưng hết hiệu lực vào ngày tra cứu. "
    "Hướng dẫn gia hạn, cấp lại hoặc nộp giấy tờ còn hiệu lực.",
    DecisionCode.WITHDRAWN: "Kết quả đã có nhưng đã bị thu hồi hoặc thay thế. "
    "Kiểm tra văn bản thu hồi, thay thế trước khi yêu cầu giấy tờ khác.",
    DecisionCode.NO_LEGAL_VALUE: "Kết quả đã có nhưng bản số hoá thiếu chữ ký số hợp lệ "
    "nên chưa đủ giá trị pháp lý. "
    "Đề nghị đơn vị lưu giữ ký số hoặc số hoá lại.",
    DecisionCode.CHOICE: "Có nhiều kết quả còn hiệu lực và đủ giá trị pháp lý. "
    "Chọn đúng kết quả thủ tục cần, không yêu cầu người dân nộp lại giấy tờ này.",
    DecisionCode.NO_PURPOSE: "Chưa nêu mục đích: phải có mã hồ sơ và mã thủ tục. Bổ sung rồi tra cứu lại.",
    DecisionCode.NOT_ALLOWED: "Tài khoản chưa được cấp quyền tra cứu loại giấy tờ này. "
    "Liên hệ quản trị viên để đề nghị cấp quyền.",
    DecisionCode.NO_ANSWER: "Hệ thống tạm thời chưa trả lời được, chưa kết luận là có hay không có. "
    "Hãy tra cứu lại sau ít phút, chưa yêu cầu người dân nộp giấy tờ.",
}
_STILL_COMING = (
    " Còn {count} giấy tờ của chủ thể này đang số hoá hoặc chờ kiểm tra: chưa yêu cầu người dân nộp, "
    "hãy tra cứu lại khi xử lý xong."
)
_HAS_REUSABLE = frozenset({DecisionCode.REUSABLE, DecisionCode.CHOICE})
_ASKS_THE_CITIZEN = frozenset({DecisionCode.NONE, DecisionCode.EXPIRED})
_NOT_OPEN = frozenset({Confidentiality.SECRET})


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for one owner and type (kết luận): `results` are the reusable ones, newest first."""

    code: DecisionCode
    results: tuple[Result, ...] = ()


def _is_visible(row: Result, as_of: date) -> bool:
    return row.confidentiality not in _NOT_OPEN and max(row.visible_from, row.valid_from) <= as_of


def _is_past(row: Result, as_of: date) -> bool:
    return row.valid_to is not None and row.valid_to < as_of


def decide(rows: Sequence[Result], *, as_of: date, expects_one: bool = False) -> Decision:
    """What these rows of one owner and type are worth on the day `as_of` (inclusive of `valid_to`).

    Secret rows and rows not visible or not yet valid on that day do not exist for the answer. An expired
    row in force counts before a missing signature, and both before revoked and replaced rows. Where exactly
    one is expected and several are reusable, the choice is the asker's.
    """
    seen = [row for row in rows if _is_visible(row, as_of)]
    in_force = [row for row in seen if row.state in RESULTS_IN_FORCE]
    current = [row for row in in_force if not _is_past(row, as_of)]
    usable = [row for row in current if row.signature is SignatureValue.VALID]
    if usable:
        code = DecisionCode.CHOICE if expects_one and len(usable) > 1 else DecisionCode.REUSABLE
        return Decision(code, tuple(sorted(usable, key=_newest_first)))
    if not seen:
        return Decision(DecisionCode.NONE)
    if len(current) < len(in_force) or any(row.state is ResultState.EXPIRED for row in seen):
        return Decision(DecisionCode.EXPIRED)
    return Decision(DecisionCode.NO_LEGAL_VALUE if in_force else DecisionCode.WITHDRAWN)


def _newest_first(row: Result) -> tuple[int, str]:
    return -row.issued.toordinal(), row.id


def build_reason(code: DecisionCode, pending: int | None) -> str:
    """The Vietnamese text of a code; with papers still on their way it says not to ask the citizen yet."""
    if pending and code not in _HAS_REUSABLE:
        found, _stop, advice = REASONS_VI[code].partition(". ")
        # Beside "do not ask yet" there must be no advice to ask.
        said = f"{found}." if code in _ASKS_THE_CITIZEN else f"{found}. {advice}"
        return said + _STILL_COMING.format(count=pending)
    return REASONS_VI[code]
