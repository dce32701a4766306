"""The report as ETSI TS 119 102-2 XML (báo cáo kiểm tra theo chuẩn ETSI), for other validators to read.

Built from the kept report alone, so that an old check can be handed on without the file. Every signature and
every document time-stamp has its own SignatureValidationReport; what the standard has no place for (our six
lines, codes, reasons, Decree 30) stands in OtherInformation under `urn:x-sohoa:verification`.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from signing.report import Indication, RowState, SignatureType

REPORT = "http://uri.etsi.org/19102/v1.4.1#"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
ATTRIBUTES = "http://uri.etsi.org/01903/v1.3.2#"
OWN = "urn:x-sohoa:verification"
_URN = "urn:etsi:019102"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_PROVEN = f"{_URN}:poetype:validation"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHA256_HEX = re.compile("[0-9a-f]{64}")

INDICATIONS = {
    Indication.TOTAL_PASSED.value: f"{_URN}:mainindication:total-passed",
    Indication.TOTAL_FAILED.value: f"{_URN}:mainindication:total-failed",
    Indication.INDETERMINATE.value: f"{_URN}:mainindication:indeterminate",
    # The standard has no word for a file without signatures; this is the one of EU DSS, which others read.
    Indication.NO_SIGNATURE.value: "urn:cef:dss:mainindication:noSignatureFound",
}
"""Our indication to the URI of clause 4.2.4.2."""

_OBJECT_INDICATIONS = {
    Indication.TOTAL_PASSED.value: f"{_URN}:mainindication:passed",
    Indication.TOTAL_FAILED.value: f"{_URN}:mainindication:failed",
}
_ROW_INDICATIONS = {
    RowState.GOOD.value: f"{_URN}:mainindication:passed",
    RowState.WARNING.value: f"{_URN}:mainindication:passed",
    RowState.BAD.value: f"{_URN}:mainindication:failed",
}
_Facts = Mapping[str, Any]


def build_etsi(report: _Facts) -> bytes:
    """The XML of a report as `SignatureReport.to_dict` gives it, also one kept by an older version.

    What an older report lacks is left out; without an indication the verdict is indeterminate.
    """
    for prefix, name in (("", REPORT), ("ds", SIGNATURE), ("xades", ATTRIBUTES), ("sohoa", OWN)):
        ElementTree.register_namespace(prefix, name)
    root = Element(f"{{{REPORT}}}ValidationReport")
    entries = [entry for entry in _list(report, "signatures") if entry.get("type") != "usage-rights"]
    for number, entry in enumerate(entries, start=1):
        _add_signature(root, report, entry, number)
    if _says_more(report, entries):
        _add_document(root, report)
    _add_objects(root, entries)
    ElementTree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="utf-8")


def _says_more(report: _Facts, entries: list[_Facts]) -> bool:
    """Whether the document's verdict is worse than each signature's: a lost one must not read as passed."""
    passed = Indication.TOTAL_PASSED.value
    whole = _facts(report, "summary").get("indication")
    return not entries or (whole != passed and all(entry.get("indication") == passed for entry in entries))


def _add_signature(root: Element, report: _Facts, entry: _Facts, number: int) -> None:
    """One SignatureValidationReport (clause 4.2), its elements in the order of the schema."""
    part = _add(root, "SignatureValidationReport")
    identifier = _add(part, "SignatureIdentifier", {"id": f"S-{number}"})
    _add_digest(identifier, entry.get("signed_sha256"))
    _add(identifier, "HashOnly", text="false")
    _add(identifier, "DocHashOnly", text="false")
    _add_constraints(part, report, entry)
    _add_time(part, report, _find_proven(entry, number))
    _add_document_digest(part, report)
    _add_attributes(part, entry, number)
    signer = _facts(entry, "signer")
    if _is_sha256(signer.get("sha256")):
        information = _add(part, "SignerInformation")
        _refer(information, "SignerCertificate", f"C-{signer['sha256']}")
        _add(information, "Signer", text=signer.get("subject") or None)
    process = _add(part, "SignatureValidationProcess")
    _add(process, "SignatureValidationProcessID", text=f"{_URN}:validationprocess:LTVM")
    _add_status(part, entry, number)
    _add_own(part, report, entry)


def _add_document(root: Element, report: _Facts) -> None:
    """The document's own verdict, where no signature carries it: none there, or one that was lost."""
    part = _add(root, "SignatureValidationReport")
    summary = _facts(report, "summary")
    _add_time(part, report, None)
    _add_document_digest(part, report)
    status = _add(part, "SignatureValidationStatus")
    _add_indication(status, summary, INDICATIONS)
    _add_own(part, report, summary)


