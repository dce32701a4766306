"""What may be wrong with a scanned page (lỗi quét): stable codes, each with its one Vietnamese text."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """A reason in a page's quality verdict (lý do đánh giá chất lượng)."""

    TOO_COARSE = "too_coarse"
    LOW_RESOLUTION = "low_resolution"
    CUT_OFF = "cut_off"
    TOO_DARK = "too_dark"
    TOO_LIGHT = "too_light"
    BLURRED = "blurred"
    SKEWED = "skewed"
    UNREADABLE = "unreadable"
    LOW_CONFIDENCE = "low_confidence"
    NOTHING_READ = "nothing_read"
    FEW_WORDS = "few_words"
    PAGES_MISSING = "pages_missing"


@dataclass(frozen=True, slots=True)
class FaultText:
    """What a fault is called and what to do about it, in Vietnamese (lời giải thích và cách sửa)."""

    reason_vi: str
    action_vi: str


FAULT_TEXTS: Mapping[str, FaultText] = {
    Fault.TOO_COARSE: FaultText(
        "Ảnh quá thô (dưới 90 dpi), dấu thanh không còn rõ.", "Quét lại ở 200 dpi trở lên, tốt nhất 300 dpi."
    ),
    Fault.LOW_RESOLUTION: FaultText(
        "Độ phân giải thấp (dưới 150 dpi).", "Nên quét ở 200 dpi trở lên; trang này vẫn đọc được."
    ),
    Fault.CUT_OFF: FaultText(
        "Chữ bị mép ảnh cắt mất.", "Đặt lại giấy cho đủ bốn mép hoặc chọn khổ quét lớn hơn rồi quét lại."
    ),
    Fault.TOO_DARK: FaultText("Ảnh quá tối.", "Tăng độ sáng máy quét hoặc lau mặt kính rồi quét lại."),
    Fault.TOO_LIGHT: FaultText("Chữ quá nhạt so với giấy.", "Giảm độ sáng, tăng độ tương phản rồi quét lại."),
    Fault.BLURRED: FaultText("Ảnh bị nhoè.", "Ép phẳng giấy, giữ yên khi quét rồi quét lại."),
    Fault.SKEWED: FaultText(
        "Trang nghiêng quá 20 độ, không nắn thẳng được.", "Đặt giấy thẳng theo mép máy rồi quét lại."
    ),
    Fault.UNREADABLE: FaultText(
        "Chữ đọc được quá ít hoặc quá không chắc.", "Xem trang; nếu bản giấy rõ hơn ảnh thì quét lại."
    ),
    Fault.LOW_CONFIDENCE: FaultText(
        "Nhiều chữ đọc chưa chắc.", "Kiểm tra kỹ các giá trị; quét lại nếu bản giấy rõ hơn ảnh."
    ),
    Fault.NOTHING_READ: FaultText(
        "Trang có nét mực nhưng không đọc được chữ nào.",
        "Nếu là bản vẽ, ảnh hoặc chữ viết tay thì giữ nguyên; nếu là văn bản in thì quét lại.",
    ),
    Fault.FEW_WORDS: FaultText("Trang chỉ có vài chữ.", "Xem trang có đúng là giấy cần lưu không."),
    Fault.PAGES_MISSING: FaultText(
        "Số trang in trên giấy bị đứt quãng.", "Đếm lại giấy và quét bổ sung các trang thiếu."
    ),
}
"""The one table of texts; screens, lists and the command line all read it."""
