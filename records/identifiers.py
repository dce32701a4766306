"""Identifiers of people, organisations and papers (mã định danh): forms, check digits, masks.

Patterns after NĐ 137/2015, Luật Căn cước 2023, TT 03/2025/TT-VPCP and QĐ 20/2020/QĐ-TTg. A wrong check
digit or an odd century digit is a warning for review, never a reason to refuse a lookup.
"""

import hashlib
import hmac
import re
import unicodedata
import uuid

from records.errors import InvalidIdentifier
from records.ports import OwnerKey

PERSONAL_NUMBER = re.compile(r"\d{12}")
OLD_IDENTITY_CARD = re.compile(r"\d{9}")
_NUMBER_IN_TEXT = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
TAX_CODE = re.compile(r"\d{10}(?:-?\d{3})?")
UNIT_CODE = re.compile(r"[A-Z]\d{2}(?:\.[A-Za-z0-9]+)*")
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_SCHEMES = {"cccd": PERSONAL_NUMBER, "cmnd": OLD_IDENTITY_CARD, "mst": TAX_CODE, "to_chuc": UNIT_CODE}
# Everything the service names by itself hangs below this name space, so that a repeated step makes the
# same id again instead of a second row.
NAMESPACE = uuid.UUID("6f9b1f0e-6f0c-5c35-9a0b-50484f410001")


def parse_owner(scheme: str, text: str) -> OwnerKey:
    """An owner's exact key from what was typed; spaces and dots are dropped, case is raised.

    `scheme` "" guesses from the form. Raises `InvalidIdentifier` without quoting the number.
    """
    compact = re.sub(r"[\s]", "", unicodedata.normalize("NFKC", text)).upper()
    if scheme:
        pattern = _SCHEMES.get(scheme)
        if pattern is None or not pattern.fullmatch(compact):
            raise InvalidIdentifier(scheme=scheme, length=len(compact))
        return OwnerKey(scheme, compact.replace("-", "") if scheme == "mst" else compact)
    for name, pattern in _SCHEMES.items():
        if pattern.fullmatch(compact):
            return OwnerKey(name, compact.replace("-", "") if name == "mst" else compact)
    raise InvalidIdentifier(length=len(compact))


def has_valid_tax_check_digit(code: str) -> bool:
    """Whether the tenth digit of a tax code (mã số thuế) fits: 10 - (weighted sum mod 11)."""
    digits = [int(character) for character in code[:10]]
    remainder = sum(weight * digit for weight, digit in zip(_TAX_WEIGHTS, digits, strict=False)) % 11
    return remainder != 0 and digits[9] == 10 - remainder


def mask_owner(identifier: str) -> str:
    """The number as it may be shown in lists and logs, e.g. 0010••••1234."""
    if len(identifier) < 8:
        return "•" * len(identifier)
    return f"{identifier[:4]}{'•' * (len(identifier) - 8)}{identifier[-4:]}"


def mask_numbers(text: str) -> str:
    """A text with the personal numbers in it, of twelve or nine figures, masked."""
    return _NUMBER_IN_TEXT.sub(lambda found: mask_owner(found[0]), text)


def hash_owner(secret: bytes, owner: OwnerKey) -> str:
    """Keyed hash of an owner for the audit log (HMAC-SHA-256), so that the log holds no number."""
    return hmac.new(secret, f"{owner.scheme}:{owner.id}".encode(), hashlib.sha256).hexdigest()


def build_id(*parts: str) -> str:
    """A stable id made of its input (UUID version 5)."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))


def build_result_code(owner: OwnerKey | None, type_code: str) -> str:
    """The code of a digitised result (mã kết quả số hoá, TT 01/2023 Art. 10): owner and type code.

    Without an identifier that part stays blank. Not unique by itself: a paper may be issued again.
    """
    return f"{owner.id if owner else ''}-{type_code}"