def _add_constraints(part: Element, report: _Facts, entry: _Facts) -> None:
    """Policy and our six questions as constraints (clause 4.2.5); a warning is a question passed."""
    policy = _facts(report, "policy")
    evaluation = _add(part, "ValidationConstraintsEvaluationReport")
    used = _add(evaluation, "SignatureValidationPolicy")
    identifier = _add(used, "SignaturePolicyIdentifier")
    SubElement(identifier, f"{{{ATTRIBUTES}}}SignaturePolicyImplied")
    words = [str(policy.get(name) or "") for name in ("id", "version", "rules", "trust_store")]
    _add(used, "PolicyName", text=" ".join(word for word in words if word))
    for row in _list(entry, "rows"):
        constraint = _add(evaluation, "ValidationConstraint")
        _add(constraint, "ValidationConstraintIdentifier", text=f"{OWN}:row:{row.get('key')}")
        _add(_add(constraint, "ConstraintStatus"), "Status", text=f"{_URN}:constraintStatus:applied")
        indication = _ROW_INDICATIONS.get(str(row.get("state")), INDICATIONS[Indication.INDETERMINATE.value])
        _add(_add(constraint, "ValidationStatus"), "MainIndication", text=indication)
        told = _add_own_text(_add(constraint, "Indications"), "row", row.get("text_vi"))
        told.attrib.update({name: _clean(row.get(name)) for name in ("state", "code")})


def _add_time(part: Element, report: _Facts, proven: tuple[str, str] | None) -> None:
    """Time of the check, and the best time of the signature: proven by a time-stamp, else the check's."""
    checked = _read_time(_facts(report, "policy").get("time_of_check"))
    if checked is None:
        return
    information = _add(part, "ValidationTimeInfo")
    _add(information, "ValidationTime", text=checked)
    best = _add(information, "BestSignatureTime")
    _add(best, "POETime", text=proven[0] if proven else checked)
    _add(best, "TypeOfProof", text=_PROVEN)
    if proven:
        _refer(best, "POEObject", proven[1])


def _find_proven(entry: _Facts, number: int) -> tuple[str, str] | None:
    """Time and object of the earliest time-stamp that holds and is trusted; never the claimed time."""
    held = [
        (time, _stamp_id(number, place))
        for place, stamp in enumerate(_stamps(entry), start=1)
        if _proves(stamp) and (time := _read_time(stamp.get("time"))) is not None
    ]
    return min(held, default=None)


def _proves(stamp: _Facts) -> bool:
    return stamp.get("trust") == "trusted" and stamp.get("digest") is True and stamp.get("value") is True


def _add_document_digest(part: Element, report: _Facts) -> None:
    sha256 = _facts(report, "document").get("sha256")
    if _is_sha256(sha256):
        _add_digest(_add(part, "SignersDocument"), sha256)


def _add_attributes(part: Element, entry: _Facts, number: int) -> None:
    """What the signature says of itself (annex A): claimed time, kind, byte range, time-stamps."""
    found = Element(f"{{{REPORT}}}SignatureAttributes")
    times = _facts(entry, "time")
    if claimed := _read_time(times.get("claimed")):
        _add(_add(found, "SigningTime", {"Signed": "true"}), "Time", text=claimed)
    for place, stamp in enumerate(_stamps(entry), start=1):
        if stamped := _read_time(stamp.get("time")):
            token = _add(found, "SignatureTimeStamp", {"Signed": "false"})
            _refer(token, "AttributeObject", _stamp_id(number, place))
            _add(token, "TimeStampValue", text=stamped)
    best = _read_time(times.get("best_time"))
    if entry.get("type") == SignatureType.DOC_TIMESTAMP and best:
        _add(_add(found, "DocTimeStamp"), "TimeStampValue", text=best)
    if entry.get("subfilter"):
        _add(_add(found, "SubFilter"), "SubFilterElement", text=entry["subfilter"])
    if ranges := _facts(entry, "coverage").get("byte_range"):
        _add(found, "ByteRange", text=" ".join(str(int(place)) for place in ranges))
    if len(found):
        part.append(found)


