"""Syllables of personal names (âm tiết họ tên), to guard and guide repair.

Common knowledge, not taken from any register: most Vietnamese bear one of fifty family names, and middle and
given names draw on a few hundred syllables. A name outside the list is never made into one inside it unless
the recogniser itself half saw that.
"""

import re

from ocr.syllables import skeleton, unify_tone


def _parse_words(text: str) -> frozenset[str]:
    """The words of a text, in lower case and one tone placement."""
    return frozenset(unify_tone(word) for word in re.findall(r"\w+", text))


_FAMILY = _parse_words("""
nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn trịnh lâm mai trương đào
lương lưu vương hà tô tạ thái châu quách cao thạch kiều nông hứa lò lô vi ksor siu rmah phùng tống tăng
triệu đàm
""")
_GIVEN = _parse_words("""
an anh ánh ân ba bá bách bảo bắc băng bằng bích biên bình bổng bửu cảnh cẩm cẩn căn chánh chất chấn châu
chi chí chiến chiểu chinh chính chung chương chước công cúc cung cương cường dân danh diễm diên diện diệp
diệu doanh dung dũng duy duyên dương dưỡng đại đan đàn đạo đạt đăng điền điển điệp đình định đoan đoàn đô
độ đông đồng đức đường gấm giang giao giáp hà hạ hạnh hải hán hân hằng hảo hào hậu hiên hiền hiển hiến
hiệp hiếu hiệu hiệt hoa hòa hoài hoan hoàn hoàng hoạt hòe học hóa hồng hội hợi hợp huân huấn huế huệ hùng
huy huỳnh huyên huyền hưng hương hướng hưởng hường hữu hy kha khải khanh khánh khiêm khiết khoa khoan
khoái khôi khuê khuyên khương kiên kiệm kiệt kiều kim kính kỳ lạc lam lan lành lãm lâm lân lập lễ lệ liêm
liên liễu linh loan long lộc lợi luân luận lục lụa lư lực lương lượng ly lý mai mạnh mẫn mận mậu mến mi
minh mùi mười mỹ my na nam năm nga ngà ngân nghi nghị nghĩa nghiêm nghiệp ngoan ngọc nguyên nguyệt nhã
nhân nhâm nhất nhật nhi nhiên nhu nhung như nhượng ninh nở nữ oanh pha phát phấn phi phiên phong phú phúc
phùng phụng phước phương phượng quân quan quang quảng quế quốc quy quý quyên quyền quyết quỳnh sa san
sang sáng sâm sắc sen sinh sĩ soạn song sơn sửu sự sương tài tam tám tâm tân tấn tất thạch thái tham
thanh thành thảo thăng thắm thắng thân thập thật thế thể thêu thi thị thiêm thiên thiện thiệp thiết thiều
thiệu thìn thịnh thoa thoan thoại thọ thông thơ thơm thới thu thuần thuận thuật thục thùy thúy thụy thủy
thuyên thuyết thư thức thương thường thưởng thượng tiên tiến tiếp tiệp tín tình tính tịnh toại toàn toán
tố tôn tới trà trạch trang tráng trâm trân trí triển triết triều triệu trinh trình trịnh trọng trung trúc
trực trưng trường tú tuấn tuất tuân tuệ tùng tuyên tuyến tuyền tuyết tư từ tứ tự tường tưởng tý tỵ uyên
uyển vạn văn vân vận vĩ việt vinh vĩnh vịnh vọng vui vũ vương vượng vy vỹ xoan xuân xuyên xuyến xứng yên
yến ý đang đoài đổng đài đăng độ đởm
""")
_PLACE_KINDS = _parse_words("tỉnh phố huyện quận thị xã phường trấn thôn buôn ấp")
_FAMILY_SKELETONS = frozenset(skeleton(name) for name in _FAMILY)


def may_open_name(word: str) -> bool:
    """Whether a word, whatever its marks, is a common family name."""
    return skeleton(word) in _FAMILY_SKELETONS


def is_name_syllable(word: str) -> bool:
    """Whether a word with its marks is a syllable of common names."""
    lower = unify_tone(word)
    return lower in _FAMILY or lower in _GIVEN


def is_place_kind(word: str) -> bool:
    """Whether a word is a kind of administrative place (tỉnh, xã …) that a place's name follows."""
    return unify_tone(word) in _PLACE_KINDS
