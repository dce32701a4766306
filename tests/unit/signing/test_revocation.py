"""Statements on revocation from hostile hands: damaged, huge or odd ones say nothing, and never raise."""

import io

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509 as crypto
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing.revocation import RevocationData, Statement, Told, iter_told, read_statement
from signing.verify import verify_pdf
from tests.pki.fixtures import NOON
from tests.pki.world import Entry, World, day, make_world

COMPROMISE = crypto.ReasonFlags.key_compromise


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Every certificate of the plan."""
    return make_world(tmp_path_factory.mktemp("world"))


def tell(world: World, data: bytes, *, is_list: bool, role: str = "good") -> list[Told]:
    """What the statement says of a role; nothing where it is none at all."""
    try:
        statement = read_statement(data, is_list=is_list, origin="document")
    except ValueError:
        return []
    known = RevocationData((statement,))
    subject, issuer = world.certificate(role), world.certificate("ca")
    return iter_told(subject, issuer, known, NOON, issuer.not_valid_after)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255), is_list=st.booleans())
def test_flipped_byte_says_the_same_or_nothing(world: World, place: float, mask: int, is_list: bool) -> None:
    """A damaged statement is either believed for what its signature covers, or not at all."""
    data = world.crl(Entry("good", -10, COMPROMISE)) if is_list else world.ocsp("good")
    mutant = bytearray(data)
    mutant[int(place * len(mutant))] ^= mask
    told = tell(world, bytes(mutant), is_list=is_list)
    assert told in ([], tell(world, data, is_list=is_list))


@pytest.mark.parametrize(
    "data", [b"", b"0", b"\x30\x80", b"\xff" * 900, b"<html></html>", b"0\x03\n\x01\x06"]
)
def test_rubbish_is_no_statement(world: World, data: bytes) -> None:
    """Bytes of anything else say nothing."""
    for is_list in (True, False):
        assert tell(world, data, is_list=is_list) == []


def test_endless_response_is_not_read(world: World) -> None:
    """A response far longer than any responder's is refused before it is parsed."""
    assert tell(world, world.ocsp("good") + b"\0" * 300_000, is_list=False) == []


def test_status_of_another_serial_says_nothing(world: World) -> None:
    """A response is about the one certificate its CertID names."""
    assert tell(world, world.ocsp("agency"), is_list=False) == []
    assert [item.status for item in tell(world, world.ocsp("agency"), is_list=False, role="agency")] == [
        "good"
    ]


def test_refusal_of_a_responder_says_nothing(world: World) -> None:
    """`tryLater` and the like carry no signature and no word on anybody."""
    refusal = asn1_ocsp.OCSPResponse({"response_status": "try_later"}).dump()
    assert tell(world, refusal, is_list=False) == []


def test_responder_may_be_withdrawn_by_the_list(world: World) -> None:
    """The CA's list speaks of its responder too."""
    answer = read_statement(world.ocsp("good"), is_list=False, origin="document")
    revoking = read_statement(world.crl(Entry("responder", -20)), is_list=True, origin="bundle")
    subject, issuer = world.certificate("good"), world.certificate("ca")
    told = iter_told(subject, issuer, RevocationData((answer, revoking)), NOON, issuer.not_valid_after)
    assert [item.source for item in told] == ["crl:bundle"]


def test_good_from_after_the_issuers_end_needs_a_proof(world: World) -> None:
    """Whoever holds an ended key may sign `good` today; a proof that the answer is older makes it count."""
    answer = read_statement(world.ocsp("good"), is_list=False, origin="document")
    subject, issuer = world.certificate("good"), world.certificate("ca")
    for proven, count in (({}, 0), ({answer.sha256: day(-2)}, 1), ({answer.sha256: day(0)}, 0)):
        told = iter_told(subject, issuer, RevocationData((answer,), (), proven), NOON, day(-1))
        assert len(told) == count


def _store(pdf: bytes, store: generic.PdfObject) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    writer.root["/DSS"] = store
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


@pytest.mark.parametrize("kind", ["number", "names", "array of numbers", "odd entries"])
def test_odd_store_holds_nothing(world: World, plain_pdf: bytes, kind: str) -> None:
    """A store that is no store leaves revocation unknown; no shape of it raises."""
    name = generic.pdf_name
    numbers = generic.ArrayObject([generic.NumberObject(1), generic.NullObject()])
    entries = generic.DictionaryObject({name("/A"): numbers})
    stores: dict[str, generic.PdfObject] = {
        "number": generic.NumberObject(5),
        "names": generic.DictionaryObject({name("/CRLs"): name("/X"), name("/VRI"): name("/Y")}),
        "array of numbers": generic.DictionaryObject({name("/OCSPs"): numbers, name("/Certs"): numbers}),
        "odd entries": generic.DictionaryObject({name("/VRI"): entries}),
    }
    pdf = _store(world.sign(plain_pdf, "good"), stores[kind])
    entry = verify_pdf(pdf, trust=world.bundle(), at=NOON).signatures[0]
    assert entry.revocation.status == "unknown"
    assert entry.signer.trust == "trusted"


def test_statement_hash_is_of_its_bytes(world: World) -> None:
    """Proofs of existence are kept by the hash of what stands in the file."""
    data = world.crl()
    first, second = (read_statement(data, is_list=True, origin=name) for name in ("document", "bundle"))
    assert isinstance(first, Statement)
    assert first.sha256 == second.sha256