def _add_status(part: Element, entry: _Facts, number: int) -> None:
    """Indication, sub-indication and what they rest on: chain, revocation, weak algorithm (clause 4.2.4)."""
    status = _add(part, "SignatureValidationStatus")
    is_stamp = entry.get("type") == SignatureType.DOC_TIMESTAMP
    _add_indication(status, entry, INDICATIONS | _OBJECT_INDICATIONS if is_stamp else INDICATIONS)
    data = Element(f"{{{REPORT}}}AssociatedValidationReportData")
    signer, revocation = _facts(entry, "signer"), _facts(entry, "revocation")
    _add_chain(data, signer)
    revoked = _read_time(revocation.get("revoked_at"))
    if revoked and _is_sha256(signer.get("sha256")):
        information = _add(data, "RevocationStatusInformation")
        _refer(information, "ValidationObjectId", f"C-{signer['sha256']}")
        _add(information, "RevocationTime", text=revoked)
    if weak := _facts(entry, "integrity").get("weak"):
        crypto = _add(data, "CryptoInformation")
        _refer(crypto, "ValidationObjectId", f"S-{number}")
        _add(crypto, "Algorithm", text=f"{OWN}:algorithm:{weak[0]}")
        _add(crypto, "SecureAlgorithm", text="false")
    if len(data):
        status.append(data)


def _add_indication(status: Element, facts: _Facts, uris: Mapping[str, str]) -> None:
    """MainIndication and SubIndication; an unknown word reads as indeterminate, never as passed."""
    word = str(facts.get("indication"))
    _add(status, "MainIndication", text=uris.get(word, INDICATIONS[Indication.INDETERMINATE.value]))
    if facts.get("sub_indication"):
        _add(status, "SubIndication", text=f"{_URN}:subindication:{facts['sub_indication']}")


def _add_chain(data: Element, signer: _Facts) -> None:
    """The chain from signer to root; the root is an anchor only where the chain is trusted."""
    if not _is_sha256(signer.get("sha256")):
        return
    names = [f"C-{item['sha256']}" for item in _list(signer, "chain") if _is_sha256(item.get("sha256"))]
    above = [name for name in reversed(names) if name != f"C-{signer['sha256']}"]
    anchor = above.pop() if above and signer.get("trust") == "trusted" else None
    chain = _add(data, "CertificateChain")
    _refer(chain, "SigningCertificate", f"C-{signer['sha256']}")
    for name in above:
        _refer(chain, "IntermediateCertificate", name)
    if anchor:
        _refer(chain, "TrustAnchor", anchor)


def _add_objects(root: Element, entries: list[_Facts]) -> None:
    """Certificates by digest, and time-stamps with their own verdict and what they prove (clause 4.4)."""
    objects = Element(f"{{{REPORT}}}SignatureValidationObjects")
    for sha256 in _certificates(entries):
        item = _add(objects, "ValidationObject", {"id": f"C-{sha256}"})
        _add(item, "ObjectType", text=f"{_URN}:validationObject:certificate")
        _add_digest(_add(item, "ValidationObjectRepresentation"), sha256)
    for number, entry in enumerate(entries, start=1):
        for place, stamp in enumerate(_stamps(entry), start=1):
            _add_stamp(objects, entry, stamp, _stamp_id(number, place))
    if len(objects):
        root.append(objects)


