"""How an administrator gets the State's root certificates (hướng dẫn lấy chứng thư gốc)."""

FETCH_INSTRUCTIONS = """\
LẤY CHỨNG THƯ GỐC VÀO BỘ TIN CẬY

Phần mềm không kèm sẵn chứng thư hay dấu vân tay nào và không tự tải: tin ai là việc của quản trị viên.
Các địa chỉ dưới đây theo hiểu biết khi viết phần mềm, CẦN ĐƯỢC QUẢN TRỊ VIÊN XÁC NHẬN LẠI bằng công văn
hoặc đầu mối chính thức của đơn vị trước khi dùng.

1. Bộ vgca: chữ ký số chuyên dùng công vụ (Nghị định 68/2024/NĐ-CP)
   - Nơi công bố: Cục Chứng thực số và Bảo mật thông tin, Ban Cơ yếu Chính phủ; trang ca.gov.vn.
   - Cần: chứng thư gốc, các chứng thư CA trung gian đang dùng và đã dùng (để kiểm tra văn bản cũ),
     kể cả CA của máy chủ cấp dấu thời gian.
   - Danh sách thu hồi (.crl), nếu máy chủ không ra mạng: chép vào thư mục trust/vgca.

2. Bộ neac: chữ ký số công cộng (Nghị định 23/2025/NĐ-CP)
   - Nơi công bố: Trung tâm Chứng thực điện tử quốc gia, Bộ Khoa học và Công nghệ; trang neac.gov.vn.
   - Cần: các chứng thư gốc quốc gia và chứng thư của các CA công cộng được cấp phép.

3. So dấu vân tay bằng KÊNH THỨ HAI, không phải trang vừa tải
   - Xem dấu của tệp:  openssl x509 -in TỆP -noout -subject -dates -fingerprint -sha256
     (tệp DER thêm -inform DER; dấu SHA-1: đổi -sha256 thành -sha1).
   - Lấy dấu đúng từ nguồn khác: công văn có chữ ký, tài liệu giấy bàn giao, thiết bị ký đã được cấp, hoặc
     gọi tới số điện thoại chính thức của nơi cấp rồi đọc từng cặp số cho nhau nghe.
   - Khác một chữ số thì dừng, không nạp, và báo người phụ trách an toàn thông tin.
   - Nên dùng SHA-256; chỉ dùng SHA-1 khi nơi cấp không công bố SHA-256.

4. Nạp: gõ dấu đã so được, không sao chép từ chính tệp
   sohoa trust add vgca goc.crt --fingerprint "AB:CD:…" --source "Công văn số … ngày …" --as quan-tri
   sohoa trust check vgca
   sohoa trust list vgca

5. Bật: đặt SOHOA_SIGNING__TRUST=vgca (hoặc neac) rồi khởi động lại dịch vụ.
   Hồ sơ cũ được kiểm tra lại theo bộ mới; kết luận nào đổi sẽ có thông báo."""
"""Vietnamese, for the terminal; no address or fingerprint here is a promise."""
