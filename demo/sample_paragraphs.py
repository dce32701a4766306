"""Invented wording of sample papers (lời văn mẫu): kinds of results and paragraphs to fill pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResultKind:
    """A kind of result paper (loại kết quả): code of the national catalogue's form, heading, wording.

    `years` is how long it stays valid, 0 for without end.
    """

    code: str
    symbol: str
    heading: str
    subject: str
    opening: str
    years: int
    grounds: tuple[str, ...]


RESULT_KINDS = (
    ResultKind(
        code="KQ.H15.000123",
        symbol="GXN",
        heading="GIẤY XÁC NHẬN",
        subject="Tình trạng hôn nhân",
        opening="Ủy ban nhân dân xã {commune}, tỉnh {province} xác nhận: ông (bà) {owner}, số định danh cá "
        "nhân {number}, thường trú tại xã {commune}, theo hồ sơ mã {dossier}, hiện chưa đăng ký kết hôn "
        "với ai.",
        years=0,
        grounds=(),
    ),
    ResultKind(
        code="KQ.H15.000124",
        symbol="GP",
        heading="GIẤY PHÉP",
        subject="Xây dựng nhà ở riêng lẻ",
        opening="Cấp phép cho ông (bà) {owner}, số định danh cá nhân {number}, được xây dựng nhà ở riêng lẻ "
        "tại thôn Trung, xã {commune}, tỉnh {province}, theo hồ sơ mã {dossier}.",
        years=1,
        grounds=("Căn cứ Luật Tổ chức chính quyền địa phương;", "Căn cứ hồ sơ thiết kế đã được thẩm tra;"),
    ),
    ResultKind(
        code="KQ.H15.000125",
        symbol="QĐ",
        heading="QUYẾT ĐỊNH",
        subject="Về việc trợ cấp xã hội hằng tháng",
        opening="Điều 1. Trợ cấp xã hội hằng tháng cho ông (bà) {owner}, số định danh cá nhân {number}, "
        "thường trú tại xã {commune}, tỉnh {province}, theo hồ sơ mã {dossier}.",
        years=2,
        grounds=(
            "Căn cứ Luật Tổ chức chính quyền địa phương;",
            "Xét đề nghị của Trưởng phòng Văn hóa - Xã hội,",
        ),
    ),
    ResultKind(
        code="KQ.H15.000126",
        symbol="GCN",
        heading="GIẤY CHỨNG NHẬN",
        subject="Đăng ký hộ kinh doanh",
        opening="Chứng nhận hộ kinh doanh do ông (bà) {owner}, số định danh cá nhân {number}, làm chủ, địa "
        "chỉ tại chợ Mới, xã {commune}, tỉnh {province}, theo hồ sơ mã {dossier}, đã đăng ký.",
        years=5,
        grounds=(),
    ),
)

# Some hold the words the state-secret gate must not stop at: a secret kept in running text, a family
# name, upper-case headings beside them.
FILLER_PARAGRAPHS = (
    (
        "Các phòng, ban, đơn vị thuộc Ủy ban nhân dân xã {commune} có trách nhiệm phối hợp thực hiện, định "
        "kỳ sáu tháng báo cáo kết quả về Ủy ban nhân dân xã để tổng hợp theo quy định."
    ),
    (
        "Trong quá trình giải quyết, cán bộ tiếp nhận phải giữ bí mật thông tin cá nhân của công dân, không "
        "cung cấp cho bên thứ ba khi chưa có sự đồng ý của người đó."
    ),
    (
        "Hồ sơ gồm 02 bản chính, 03 bản sao; thời gian giải quyết không quá 05 ngày làm việc kể từ ngày nhận "
        "đủ hồ sơ hợp lệ, trừ trường hợp bất khả kháng."
    ),
    (
        "Giao bà Mật Thị Hiền, công chức Tư pháp - Hộ tịch, theo dõi, đôn đốc việc thực hiện và báo cáo Chủ "
        "tịch Ủy ban nhân dân xã trước ngày 25 hằng tháng."
    ),
    (
        "Kinh phí thực hiện bảo đảm từ nguồn ngân sách xã và các nguồn hợp pháp khác; việc quản lý, sử dụng, "
        "thanh toán, quyết toán theo đúng quy định của pháp luật hiện hành."
    ),
    (
        "Người được cấp có trách nhiệm thông báo cho cơ quan cấp khi có thay đổi về nơi cư trú, thông tin "
        "liên hệ hoặc khi giấy này bị mất, bị hư hỏng."
    ),
    (
        "Đề nghị các thôn, tổ dân phố niêm yết công khai tại nhà văn hóa trong thời hạn 15 ngày; mọi phản "
        "ánh, kiến nghị gửi về Bộ phận Một cửa để được xem xét, trả lời."
    ),
    (
        "Việc cung cấp thông tin thực hiện theo Luật Tiếp cận thông tin; thông tin thuộc DANH MỤC BÍ MẬT NHÀ "
        "NƯỚC không được cung cấp dưới mọi hình thức."
    ),
    (
        "Cây trồng gồm xoài cát, nhãn lồng và mật ong rừng là sản phẩm chủ lực của xã {commune}, được hỗ "
        "trợ giống, kỹ thuật và tìm đầu ra trong giai đoạn 2025 - 2030."
    ),
    (
        "Chủ đầu tư phải khởi công trong thời hạn ghi tại giấy này; quá thời hạn mà chưa khởi công thì phải "
        "đề nghị gia hạn, mỗi lần gia hạn không quá 12 tháng."
    ),
)
