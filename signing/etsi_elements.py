"""Elements of an ETSI report (phần tử của báo cáo ETSI): names, digests, times, text that XML can hold."""

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace

REPORT = "http://uri.etsi.org/19102/v1.4.1#"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
ATTRIBUTES = "http://uri.etsi.org/01903/v1.3.2#"
OWN = "urn:x-sohoa:verification"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHA256_HEX = re.compile("[0-9a-f]{64}")

# Once, at import: the table is the whole process's, and two threads that changed it would meet.
for _prefix, _name in (("vr", REPORT), ("ds", SIGNATURE), ("xades", ATTRIBUTES), ("sohoa", OWN)):
    register_namespace(_prefix, _name)


def add_own(parent: Element, name: str, text: object) -> Element:
    """A child in our own namespace."""
    made = SubElement(parent, f"{{{OWN}}}{name}")
    made.text = clean_text(text)
    return made


def add_digest(parent: Element, sha256: object) -> None:
    """DigestAlgAndValue of a SHA-256 in hexadecimal; nothing where it is not known."""
    if not is_sha256(sha256):
        return
    digest = add(parent, "DigestAlgAndValue")
    SubElement(digest, f"{{{SIGNATURE}}}DigestMethod", {"Algorithm": SHA256})
    SubElement(digest, f"{{{SIGNATURE}}}DigestValue").text = encode_sha256(str(sha256))


def add_reference(parent: Element, name: str, target: str) -> None:
    """A child that points at the validation object with that id."""
    add(parent, name, {"VOReference": target})


def add(parent: Element, name: str, values: Mapping[str, str] | None = None, text: object = None) -> Element:
    """A child in the namespace of the report."""
    made = SubElement(parent, f"{{{REPORT}}}{name}", dict(values or {}))
    made.text = None if text is None else clean_text(text)
    return made


def clean_text(text: object) -> str:
    """Text that XML 1.0 can hold: names in certificates may carry anything."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", "" if text is None else str(text))


def encode_sha256(sha256: str) -> str:
    """Hexadecimal to the base64 of xs:base64Binary."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def is_sha256(value: object) -> bool:
    """Whether it is a SHA-256 in lower-case hexadecimal."""
    return isinstance(value, str) and _SHA256_HEX.fullmatch(value) is not None


def find_time(text: object) -> str | None:
    """A kept time as xs:dateTime; None where there is none, or none that can be read."""
    try:
        return datetime.fromisoformat(str(text)).isoformat(timespec="seconds")
    except ValueError:
        return None
