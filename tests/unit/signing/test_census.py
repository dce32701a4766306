"""The independent count: what the bytes and the second parser show."""

from demo_pki import DemoPki
from signed_samples import sign_as_office

from signing.census import read_census
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
