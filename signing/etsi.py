"""The report as ETSI TS 119 102-2 XML (báo cáo kiểm tra theo chuẩn ETSI), for other validators to read.

Built from the kept report alone, so that an old check can be handed on without the file. Every signature and
every document time-stamp has its own SignatureValidationReport; what the standard has no place for (our six
lines, codes, reasons, Decree 30) stands in OtherInformation under `urn:x-sohoa:verification`.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from signing.etsi_elements import (
    ATTRIBUTES,
    OWN,
    REPORT,
    SHA256,
    add,
    add_digest,
    add_own,
    add_reference,
    clean_text,
    encode_sha256,
    find_time,
    is_sha256,
)  # fmt: skip
from signing.report import Indication, RowState, SignatureType

_URN = "urn:etsi:019102"
_PROVEN = f"{_URN}:poetype:validation"

INDICATIONS = {
    Indication.TOTAL_PASSED.value: f"{_URN}:mainindication:total-passed",
    Indication.TOTAL_FAILED.value: f"{_URN}:mainindication:total-failed",
    Indication.INDETERMINATE.value: f"{_URN}:mainindication:indeterminate",
    # The standard has no word for a file without signatures; this is the one of EU DSS, which others read.
    Indication.NO_SIGNATURE.value: "urn:cef:dss:mainindication:noSignatureFound",
}
"""Our indication to the URI of its MainIndication."""

_OBJECT_INDICATIONS = {
    Indication.TOTAL_PASSED.value: f"{_URN}:mainindication:passed",
    Indication.TOTAL_FAILED.value: f"{_URN}:mainindication:failed",
}
_ROW_INDICATIONS = {
    RowState.GOOD.value: f"{_URN}:mainindication:passed",
    RowState.WARNING.value: f"{_URN}:mainindication:passed",
    RowState.BAD.value: f"{_URN}:mainindication:failed",
}
_EVIDENCE = {"ocsp": "OCSPResponse", "crl": "CRL", "certificate": "certificate"}
_Facts = Mapping[str, Any]


def build_etsi(report: _Facts) -> bytes:
    """The XML of a report as `SignatureReport.to_dict` gives it, also one kept by an older version.

    What an older report lacks is left out; without an indication the verdict is indeterminate.
    """
    root = Element(f"{{{REPORT}}}ValidationReport")
    entries = [entry for entry in _list(report, "signatures") if entry.get("type") != "usage-rights"]
    for number, entry in enumerate(entries, start=1):
        _add_signature(root, report, entry, number)
    if _says_more(report, entries):
        _add_document(root, report)
    _add_objects(root, report, entries)
    ElementTree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="utf-8")


def _says_more(report: _Facts, entries: list[_Facts]) -> bool:
    """Whether the document's verdict is worse than each signature's: a lost one must not read as passed."""
    passed = Indication.TOTAL_PASSED.value
    whole = _facts(report, "summary").get("indication")
    return not entries or (whole != passed and all(entry.get("indication") == passed for entry in entries))


def _add_signature(root: Element, report: _Facts, entry: _Facts, number: int) -> None:
    """One SignatureValidationReport, its elements in the order of the schema."""
    part = add(root, "SignatureValidationReport")
    identifier = add(part, "SignatureIdentifier", {"id": f"S-{number}"})
    add_digest(identifier, entry.get("signed_sha256"))
    add(identifier, "HashOnly", text="false")
    add(identifier, "DocHashOnly", text="false")
    _add_constraints(part, report, entry)
    _add_time(part, report, _find_proven(entry, number))
    _add_document_digest(part, report)
    _add_attributes(part, entry, number)
    signer = _facts(entry, "signer")
    if is_sha256(signer.get("sha256")):
        information = add(part, "SignerInformation")
        add_reference(information, "SignerCertificate", f"C-{signer['sha256']}")
        add(information, "Signer", text=signer.get("subject") or None)
    process = add(part, "SignatureValidationProcess")
    add(process, "SignatureValidationProcessID", text=f"{_URN}:validationprocess:LTVM")
    _add_status(part, entry, number)
    _add_other(part, report, entry)


def _add_document(root: Element, report: _Facts) -> None:
    """The document's own verdict, where no signature carries it: none there, or one that was lost."""
    part = add(root, "SignatureValidationReport")
    summary = _facts(report, "summary")
    _add_time(part, report, None)
    _add_document_digest(part, report)
    status = add(part, "SignatureValidationStatus")
    _add_indication(status, summary, INDICATIONS)
    _add_other(part, report, summary)


