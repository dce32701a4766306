"""Trust bundles on disk: confirmed by fingerprint, versioned, checked; the table of holders by command."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import pem, x509
from demo_pki import DemoPki

from signing.errors import BadTrustBundle, CertificateNotConfirmed
from signing.holders import Holder, HolderKind, add_holder, load_holders, remove_holder
from signing.trust import load_bundle, load_others
from signing.trust_facts import check_bundle, describe_certificate, format_fingerprint, parse_fingerprint
from signing.trust_store import add_certificates, list_versions, remove_certificate, use_version
from tests.pki.fixtures import NOON
from tests.pki.world import World, make_world

DAY = date(2026, 6, 15)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Certificates of every kind."""
    return make_world(tmp_path_factory.mktemp("world"))


def add(folder: Path, *certificates: x509.Certificate, name: str = "vgca") -> str:
    """Add with the right fingerprints; the version that came of it."""
    marks = [format_fingerprint(item.sha256.hex()) for item in certificates]
    return add_certificates(folder, name, certificates, marks, "công văn", DAY).version


def test_each_change_is_a_version_and_the_old_ones_stay(tmp_path: Path, world: World) -> None:
    """Two additions and a removal are three versions; any of them can be loaded and put to use again."""
    folder = tmp_path / "vgca"
    root, ca = world.certificate("root"), world.certificate("ca")
    assert add(folder, root) == "2026-06-15.1"
    assert add(folder, ca) == "2026-06-15.2"
    assert load_bundle(folder).label == "vgca 2026-06-15.2"
    removed = remove_certificate(folder, ca.sha1.hex(), "thu hồi", DAY)
    assert (removed.version, removed.intermediates) == ("2026-06-15.3", ())
    assert list_versions(folder) == ("2026-06-15.1", "2026-06-15.2", "2026-06-15.3")
    assert len(load_bundle(folder, version="2026-06-15.2").fingerprints) == 2
    use_version(folder, "2026-06-15.2")
    assert [item.dump() for item in load_bundle(folder).intermediates] == [ca.dump()]
    assert load_bundle(folder / "versions" / "2026-06-15.1").version == "2026-06-15.1"


def test_tenth_version_follows_the_ninth(tmp_path: Path, world: World) -> None:
    """Versions stand in the order in which they were made."""
    add(tmp_path, world.certificate("root"))
    for _ in range(5):
        add(tmp_path, world.certificate("ca"))
        remove_certificate(tmp_path, world.certificate("ca").sha256.hex(), "", DAY)
    assert list_versions(tmp_path)[-2:] == ("2026-06-15.10", "2026-06-15.11")


@pytest.mark.parametrize("typed", [[], ["00" * 32], ["12"], ["root", "00" * 32]])
def test_unconfirmed_certificate_changes_nothing(tmp_path: Path, world: World, typed: list[str]) -> None:
    """No, another, a short or one fingerprint too many: refused, and no folder is left behind."""
    root = world.certificate("root")
    marks = [root.sha256.hex() if text == "root" else text for text in typed]
    with pytest.raises(CertificateNotConfirmed):
        add_certificates(tmp_path / "vgca", "vgca", [root], marks, "", DAY)
    assert not (tmp_path / "vgca").exists()


def test_person_certificate_and_duplicate_are_refused(tmp_path: Path, world: World) -> None:
    """Only CAs are trusted, and each once."""
    add(tmp_path, world.certificate("root"))
    for role in ("good", "root"):
        with pytest.raises(CertificateNotConfirmed):
            add(tmp_path, world.certificate(role))
    assert len(list_versions(tmp_path)) == 1


def test_bundle_of_another_name_or_without_root_is_refused(tmp_path: Path, world: World) -> None:
    """There are two bundles, and neither may be without a root."""
    with pytest.raises(BadTrustBundle):
        add(tmp_path, world.certificate("root"), name="demo")
    with pytest.raises(BadTrustBundle):
        add(tmp_path, world.certificate("ca"))
    assert list_versions(tmp_path) == ()
    assert list((tmp_path / "versions").iterdir()) == []


@pytest.mark.parametrize("version", ["../..", "khong-co", "", ".moi-1"])
def test_version_that_is_not_kept_is_refused(tmp_path: Path, world: World, version: str) -> None:
    """A version is a name of this folder, never a path out of it."""
    add(tmp_path, world.certificate("root"))
    with pytest.raises(BadTrustBundle):
        use_version(tmp_path, version)
    if version:
        with pytest.raises(BadTrustBundle):
            load_bundle(tmp_path, version=version)


def test_folder_filled_by_hand_becomes_the_first_version(tmp_path: Path, world: World) -> None:
    """What an administrator put there is kept as it was, with its lists and holders, and goes on serving."""
    (tmp_path / "bundle.toml").write_text(
        'name = "vgca"\nversion = "2026.1"\ndate = "2026-01-01"\nsource = "x"\n'
    )
    (tmp_path / "goc.pem").write_bytes(pem.armor("CERTIFICATE", world.certificate("root").dump()))
    (tmp_path / "ca.crl").write_bytes(world.crl())
    before = load_bundle(tmp_path)
    add(tmp_path, world.certificate("ca"))
    after = load_bundle(tmp_path)
    assert list_versions(tmp_path) == ("2026.1", "2026-06-15.1")
    assert (len(after.roots), len(after.intermediates), len(after.crls)) == (1, 1, 1)
    assert load_bundle(tmp_path, version="2026.1").sha256 == before.sha256
    assert not (tmp_path / "goc.pem").exists()


