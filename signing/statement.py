"""What a signature's dictionary says (lời khai trong từ điển chữ ký): words, not proof."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """What the signature's dictionary says (lời khai trong chữ ký), proven by the signature alone.

    Read from the revision it signed: a later one may say something else (`signature_dictionary_replaced`).
    """

    name: str = ""
    reason: str = ""
    location: str = ""
    contact: str = ""
    time: str = ""


NOT_STATED = Statement()
