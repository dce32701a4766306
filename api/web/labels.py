"""Words the pages use for states, roles, fields and reasons (nhãn tiếng Việt), in one place."""

from collections.abc import Mapping, Sequence

from records.access import Permission, Principal, Role
from records.field_names import FieldName
from records.release import ReleaseVerdict
from records.states import (
    CaptureState,
    IncidentState,
    RecordState,
    ResultState,
    SignatureStanding,
    SignatureValue,
)

Labelled = tuple[str, str]
"""Tone (sure, doubt, refused, unknown, working) and words; the tone gives shape and colour."""

C = CaptureState
CAPTURE: Mapping[str, Labelled] = {
    C.SCAN: ("working", "Vừa nhận"),
    C.SEPARATE: ("working", "Đang tách trang"),
    C.READ: ("working", "Đang đọc"),
    C.VALIDATE: ("working", "Đang kiểm dữ liệu"),
    C.VERIFY: ("doubt", "Chờ người kiểm tra"),
    C.QUALITY_CONTROL: ("doubt", "Chờ kiểm tra mẫu"),
    C.RELEASE: ("working", "Đang phát hành"),
    C.RELEASED: ("sure", "Đã thành hồ sơ"),
    C.LINKED: ("sure", "Trùng, đã nối với hồ sơ có sẵn"),
    C.REJECTED: ("refused", "Không nhận"),
    C.POSTPONED: ("unknown", "Tạm hoãn"),
    C.CANCELLED: ("unknown", "Đã huỷ"),
}
BATCH: Mapping[str, Labelled] = {
    **CAPTURE,
    C.SCAN: ("working", "Đang nhận tệp"),
    C.RELEASED: ("sure", "Xong"),
    C.REJECTED: ("refused", "Không nhận tệp nào"),
}
RECORD: Mapping[str, Labelled] = {
    RecordState.IN_REVIEW: ("doubt", "Chờ kiểm tra"),
    RecordState.CONFIRMED: ("sure", "Đã xác nhận"),
}
RESULT: Mapping[str, Labelled] = {
    ResultState.VALID: ("sure", "Còn hiệu lực"),
    ResultState.CORRECTED: ("sure", "Còn hiệu lực, đã đính chính"),
    ResultState.REPLACED: ("refused", "Bị thay thế"),
    ResultState.REVOKED: ("refused", "Bị thu hồi"),
    ResultState.EXPIRED: ("doubt", "Hết hiệu lực"),
}
SIGNATURE: Mapping[str, Labelled] = {
    SignatureValue.VALID: ("sure", "Chữ ký hợp lệ"),
    SignatureValue.INVALID: ("refused", "Chữ ký không hợp lệ"),
    SignatureValue.MISSING: ("doubt", "Chưa có chữ ký số"),
    SignatureValue.UNDETERMINED: ("unknown", "Chưa xác định được chữ ký"),
}
STANDING: Mapping[str, str] = {
    SignatureStanding.AWAITING_DIGITISER: "Chờ chữ ký của người số hoá: tìm được, chưa dùng lại được",
    SignatureStanding.SIGNED_BY_DIGITISER: "Bản số hoá đã ký bởi người số hoá",
    SignatureStanding.ARRIVED_SIGNED: "Văn bản đến đã có chữ ký số, giữ nguyên từng byte",
}
INCIDENT: Mapping[str, Labelled] = {
    IncidentState.OPEN: ("refused", "Đang mở"),
    IncidentState.LIFT_PROPOSED: ("doubt", "Một người nói là nhầm, chờ người thứ hai"),
    IncidentState.LIFTED: ("sure", "Đã gỡ, quét lại được"),
    IncidentState.HANDED_OVER: ("unknown", "Đã bàn giao tài liệu mật"),
}
ROLE: Mapping[str, str] = {
    Role.ARCHIVIST: "Văn thư, lưu trữ",
    Role.CLERK: "Cán bộ một cửa",
    Role.SIGNER: "Người ký",
    Role.ADMINISTRATOR: "Quản trị",
    Role.AUDITOR: "Thanh tra, kiểm toán",
}
F = FieldName
FIELD: Mapping[str, str] = {
    F.NUMBER: "Số, ký hiệu",
    F.ISSUED: "Ngày ban hành",
    F.PLACE: "Địa danh",
    F.ISSUER: "Cơ quan ban hành",
    F.PARENT_AGENCY: "Cơ quan chủ quản",
    F.KIND: "Tên loại văn bản",
    F.SUBJECT: "Trích yếu nội dung",
    F.SIGNER: "Người ký",
    F.POSITION: "Chức vụ người ký",
    F.AUTHORITY: "Quyền hạn ký",
    F.RECIPIENTS: "Nơi nhận",
    F.DOSSIER: "Mã hồ sơ",
    F.TYPE_CODE: "Mã loại giấy tờ",
    F.OWNER_ID: "Số định danh của chủ sở hữu",
    F.OWNER_NAME: "Tên chủ sở hữu",
    F.TITLE: "Tên giấy tờ",
    F.VALID_FROM: "Có hiệu lực từ",
    F.VALID_TO: "Thời hạn hiệu lực",
    F.TERRITORY: "Phạm vi hiệu lực",
    F.PROCEDURE: "Mã thủ tục hành chính",
    F.QR_CODE: "Nội dung mã QR",
    F.COPY_NUMBER: "Số, ký hiệu bản sao",
    F.COPY_ISSUED: "Ngày sao",
    F.COPY_ISSUER: "Cơ quan sao",
    F.COPY_SIGNER: "Người ký bản sao",
}
# The order in which a person reads a paper: what a reuse answer rests on first.
READING_ORDER: Sequence[FieldName] = (
    F.TYPE_CODE,
    F.OWNER_ID,
    F.OWNER_NAME,
    F.NUMBER,
    F.ISSUED,
    F.ISSUER,
    F.SUBJECT,
    F.VALID_FROM,
    F.VALID_TO,
    F.DOSSIER,
    F.PROCEDURE,
    F.KIND,
    F.PARENT_AGENCY,
    F.PLACE,
    F.SIGNER,
    F.POSITION,
    F.AUTHORITY,
    F.TERRITORY,
    F.RECIPIENTS,
    F.TITLE,
    F.COPY_NUMBER,
    F.COPY_ISSUED,
    F.COPY_ISSUER,
    F.COPY_SIGNER,
    F.QR_CODE,
)
DECISION: Mapping[str, str] = {
    "CO_GIA_TRI_TAI_SU_DUNG": "sure",
    "KHONG_CO": "unknown",
    "HET_HIEU_LUC": "doubt",
    "DA_THU_HOI_HOAC_THAY_THE": "refused",
    "KHONG_DU_GIA_TRI_PHAP_LY": "refused",
    "NHIEU_KET_QUA_CAN_CHON": "sure",
    "TU_CHOI_THIEU_MUC_DICH": "refused",
    "TU_CHOI_KHONG_CO_QUYEN": "refused",
    "TAM_THOI_KHONG_TRA_LOI": "unknown",
}
DECISION_TITLE: Mapping[str, str] = {
    "CO_GIA_TRI_TAI_SU_DUNG": "Có giấy tờ dùng lại được",
    "KHONG_CO": "Không có trong kho",
    "HET_HIEU_LUC": "Có nhưng đã hết hiệu lực",
    "DA_THU_HOI_HOAC_THAY_THE": "Có nhưng đã bị thu hồi hoặc thay thế",
    "KHONG_DU_GIA_TRI_PHAP_LY": "Có nhưng chưa đủ giá trị pháp lý",
    "NHIEU_KET_QUA_CAN_CHON": "Có nhiều giấy tờ dùng lại được, cần chọn",
    "TU_CHOI_THIEU_MUC_DICH": "Chưa nêu mục đích",
    "TU_CHOI_KHONG_CO_QUYEN": "Không được phép hỏi loại giấy tờ này",
    "TAM_THOI_KHONG_TRA_LOI": "Tạm thời chưa trả lời được",
}
ACTION: Mapping[str, str] = {
    "record.store": "Tạo hồ sơ từ tệp quét",
    "record.read": "Xem hồ sơ",
    "record.list": "Xem danh sách hồ sơ",
    "record.page": "Xem ảnh trang",
    "record.file": "Tải hoặc mở tệp",
    "record.confirm": "Xác nhận dữ liệu",
    "record.sign": "Ký bản số hoá",
    "record.recheck": "Kết luận chữ ký thay đổi khi kiểm tra lại",
    "recheck.start": "Yêu cầu kiểm tra lại chữ ký",
    "verdict.seen": "Đã xem thay đổi kết luận chữ ký",
    "verdict.list": "Xem danh sách thay đổi kết luận chữ ký",
    "result.recheck": "Giá trị chữ ký của kết quả thay đổi",
    "result.confirm": "Lập kết quả dùng lại",
    "result.read": "Xem kết quả",
    "result.state": "Đổi hiệu lực kết quả",
    "lookup": "Tra cứu dùng lại",
    "release.report": "Xem báo cáo miễn kiểm tra",
    "search": "Tìm kiếm",
}
NOTICES: Mapping[str, str] = {
    "lo": "Đã mở lô. Hãy chọn tệp để quét vào.",
    "dong": "Đã đóng lô: không nhận thêm tệp.",
    "huy": "Đã huỷ phần chưa xong của lô.",
    "luu": "Đã lưu.",
    "tim-luu": "Đã lưu tìm kiếm.",
    "tim-chia-se": "Đã đổi chia sẻ.",
    "tim-xoa": "Đã xoá tìm kiếm.",
    "tim-xuat": "Đã nhận yêu cầu xuất. Tệp xong sẽ có nút Tải về ở dưới.",
    "xac-nhan": "Đã xác nhận hồ sơ. Đây là hồ sơ kế tiếp.",
    "xac-nhan-het": "Đã xác nhận hồ sơ. Không còn hồ sơ nào chờ kiểm tra.",
    "hieu-luc": "Đã ghi thay đổi hiệu lực.",
    "sai-lech": "Đã báo sai lệch cho đơn vị lưu giữ kết quả.",
    "sai-lech-tra-loi": "Đã trả lời báo sai lệch.",
    "su-co": "Đã ghi xử lý sự cố.",
    "ket-thuc": "Đã ghi ngày kết thúc.",
    "nhap": "Đã nhập từ tệp CSV.",
    "da-xem": "Đã ghi là đã xem.",
}
# Why a person has to look, next to the doubtful value.
REASON: Mapping[str, str] = {
    "low_confidence": "Chữ đọc chưa chắc",
    "handwritten": "Có thể là chữ viết tay",
    "print_doubtful": "Nét in không giống chữ đọc được",
    "print_unchecked": "Chưa xét được là chữ in hay chữ viết tay",
    "place_empty": "Chỗ này để trống",
    "not_found": "Không thấy trên trang",
    "number_unreadable": "Không đọc được số",
    "number_not_found": "Không thấy số, ký hiệu",
    "date_unreadable": "Không đọc được ngày",
    "date_not_found": "Không thấy ngày ban hành",
    "name_unreadable": "Không đọc được tên người ký",
    "name_unusual": "Tên hiếm gặp, có thể đọc sai dấu",
    "position_unreadable": "Không đọc được chức vụ",
    "position_doubtful": "Chức vụ trùng với người được ký thay",
    "place_doubtful": "Địa danh có ký tự lạ",
    "place_disagrees": "Địa danh và tên cơ quan đọc khác nhau",
    "symbol_doubtful": "Ký hiệu không khớp cơ quan ban hành",
    "subject_doubtful": "Trích yếu có thể thiếu hoặc thừa dòng",
    "title_not_found": "Suy từ ký hiệu, không đọc được tên loại",
    "kind_mismatch": "Ký hiệu không khớp tên loại",
    "letter_d_doubtful": "Chưa rõ chữ D hay Đ",
    "year_implausible": "Năm khó có thật",
    "in_future": "Ngày ở tương lai",
    "check_digit": "Số kiểm tra của mã số thuế không khớp",
    "register_code": "Ba số đầu không phải mã nơi đăng ký khai sinh",
    "computed": "Tính từ thời hạn ghi trên giấy",
    "several_found": "Có nhiều giá trị trên giấy",
    "only_in_qr": "Chỉ có trong mã QR",
    "from_signature": "Lấy từ hình chữ ký số",
    "signer_not_trusted": "Chưa xác định được người ký đáng tin",
    "appearance_disagrees": "Khác với hình chữ ký số",
    "symbol_not_found": "Không thấy ký hiệu",
    "from_upload": "Người gửi khai, chưa đối chiếu với giấy",
    "qr_disagrees": "Khác với mã QR",
    "bad_form": "Không đúng dạng",
    "ambiguous": "Có nhiều khả năng",
}
RELEASE: Mapping[str, Labelled] = {
    ReleaseVerdict.NEVER: ("unknown", "Luôn do người xác nhận"),
    ReleaseVerdict.TOO_FEW: ("doubt", "Chưa đủ số liệu"),
    ReleaseVerdict.NO_THRESHOLD: ("refused", "Không có ngưỡng đạt"),
    ReleaseVerdict.NOT_PROVEN: ("refused", "Nửa kiểm chưa chứng minh"),
    ReleaseVerdict.EARNED: ("sure", "Đủ điều kiện miễn"),
}
# The six questions of a verdict; the answers come with the report (signing/rows.py).
VERDICT_ROW: Mapping[str, str] = {
    "integrity": "Toàn vẹn",
    "coverage": "Phạm vi",
    "changes": "Sau khi ký",
    "signer": "Người ký",
    "revocation": "Thu hồi",
    "time": "Thời điểm ký",
}
ROW_STATE: Mapping[str, str] = {"good": "sure", "warning": "doubt", "unknown": "unknown", "bad": "refused"}
# A paper from a citizen or an office abroad need not fulfil the decree: never shown as a refusal.
REQUIREMENT: Mapping[str, str] = {"met": "sure", "not_met": "doubt", "cannot_tell": "unknown"}
# Who or what a signature stands for, by how it shows itself (Decree 30/2020 Annex I).
SIGNATURE_ROLE: Mapping[str, str] = {
    "signature": "Người ký",
    "seal": "Dấu cơ quan",
    "number": "Số văn bản",
    "date": "Ngày văn bản",
    "copy": "Bản sao",
    "other": "Chữ ký khác",
    "none": "Chữ ký không hiển thị",
}
ENTRY_STATE: Mapping[str, Labelled] = {
    "intact": ("sure", "Còn nguyên"),
    "extended": ("sure", "Còn nguyên, có bổ sung được phép"),
    "altered": ("refused", "Không đúng"),
    "indeterminate": ("unknown", "Chưa kết luận"),
}
AREA_KIND: Mapping[str, str] = {
    "changed": "Nội dung khác",
    "hidden": "Nội dung bị che",
    "page": "Trang thêm, bớt hoặc đổi cỡ",
    "programs_differ_signed": "Hai phần mềm vẽ bản lúc ký khác nhau",
    "programs_differ_final": "Hai phần mềm vẽ bản hiện có khác nhau",
}
REQUIREMENT_RULE: Mapping[str, str] = {"nd30-2020": "Nghị định 30"}