def test_failed_write_leaves_the_bundle_as_it_was(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk before the last step: the old version serves on, and nothing half-written stays."""
    add(tmp_path, world.certificate("root"))

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        with pytest.raises(BadTrustBundle):
            add(tmp_path, world.certificate("ca"))
    assert load_bundle(tmp_path).version == "2026-06-15.1"
    assert [path.name for path in (tmp_path / "versions").iterdir()] == ["2026-06-15.1"]


def test_fingerprints_are_typed_as_viewers_show_them(world: World) -> None:
    """Colons, blanks and capitals are passed over; SHA-256 and SHA-1 both name a certificate."""
    facts = describe_certificate(world.certificate("root"))
    assert parse_fingerprint(f" {facts.sha256.lower().replace(':', ' ')} ") == (
        world.certificate("root").sha256.hex()
    )
    assert parse_fingerprint(facts.sha1) == world.certificate("root").sha1.hex()
    assert facts.is_root
    assert facts.is_ca
    assert facts.key == "ec-256"


def _codes(world: World, *roles: str, at: datetime = NOON, lists: tuple[bytes, ...] = ()) -> set[str]:
    bundle = world.bundle(*lists, roots=("other-root", *roles))
    return {item.code for item in check_bundle(bundle, at)}


def test_check_tells_what_is_wrong(world: World) -> None:
    """Ended, soon ending, not begun, no CA, twice, weak, and lists that are old or nobody's."""
    assert _codes(world) == set()
    assert _codes(world, "ended-ca") == {"expired"}
    assert _codes(world, "ca", at=NOON + timedelta(days=1900)) == {"expiring"}
    assert _codes(world, "deep-ca", at=NOON - timedelta(days=1500)) == {"not_yet_valid"}
    assert _codes(world, "good") == {"not_a_ca"}
    assert _codes(world, "ca", "ca") == {"duplicate"}
    assert _codes(world, "small-ca") == {"weak_key"}
    assert _codes(world, "ca", lists=(world.crl(until=-0.5),)) == {"list_stale"}
    assert _codes(world, "ca", lists=(world.crl(key="forger"),)) == {"list_not_usable"}
    text = check_bundle(world.bundle(roots=("other-root", "good")), NOON)[0].text_vi
    assert "good (THỬ NGHIỆM)" in text


def test_other_bundle_is_found_beside(tmp_path: Path, world: World) -> None:
    """The bundle beside names a wrong chain; a broken one is passed over."""
    add(tmp_path / "vgca", world.certificate("root"))
    assert load_others(tmp_path / "vgca") == ()
    add(tmp_path / "neac", world.certificate("other-root"), name="neac")
    assert [item.name for item in load_others(tmp_path / "vgca")] == ["neac"]
    (tmp_path / "neac" / "bundle.toml").write_text("[[")
    assert load_others(tmp_path / "vgca") == ()
    assert load_others(tmp_path) == ()


def test_holders_are_added_and_removed(tmp_path: Path, pki: DemoPki) -> None:
    """A serial number as viewers show it means the certificate; lines are taken out by number."""
    serial = format_fingerprint(f"{pki.certificate('agency').serial_number:x}")
    add_holder(tmp_path, Holder(HolderKind.AGENCY, 'UBND xã "Mẫu"', serial=f"00:{serial}"))
    added = add_holder(tmp_path, Holder(HolderKind.PERSON, "Trần Văn A", subject="Trần Văn A", org="Sở B"))
    assert [item.name for item in added] == ['UBND xã "Mẫu"', "Trần Văn A"]
    assert added[0].serial == f"{pki.certificate('agency').serial_number:x}"
    assert [item.name for item in remove_holder(tmp_path, 1)] == ["Trần Văn A"]
    assert load_holders(tmp_path) == added[1:]


@pytest.mark.parametrize(
    "holder",
    [
        Holder(HolderKind.AGENCY, "UBND"),
        Holder(HolderKind.AGENCY, "", serial="1"),
        Holder(HolderKind.AGENCY, "UBND", serial="xyz"),
        Holder(HolderKind.AGENCY, "UBND", sha256="12"),
        Holder(HolderKind.AGENCY, "UBND khác", serial="0A"),
    ],
)
def test_senseless_or_repeated_holder_is_refused(tmp_path: Path, holder: Holder) -> None:
    """A line that means everybody, has no name, is no hex or is there already changes nothing."""
    add_holder(tmp_path, Holder(HolderKind.AGENCY, "UBND", serial="a"))
    with pytest.raises(BadTrustBundle):
        add_holder(tmp_path, holder)
    assert len(load_holders(tmp_path)) == 1
    for number in (0, 2):
        with pytest.raises(BadTrustBundle):
            remove_holder(tmp_path, number)
