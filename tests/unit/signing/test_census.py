"""The independent count: what the bytes and the second parser show."""

import io

import pikepdf
import pytest
from demo_pki import DemoPki
from signed_samples import sign_as_office

from signing.census import read_census, read_gap
from tests.pki.fixtures import build_pdf


def test_plain_file_counts_nothing(plain_pdf: bytes) -> None:
    """An unsigned file has no signature in fields or bytes."""
    census = read_census(plain_pdf)
    assert (census.fields, census.raw, census.pages) == (0, (), 1)


def test_both_counts_agree_on_an_office_document(plain_pdf: bytes, pki: DemoPki) -> None:
    """Fields and raw byte ranges name the same two signatures."""
    census = read_census(sign_as_office(plain_pdf, pki))
    assert census.fields == 2
    assert {item.byte_range for item in census.raw} == set(census.field_ranges)
    assert all(item.contents and item.subfilter == "ETSI.CAdES.detached" for item in census.raw)


def test_password_is_noticed() -> None:
    """A file locked by a password is encrypted and not counted."""
    census = read_census(build_pdf(password="x"))
    assert census.encrypted
    assert census.needs_password


def test_bytes_are_counted_when_the_parser_fails() -> None:
    """A byte range in a file nobody can parse still counts."""
    census = read_census(b"%PDF-1.4\n1 0 obj <</ByteRange [0 10 20 30] /Contents <00ff>>> endobj")
    assert len(census.raw) == 1
    assert census.raw[0].contents == b"\x00\xff"


def test_odd_numbers_are_a_finding_and_no_crash() -> None:
    """A byte range of odd tokens is kept as empty."""
    census = read_census(b"%PDF-1.4 /ByteRange [0 1.5.6 -- 9]")
    assert census.raw[0].byte_range == ()


def test_scripts_are_flagged() -> None:
    """Active content is named."""
    assert "javascript" in read_census(b"%PDF-1.4 /JavaScript").active_content


def test_bytes_of_a_picture_are_no_script() -> None:
    """A name that stands by chance among a stream's bytes is not active content."""
    picture = b"%PDF-1.4\n1 0 obj\n<< /Length 9 >>\nstream\nxx/JSx/JSyy\nendstream\nendobj\n"
    assert read_census(picture).active_content == ()
    assert read_census(picture + b"2 0 obj << /JS (a) >>").active_content == ("javascript",)


def test_a_compressed_catalog_still_shows_what_it_starts() -> None:
    """What the bytes do not show, the second parser sees."""
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="a.exe")
    output = io.BytesIO()
    document.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/OpenAction" not in output.getvalue()
    assert read_census(output.getvalue()).active_content == ("open_action",)


def test_a_range_written_otherwise_is_read_by_its_gap() -> None:
    """The gap of a range holds the contents, wherever the range itself is written."""
    found = read_gap(b"xxx<00ff>yyy", (0, 3, 9, 3))
    assert found is not None
    assert found.contents == b"\x00\xff"
    assert read_gap(b"xxx(00ff)yyy", (0, 3, 9, 3)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"/M (D:20261123142233+07'00')", "2026-11-23T14:22:33+07:00"),
        (b"/M(D:20261123072233Z)", "2026-11-23T07:22:33+00:00"),
        (rb"/M (D\07220261123055445Z)", "2026-11-23T05:54:45+00:00"),
        (b"/M (D:20261323142233+07'00')", None),
        (b"/M (hom qua)", None),
    ],
)
def test_claimed_time_stands_beside_the_range(text: bytes, expected: str | None) -> None:
    """The time a signer claims is read from the signature dictionary as it stands in the bytes."""
    data = b"%PDF-1.7\n1 0 obj\n<< /Type /Sig " + text + b" /ByteRange [0 1 2 3] /Contents <00> >>\nendobj\n"
    claimed = read_census(data).raw[0].claimed
    assert (claimed.isoformat() if claimed else None) == expected
