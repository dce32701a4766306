"""Words the pages use for agreements, receivers and alarms (nhãn tiếng Việt)."""

from collections.abc import Mapping

from api.web.labels import Labelled
from records.agreements import AgreementState
from records.alarms import AlarmKind
from records.subscriptions import DeliveryState, NoticeKind, WebhookState

AGREEMENT: Mapping[str, Labelled] = {
    AgreementState.ACTIVE: ("sure", "Đang hiệu lực"),
    AgreementState.SUSPENDED: ("doubt", "Đang đình chỉ"),
    AgreementState.ENDED: ("unknown", "Đã kết thúc"),
}
WEBHOOK: Mapping[str, Labelled] = {
    WebhookState.ACTIVE: ("sure", "Đang nhận"),
    WebhookState.PAUSED: ("doubt", "Tạm dừng"),
    WebhookState.ENDED: ("unknown", "Đã kết thúc"),
}
DELIVERY: Mapping[str, Labelled] = {
    DeliveryState.WAITING: ("working", "Chờ gửi"),
    DeliveryState.DELIVERED: ("sure", "Đã nhận"),
    DeliveryState.PARKED: ("refused", "Thôi gửi, cần xem lại"),
}
NOTICE: Mapping[str, str] = {
    NoticeKind.REVOKED: "Bị thu hồi",
    NoticeKind.REPLACED: "Bị thay thế",
    NoticeKind.CORRECTED: "Được đính chính",
    NoticeKind.EXPIRED: "Hết hiệu lực",
    NoticeKind.RESTORED: "Có hiệu lực lại",
    NoticeKind.EXPIRING: "Sắp hết hiệu lực",
    NoticeKind.SIGNATURE: "Kết luận chữ ký đổi",
}
ALARM: Mapping[str, str] = {
    AlarmKind.MANY_OWNERS: "Hỏi nhiều người trong ít hồ sơ",
    AlarmKind.MANY_MISSES: "Hầu hết người được hỏi không có trong kho",
    AlarmKind.SEQUENCE: "Hỏi các số định danh liền nhau",
    AlarmKind.NAME_SEARCH: "Tìm nhiều lần chỉ theo họ tên hoặc số",
}
CLIENT_LABELS: Mapping[str, object] = {
    "agreement": AGREEMENT,
    "webhook": WEBHOOK,
    "delivery": DELIVERY,
    "notice": NOTICE,
    "alarm": ALARM,
}
