"""Why Sohoa judged as it did, and what EU DSS's words mean, in sentences for the list of disagreements."""

from signing.report import SignatureEntry, SignatureReport

FOLLOWING = {
    "none": "nothing",
    "ltv": "proofs for later checks or objects rewritten as they were",
    "signature": "another signature",
    "form": "form values its permissions allow",
    "annotation": "a note its permissions allow",
}
REASONS = {
    "cms_unreadable": "the contents are no CMS, so that digest and value cannot be told",
    "subfilter_withdrawn": "the value holds, but ISO 32000-2 withdrew the kind, which rests on SHA-1 alone",
    "token_as_signature": "it calls itself a signature and holds a time-stamp",
    "cms_not_signed_data": "the CMS is not a signature",
    "subfilter_without_token": "it calls itself a time-stamp and holds none",
    "signing_certificate_missing": "the signer's certificate is not in the file",
    "contents_empty": "the contents are all zeros or missing: prepared, never signed",
    "cms_signer_count": "the CMS has not exactly one signer (ISO 32000-2, 12.8.3.3)",
    "cms_content_not_detached": "the CMS carries content of its own",
    "cms_attributes_invalid": "a signed attribute is missing, doubled or contradicts another (RFC 5652, 11)",
    "digest_forbidden_for_eddsa": "the digest is not the one its curve demands (RFC 8419, ISO/TS 32002)",
    "digest_contradicts_mechanism": "digest and signature algorithm contradict each other",
    "signature_timestamp_mismatch": "its time-stamp is of another signature or does not hold",
    "signature_timestamp_unreadable": "its time-stamp cannot be read",
    "signature_not_in_form": "no form field lists it any more",
    "hash_failure": "the bytes it covers do not have the digest it signed",
    "digest_mismatch": "the bytes it covers do not have the digest it signed",
    "sig_crypto_failure": "the value is not the certificate's over what was signed",
    "gap_is_not_contents": "the gap in its range is not exactly the hexadecimal contents",
    "byte_range_shape": "the range is not two pieces from the first byte on",
    "byte_range_outside_file": "the range leaves the file or overlaps itself",
    "contents_differ": "field and bytes hold different contents",
    "bytes_after_last_revision": "bytes follow the last revision",
    "objects_not_listed": "objects follow that no cross-reference lists",
    "revision_mismatch": "the range does not end where a revision ends",
    "coverage_unclear": "the range does not end where a revision ends",
    "docmdp_exceeded": "what follows exceeds the permissions of the certification",
    "analysis_failed": "objects written later cannot be read, so that what they changed is not known",
    "drawing_differs": "the signed pages are drawn differently afterwards",
    "signature_hides_content": "a later signature's picture covers what was signed",
    "pages_differ": "pages were added, removed or resized",
    "comparison_unfinished": "the pages were not all compared within the time",
}
PEER = {
    "pages_touched": "DSS alarms at any overlap of annotations in the final file, also one that was signed",
    "undefined_changes": "DSS has no name for an object that changed",
    "SIG_CONSTRAINTS_FAILURE": "DSS demands a signing-certificate attribute that fits; PKCS#7 needs none",
    "SIG_CRYPTO_FAILURE": "DSS encodes the signed attributes anew before it checks the value (RFC 5652, 5.4)",
    "SIGNED_DATA_NOT_FOUND": "DSS finds nothing under the digest named",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": "DSS counts a forbidden algorithm as a question of age",
    "exception": "DSS stops with an exception",
    "unsigned": "DSS walks the form tree alone and drops what it cannot read there",
    "intact": "DSS does not fail a document for it",
}
_LONGEST = 240


def explain(report: SignatureReport) -> str:
    """Our reason for the document, each signature that differs said once."""
    sentences = [_explain_entry(entry) for entry in report.signatures]
    if not sentences:
        return f"no signature is listed ({', '.join(report.warnings) or 'none is there'})"
    return "; ".join(dict.fromkeys(sentences))


def explain_peer(verdict: str, words: str) -> str:
    """What DSS's answer rests on, in one sentence."""
    return next((text for key, text in PEER.items() if key in words or key == verdict), words)


def _explain_entry(entry: SignatureEntry) -> str:
    changes = entry.changes_after
    if entry.state in ("intact", "extended"):
        follows = FOLLOWING.get(changes.verdict, changes.verdict)
        drawn = "" if changes.verdict == "none" else ", drawn alike by two programs outside its own areas"
        return f"digest and value hold; what follows is {follows}{drawn}"
    reason = entry.reasons[0] if entry.reasons else ""
    if reason == "forbidden_change":
        reason = changes.reason or reason
    told = REASONS.get(reason.partition(":")[0])
    if told is None:
        told = f"a signed object was changed, which no permitted addition explains ({reason})"
    return " ".join(told.split())[:_LONGEST]
