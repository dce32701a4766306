"""PAdES level of one signature (mức chữ ký), ETSI EN 319 142-1 clause 6; older kinds keep their name."""

from signing.cms import CmsFacts

_PADES = "ETSI.CAdES.detached"


def judge_level(
    facts: CmsFacts, subfilter: str, *, has_store: bool, later_timestamp: bool
) -> tuple[str, tuple[str, ...]]:
    """(level, what the next one lacks): B-B, B-T, B-LT, B-LTA, PKCS7, PKCS7-T, DOC-TIMESTAMP, unknown."""
    if facts.is_token:
        return "DOC-TIMESTAMP", ()
    if facts.certificate is None:
        return "unknown", ("readable_cms",)
    stamped = bool(facts.timestamps)
    if subfilter != _PADES or not facts.has_signing_certificate:
        missing = ("pades_subfilter",) if subfilter != _PADES else ("signing_certificate_attribute",)
        return ("PKCS7-T" if stamped else "PKCS7"), missing
    if not stamped and not later_timestamp:
        return "B-B", ("signature_timestamp",)
    if not has_store:
        return "B-T", ("security_store",)
    return ("B-LTA", ()) if later_timestamp else ("B-LT", ("document_timestamp",))