def _add_constraints(part: Element, report: _Facts, entry: _Facts) -> None:
    """Policy and our six questions as constraints; a warning is a question passed."""
    policy = _facts(report, "policy")
    evaluation = add(part, "ValidationConstraintsEvaluationReport")
    used = add(evaluation, "SignatureValidationPolicy")
    identifier = add(used, "SignaturePolicyIdentifier")
    SubElement(identifier, f"{{{ATTRIBUTES}}}SignaturePolicyImplied")
    words = [str(policy.get(name) or "") for name in ("id", "version", "rules", "trust_store")]
    add(used, "PolicyName", text=" ".join(word for word in words if word))
    for row in _list(entry, "rows"):
        constraint = add(evaluation, "ValidationConstraint")
        add(constraint, "ValidationConstraintIdentifier", text=f"{OWN}:row:{row.get('key')}")
        add(add(constraint, "ConstraintStatus"), "Status", text=f"{_URN}:constraintStatus:applied")
        indication = _ROW_INDICATIONS.get(str(row.get("state")), INDICATIONS[Indication.INDETERMINATE.value])
        add(add(constraint, "ValidationStatus"), "MainIndication", text=indication)
        told = add_own(add(constraint, "Indications"), "row", row.get("text_vi"))
        told.attrib.update({name: clean_text(row.get(name)) for name in ("state", "code")})


def _add_time(part: Element, report: _Facts, proven: tuple[str, str] | None) -> None:
    """Time of the check, and the best time of the signature: proven by a time-stamp, else the check's."""
    checked = find_time(_facts(report, "policy").get("time_of_check"))
    if checked is None:
        return
    information = add(part, "ValidationTimeInfo")
    add(information, "ValidationTime", text=checked)
    best = add(information, "BestSignatureTime")
    add(best, "POETime", text=proven[0] if proven else checked)
    add(best, "TypeOfProof", text=_PROVEN)
    if proven and proven[1]:
        add_reference(best, "POEObject", proven[1])


def _find_proven(entry: _Facts, number: int) -> tuple[str, str] | None:
    """Time and object of the earliest time-stamp that holds and is trusted; never the claimed time.

    The object is empty where a time-stamp of the whole document proves the time.
    """
    held = [
        (time, _stamp_id(number, place))
        for place, stamp in enumerate(_stamps(entry), start=1)
        if _proves(stamp) and (time := find_time(stamp.get("time"))) is not None
    ]
    best = find_time(_facts(entry, "time").get("best_time"))
    if best is not None and all(best < time for time, _ in held):
        return best, ""
    return min(held, default=None)


def _proves(stamp: _Facts) -> bool:
    return stamp.get("trust") == "trusted" and stamp.get("digest") is True and stamp.get("value") is True


def _add_document_digest(part: Element, report: _Facts) -> None:
    sha256 = _facts(report, "document").get("sha256")
    if is_sha256(sha256):
        add_digest(add(part, "SignersDocument"), sha256)


def _add_attributes(part: Element, entry: _Facts, number: int) -> None:
    """What the signature says of itself: claimed time, kind, byte range, time-stamps."""
    found = Element(f"{{{REPORT}}}SignatureAttributes")
    times = _facts(entry, "time")
    if claimed := find_time(times.get("claimed")):
        add(add(found, "SigningTime", {"Signed": "true"}), "Time", text=claimed)
    for place, stamp in enumerate(_stamps(entry), start=1):
        if stamped := find_time(stamp.get("time")):
            token = add(found, "SignatureTimeStamp", {"Signed": "false"})
            add_reference(token, "AttributeObject", _stamp_id(number, place))
            add(token, "TimeStampValue", text=stamped)
    # Reports of earlier versions have the token's time as the best one only.
    token_time = find_time(times.get("stamped") or times.get("best_time"))
    if entry.get("type") == SignatureType.DOC_TIMESTAMP and token_time:
        add(add(found, "DocTimeStamp"), "TimeStampValue", text=token_time)
    if entry.get("subfilter"):
        add(add(found, "SubFilter"), "SubFilterElement", text=entry["subfilter"])
    if ranges := _facts(entry, "coverage").get("byte_range"):
        add(found, "ByteRange", text=" ".join(str(int(place)) for place in ranges))
    if len(found):
        part.append(found)


def _add_status(part: Element, entry: _Facts, number: int) -> None:
    """Indication, sub-indication and what they rest on: chain, revocation, weak algorithm."""
    status = add(part, "SignatureValidationStatus")
    is_stamp = entry.get("type") == SignatureType.DOC_TIMESTAMP
    _add_indication(status, entry, INDICATIONS | _OBJECT_INDICATIONS if is_stamp else INDICATIONS)
    data = Element(f"{{{REPORT}}}AssociatedValidationReportData")
    signer, revocation = _facts(entry, "signer"), _facts(entry, "revocation")
    _add_chain(data, signer)
    revoked = find_time(revocation.get("revoked_at"))
    if revoked and is_sha256(signer.get("sha256")):
        information = add(data, "RevocationStatusInformation")
        add_reference(information, "ValidationObjectId", f"C-{signer['sha256']}")
        add(information, "RevocationTime", text=revoked)
    if weak := _facts(entry, "integrity").get("weak"):
        crypto = add(data, "CryptoInformation")
        add_reference(crypto, "ValidationObjectId", f"S-{number}")
        add(crypto, "Algorithm", text=f"{OWN}:algorithm:{weak[0]}")
        add(crypto, "SecureAlgorithm", text="false")
    if len(data):
        status.append(data)


