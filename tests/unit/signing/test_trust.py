"""Trust bundles: what loads, what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from asn1crypto import pem
from demo_pki import DemoPki

from signing.errors import BadTrustBundle, DemoTrustRefused
from signing.holders import Holder, HolderKind
from signing.trust import TrustBundle, load_bundle
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON


def test_bundle_has_name_version_and_fingerprints(bundle: TrustBundle) -> None:
    """A bundle names itself and shows the SHA-256 of each certificate."""
    assert bundle.label == "demo 2026-06-15"
    assert len(bundle.roots) == 1
    assert len(bundle.fingerprints) == 2
    assert all(len(mark) == 64 for mark in bundle.fingerprints)


def test_demo_bundle_is_refused_in_real_use(pki: DemoPki) -> None:
    """Invented roots are refused unless the caller says that this is a trial run."""
    with pytest.raises(DemoTrustRefused):
        load_bundle(pki.trust_folder)


def test_folder_without_bundle_toml_is_refused(tmp_path: Path) -> None:
    """A folder that does not say what it is cannot be trusted."""
    with pytest.raises(BadTrustBundle):
        load_bundle(tmp_path)


def test_bundle_toml_must_have_every_entry(tmp_path: Path) -> None:
    """A missing entry is named."""
    (tmp_path / "bundle.toml").write_text('name = "vgca"\nversion = "1"\ndate = "2026-01-01"\n')
    with pytest.raises(BadTrustBundle) as caught:
        load_bundle(tmp_path)
    assert "source" in caught.value.text_vi


def _write_about(folder: Path, day: str = "2026-01-01") -> None:
    (folder / "bundle.toml").write_text(f'name = "vgca"\nversion = "1"\ndate = "{day}"\nsource = "x"\n')


def test_bundle_without_root_is_refused(tmp_path: Path) -> None:
    """A bundle of no certificate is refused rather than trusting nobody in silence."""
    _write_about(tmp_path)
    with pytest.raises(BadTrustBundle):
        load_bundle(tmp_path)


def test_unreadable_certificate_is_refused(tmp_path: Path) -> None:
    """A file that holds no certificate is named."""
    _write_about(tmp_path)
    (tmp_path / "root.crt").write_bytes(b"khong phai chung thu")
    with pytest.raises(BadTrustBundle) as caught:
        load_bundle(tmp_path)
    assert "root.crt" in caught.value.text_vi


def test_bad_date_is_refused(tmp_path: Path) -> None:
    """The date of a bundle is an ISO date."""
    _write_about(tmp_path, "hôm qua")
    with pytest.raises(BadTrustBundle):
        load_bundle(tmp_path)


def test_pem_file_may_hold_several_certificates(tmp_path: Path, pki: DemoPki) -> None:
    """One PEM file with root and sub-CA gives both."""
    _write_about(tmp_path)
    blocks = [pem.armor("CERTIFICATE", pki.certificate(role).dump()) for role in ("root", "sub-ca")]
    (tmp_path / "chain.pem").write_bytes(b"".join(blocks))
    loaded = load_bundle(tmp_path)
    assert (len(loaded.roots), len(loaded.intermediates)) == (1, 1)


def test_content_hash_tells_the_content(bundle: TrustBundle) -> None:
    """The hash follows roots, others and holders, not the name, the version or the revocation lists."""
    assert replace(bundle, version="2", crls=()).sha256 == bundle.sha256
    assert replace(bundle, roots=()).sha256 != bundle.sha256
    assert replace(bundle, roots=bundle.intermediates, intermediates=bundle.roots).sha256 != bundle.sha256
    holder = Holder(HolderKind.AGENCY, "UBND", serial="1")
    assert replace(bundle, holders=(holder,)).sha256 != bundle.sha256


def test_report_names_bundle_version_and_content(plain_pdf: bytes, bundle: TrustBundle) -> None:
    """A verdict can be told from one under another version of the same bundle."""
    policy = verify_pdf(plain_pdf, trust=bundle, at=NOON).policy
    assert policy.trust_store == "demo 2026-06-15"
    assert (policy.trust_version, policy.trust_sha256) == ("2026-06-15", bundle.sha256)