LABELS: dict[str, object] = {
    "capture": CAPTURE,
    "batch": BATCH,
    "record": RECORD,
    "result": RESULT,
    "signature": SIGNATURE,
    "standing": STANDING,
    "incident": INCIDENT,
    "role": ROLE,
    "field": FIELD,
    "decision": DECISION,
    "decision_title": DECISION_TITLE,
    "action": ACTION,
    "notices": NOTICES,
    "reason": REASON,
    "release": RELEASE,
    "verdict_row": VERDICT_ROW,
    "row_state": ROW_STATE,
    "requirement": REQUIREMENT,
    "requirement_rule": REQUIREMENT_RULE,
    "signature_role": SIGNATURE_ROLE,
    "entry_state": ENTRY_STATE,
    "area_kind": AREA_KIND,
}

_RAIL: Sequence[tuple[str, str, str, tuple[Permission, ...]]] = (
    ("/lo", "scan-line", "Lô quét", (Permission.BATCH_READ,)),
    ("/kiem-tra", "list-checks", "Kiểm tra", (Permission.FIELD_CONFIRM,)),
    ("/ho-so", "folder-open", "Hồ sơ", (Permission.RECORD_READ,)),
    ("/kiem-tra-chu-ky", "pen-line", "Kiểm chữ ký", (Permission.VERIFY,)),
    ("/tra-cuu", "shield-check", "Tra cứu", (Permission.LOOKUP,)),
    ("/ket-luan-chu-ky", "refresh-cw", "Chữ ký đổi", (Permission.RECORD_READ,)),
    ("/sai-lech", "triangle-alert", "Báo sai lệch", (Permission.RESULT_CHANGE,)),
    ("/ai-da-xem", "eye", "Ai đã xem", (Permission.OWNER_READ, Permission.AUDIT_READ)),
    ("/su-co", "shield-alert", "Sự cố mật", (Permission.INCIDENT_READ,)),
    ("/canh-bao", "triangle-alert", "Cảnh báo", (Permission.KEY_MANAGE, Permission.AUDIT_READ)),
    ("/nhat-ky", "scroll-text", "Nhật ký", (Permission.AUDIT_READ,)),
    (
        "/quan-tri",
        "settings",
        "Quản trị",
        (
            Permission.UNIT_MANAGE,
            Permission.TYPE_MANAGE,
            Permission.ACCOUNT_MANAGE,
            Permission.KEY_MANAGE,
            Permission.RELEASE_READ,
        ),
    ),
)


def build_rail(principal: Principal) -> tuple[dict[str, str], ...]:
    """The entries of the left rail this person may use."""
    return tuple(
        {"href": href, "icon": icon, "label": label}
        for href, icon, label, needed in _RAIL
        if any(principal.may(permission) for permission in needed)
    )