def _add_indication(status: Element, facts: _Facts, uris: Mapping[str, str]) -> None:
    """MainIndication and SubIndication; an unknown word reads as indeterminate, never as passed."""
    word = str(facts.get("indication"))
    add(status, "MainIndication", text=uris.get(word, INDICATIONS[Indication.INDETERMINATE.value]))
    if facts.get("sub_indication"):
        add(status, "SubIndication", text=f"{_URN}:subindication:{facts['sub_indication']}")


def _add_chain(data: Element, signer: _Facts) -> None:
    """The chain from signer to root; the root is an anchor only where the chain is trusted."""
    if not is_sha256(signer.get("sha256")):
        return
    names = [f"C-{item['sha256']}" for item in _list(signer, "chain") if is_sha256(item.get("sha256"))]
    above = [name for name in reversed(names) if name != f"C-{signer['sha256']}"]
    anchor = above.pop() if above and signer.get("trust") == "trusted" else None
    chain = add(data, "CertificateChain")
    add_reference(chain, "SigningCertificate", f"C-{signer['sha256']}")
    for name in above:
        add_reference(chain, "IntermediateCertificate", name)
    if anchor:
        add_reference(chain, "TrustAnchor", anchor)


def _add_objects(root: Element, report: _Facts, entries: list[_Facts]) -> None:
    """Certificates and fetched evidence by digest; time-stamps with their own verdict and what they prove."""
    objects = Element(f"{{{REPORT}}}SignatureValidationObjects")
    named = {f"C-{sha256}": "certificate" for sha256 in _certificates(entries)}
    for kept in _list(report, "evidence"):
        if is_sha256(kept.get("sha256")):
            named[f"E-{kept['sha256']}"] = _EVIDENCE.get(str(kept.get("kind")), "other")
    for name, kind in named.items():
        item = add(objects, "ValidationObject", {"id": name})
        add(item, "ObjectType", text=f"{_URN}:validationObject:{kind}")
        add_digest(add(item, "ValidationObjectRepresentation"), name[2:])
    for number, entry in enumerate(entries, start=1):
        for place, stamp in enumerate(_stamps(entry), start=1):
            _add_stamp(objects, entry, stamp, _stamp_id(number, place))
    if len(objects):
        root.append(objects)


def _add_stamp(objects: Element, entry: _Facts, stamp: _Facts, name: str) -> None:
    """A signature time-stamp; it proves the signature to exist only where it holds and is trusted."""
    item = add(objects, "ValidationObject", {"id": name})
    add(item, "ObjectType", text=f"{_URN}:validationObject:timestamp")
    shown = add(item, "ValidationObjectRepresentation")
    if is_sha256(stamp.get("sha256")):
        add_digest(shown, stamp.get("sha256"))
    else:
        add_own(add(shown, "direct"), "timestamp", f"{stamp.get('time')} {stamp.get('tsa')}")
    time = find_time(stamp.get("time"))
    if time and _proves(stamp) and is_sha256(entry.get("signed_sha256")):
        proof = add(item, "POEProvisioning")
        add(proof, "POETime", text=time)
        reference = add(proof, "SignatureReference")
        add(reference, "DigestMethod", text=SHA256)
        add(reference, "DigestValue", text=encode_sha256(entry["signed_sha256"]))
    status = add(add(item, "ValidationReport"), "SignatureValidationStatus")
    broken = stamp.get("digest") is False or stamp.get("value") is False
    word = "passed" if _proves(stamp) else "failed" if broken else "indeterminate"
    add(status, "MainIndication", text=f"{_URN}:mainindication:{word}")


def _certificates(entries: Iterable[_Facts]) -> list[str]:
    """SHA-256 of every signer and chain certificate, each once, in order."""
    signers = [_facts(entry, "signer") for entry in entries]
    found = [str(item.get("sha256")) for signer in signers for item in (signer, *_list(signer, "chain"))]
    return [sha256 for sha256 in dict.fromkeys(found) if is_sha256(sha256)]


def _add_other(part: Element, report: _Facts, facts: _Facts) -> None:
    """What the standard has no place for, in the words of our own report."""
    other = add(part, "OtherInformation")
    summary = _facts(report, "summary")
    told = {name: facts.get(name) for name in ("field", "type", "level", "state", "code")}
    told["changes"] = _facts(facts, "changes_after").get("verdict")
    told |= {"integrity": summary.get("integrity"), "headline": summary.get("headline_vi")}
    for name, text in told.items():
        if text:
            add_own(other, name, text)
    for reason in facts.get("reasons") or ():
        add_own(other, "reason", reason)
    for warning in report.get("warnings") or ():
        add_own(other, "warning", warning)
    for rule in _list(report, "requirements"):
        made = add_own(other, "requirement", rule.get("text_vi"))
        made.attrib.update({name: clean_text(rule.get(name)) for name in ("id", "verdict", "code")})


def _stamp_id(number: int, place: int) -> str:
    return f"T-{number}-{place}"


def _stamps(entry: _Facts) -> list[_Facts]:
    return _list(_facts(entry, "time"), "signature_timestamps")


def _facts(values: _Facts, name: str) -> _Facts:
    return values.get(name) or {}


def _list(values: _Facts, name: str) -> list[_Facts]:
    return list(values.get(name) or ())
