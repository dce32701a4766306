"""Names of a record's fields (tên trường dữ liệu): decree 30/2020 zones and TT 01/2023 Art. 9.

Extraction, confirmation, the store's `pending` count and the index use these names and no others.
"""

from enum import StrEnum


class FieldName(StrEnum):
    """A field of a digitised paper (trường dữ liệu); dates are ISO 8601, the rest as printed."""

    NUMBER = "so_ky_hieu"
    ISSUED = "ngay_ban_hanh"
    PLACE = "dia_danh"
    ISSUER = "co_quan_ban_hanh"
    PARENT_AGENCY = "co_quan_chu_quan"
    KIND = "loai_van_ban"
    SUBJECT = "trich_yeu"
    SIGNER = "nguoi_ky"
    POSITION = "chuc_vu"
    AUTHORITY = "quyen_han_ky"
    RECIPIENTS = "noi_nhan"
    DOSSIER = "ma_ho_so"
    TYPE_CODE = "ma_loai_giay_to"
    OWNER_ID = "dinh_danh_chu_the"
    OWNER_NAME = "ten_chu_the"
    TITLE = "ten_giay_to"
    VALID_FROM = "ngay_hieu_luc"
    VALID_TO = "thoi_han_hieu_luc"
    TERRITORY = "pham_vi_hieu_luc"
    PROCEDURE = "ma_thu_tuc"
    QR_CODE = "ma_qr"
    COPY_NUMBER = "so_ky_hieu_ban_sao"
    COPY_ISSUED = "ngay_ban_sao"
    COPY_ISSUER = "co_quan_ban_sao"
    COPY_SIGNER = "nguoi_ky_ban_sao"


F = FieldName
# A person has to settle these, be it as "not on the paper"; TT 01/2023 Art. 9 allows no guess there.
REQUIRED_FIELDS = frozenset({F.NUMBER, F.ISSUED, F.ISSUER, F.SUBJECT})
DATE_FIELDS = frozenset({F.ISSUED, F.VALID_FROM, F.VALID_TO, F.COPY_ISSUED})
# Without all of these there is a record but nothing to reuse.
RESULT_FIELDS = frozenset({F.NUMBER, F.ISSUED, F.ISSUER, F.TYPE_CODE, F.OWNER_ID})
# What a reuse answer says or rests on: a person confirms each of these, whatever the machine has proved.
REUSE_FIELDS = RESULT_FIELDS | {F.OWNER_NAME, F.VALID_FROM, F.VALID_TO, F.TERRITORY}
# Shown masked in lists and never written to a log (Luật 91/2025).
PERSONAL_FIELDS = frozenset({F.OWNER_ID, F.OWNER_NAME})
