"""Heads of the audit log: key file and signatures."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from records.audit import HeadSigner, build_key_id, is_signed_by
from records.errors import AuditBroken, BlobStoreUnavailable
from tests.factories import NOW


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    """The first call makes a 0600 file, the next reads it; nothing else is left beside it."""
    path = tmp_path / "keys" / "audit.pem"
    first, second = HeadSigner.load_or_create(path), HeadSigner.load_or_create(path)
    assert first.public_key == second.public_key
    assert first.public_keys == {build_key_id(first.public_key): first.public_key}
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_every_part_of_a_head_is_signed(tmp_path: Path) -> None:
    """A head with any part changed does not carry its signature."""
    signer = HeadSigner.load_or_create(tmp_path / "audit.pem")
    head = signer.sign(7, "ab" * 32, NOW)
    assert is_signed_by(head, signer.public_key)
    for changed in (
        replace(head, size=8),
        replace(head, root="cd" * 32),
        replace(head, at=NOW + timedelta(microseconds=1)),
        replace(head, key_id="other"),
        replace(head, signature="00" * 64),
        replace(head, signature="no hex"),
    ):
        assert not is_signed_by(changed, signer.public_key)
    assert not is_signed_by(head, b"no key")


def test_a_bad_key_file_is_refused(tmp_path: Path) -> None:
    """Rubbish or a key of another kind is `AuditBroken`, a folder in its place an outage."""
    (tmp_path / "rubbish.pem").write_text("rubbish")
    with pytest.raises(AuditBroken):
        HeadSigner.load_or_create(tmp_path / "rubbish.pem")
    formats = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "ec.pem").write_bytes(generate_private_key(SECP256R1()).private_bytes(*formats))
    with pytest.raises(AuditBroken):
        HeadSigner.load_or_create(tmp_path / "ec.pem")
    with pytest.raises(BlobStoreUnavailable):
        HeadSigner.load_or_create(tmp_path)