def _add_stamp(objects: Element, entry: _Facts, stamp: _Facts, name: str) -> None:
    """A signature time-stamp; it proves the signature to exist only where it holds and is trusted."""
    item = _add(objects, "ValidationObject", {"id": name})
    _add(item, "ObjectType", text=f"{_URN}:validationObject:timestamp")
    shown = _add(item, "ValidationObjectRepresentation")
    if _is_sha256(stamp.get("sha256")):
        _add_digest(shown, stamp.get("sha256"))
    else:
        _add_own_text(_add(shown, "direct"), "timestamp", f"{stamp.get('time')} {stamp.get('tsa')}")
    time = _read_time(stamp.get("time"))
    if time and _proves(stamp) and _is_sha256(entry.get("signed_sha256")):
        proof = _add(item, "POEProvisioning")
        _add(proof, "POETime", text=time)
        reference = _add(proof, "SignatureReference")
        _add(reference, "DigestMethod", text=_SHA256)
        _add(reference, "DigestValue", text=_base64(entry["signed_sha256"]))
    status = _add(_add(item, "ValidationReport"), "SignatureValidationStatus")
    broken = stamp.get("digest") is False or stamp.get("value") is False
    word = "passed" if _proves(stamp) else "failed" if broken else "indeterminate"
    _add(status, "MainIndication", text=f"{_URN}:mainindication:{word}")


def _certificates(entries: Iterable[_Facts]) -> list[str]:
    """SHA-256 of every signer and chain certificate, each once, in order."""
    signers = [_facts(entry, "signer") for entry in entries]
    found = [str(item.get("sha256")) for signer in signers for item in (signer, *_list(signer, "chain"))]
    return [sha256 for sha256 in dict.fromkeys(found) if _is_sha256(sha256)]


def _add_own(part: Element, report: _Facts, facts: _Facts) -> None:
    """What the standard has no place for, in the words of our own report."""
    other = _add(part, "OtherInformation")
    summary = _facts(report, "summary")
    told = {name: facts.get(name) for name in ("field", "type", "level", "state", "code")}
    told["changes"] = _facts(facts, "changes_after").get("verdict")
    told |= {"integrity": summary.get("integrity"), "headline": summary.get("headline_vi")}
    for name, text in told.items():
        if text:
            _add_own_text(other, name, text)
    for reason in facts.get("reasons") or ():
        _add_own_text(other, "reason", reason)
    for warning in report.get("warnings") or ():
        _add_own_text(other, "warning", warning)
    for rule in _list(report, "requirements"):
        made = _add_own_text(other, "requirement", rule.get("text_vi"))
        made.attrib.update({name: _clean(rule.get(name)) for name in ("id", "verdict", "code")})


def _add_own_text(parent: Element, name: str, text: object) -> Element:
    made = SubElement(parent, f"{{{OWN}}}{name}")
    made.text = _clean(text)
    return made


def _add_digest(parent: Element, sha256: object) -> None:
    """DigestAlgAndValue of a SHA-256 in hexadecimal; nothing where it is not known."""
    if not _is_sha256(sha256):
        return
    digest = _add(parent, "DigestAlgAndValue")
    SubElement(digest, f"{{{SIGNATURE}}}DigestMethod", {"Algorithm": _SHA256})
    SubElement(digest, f"{{{SIGNATURE}}}DigestValue").text = _base64(str(sha256))


def _refer(parent: Element, name: str, target: str) -> None:
    _add(parent, name, {"VOReference": target})


def _add(parent: Element, name: str, values: Mapping[str, str] | None = None, text: object = None) -> Element:
    made = SubElement(parent, f"{{{REPORT}}}{name}", dict(values or {}))
    made.text = None if text is None else _clean(text)
    return made


def _clean(text: object) -> str:
    """Text that XML 1.0 can hold: names in certificates may carry anything."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", "" if text is None else str(text))


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and _SHA256_HEX.fullmatch(value) is not None


def _read_time(text: object) -> str | None:
    """A kept time as xs:dateTime; None where there is none, or none that can be read."""
    try:
        return datetime.fromisoformat(str(text)).isoformat(timespec="seconds")
    except ValueError:
        return None


def _stamp_id(number: int, place: int) -> str:
    return f"T-{number}-{place}"


def _stamps(entry: _Facts) -> list[_Facts]:
    return _list(_facts(entry, "time"), "signature_timestamps")


def _facts(values: _Facts, name: str) -> _Facts:
    return values.get(name) or {}


def _list(values: _Facts, name: str) -> list[_Facts]:
    return list(values.get(name) or ())
