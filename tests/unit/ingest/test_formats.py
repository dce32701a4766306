"""Which files are taken, and what is told of them."""

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from ingest.errors import EncryptedFile, FileTooLarge, UnreadableFile, UnsupportedFormat
from ingest.formats import jpeg, pdf, png, tiff
from ingest.formats.facts import Finding, FormatFacts, Limits
from ingest.formats.table import FORMATS, choose_format, read_facts


def make_pdf(pages: int = 2) -> PdfWriter:
    """A PDF of blank A4 pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    return writer


def save(writer: PdfWriter, path: Path) -> Path:
    """Write it down."""
    with path.open("wb") as file:
        writer.write(file)
    return path


def image_bytes(kind: str, pages: int = 1) -> bytes:
    """A small picture."""
    buffer = io.BytesIO()
    images = [Image.new("RGB", (300, 200), (250, 250, 240 - number)) for number in range(pages)]
    more = {"save_all": True, "append_images": images[1:]} if pages > 1 else {}
    images[0].save(buffer, kind, **more)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [("JPEG", "a.jpg", jpeg), ("PNG", "a.png", png), ("TIFF", "a.tif", tiff)],
)
def test_content_beats_the_name(kind, name, expected):
    """A picture is known by its first bytes, whatever it is called."""
    assert choose_format(image_bytes(kind)[:64], "scan.pdf").name == expected.NAME
    assert choose_format(b"", name).name == expected.NAME


def test_a_pdf_may_begin_a_little_late():
    """Mail gateways put lines before the header; such a file is still a PDF."""
    assert choose_format(b"x" * 100 + b"%PDF-1.7", "brief").name == pdf.NAME


def test_what_fits_no_format_is_refused():
    """A text file under a foreign name is not taken."""
    with pytest.raises(UnsupportedFormat):
        choose_format(b"hello", "note.docx")


def test_scores_lie_between_0_and_1():
    """Every reader's score is a share, so that they can be compared."""
    heads = [image_bytes(kind)[:64] for kind in ("JPEG", "PNG", "TIFF")] + [b"%PDF-1.4", b""]
    assert all(0 <= source.match(head, "a.pdf") <= 1 for source in FORMATS for head in heads)


@pytest.mark.parametrize(
    ("kind", "name", "pages"), [("JPEG", "jpeg", 1), ("PNG", "png", 1), ("TIFF", "tiff", 3)]
)
def test_pictures_tell_their_pages(tmp_path, kind, name, pages):
    """A TIFF has as many pages as frames, the others one."""
    path = tmp_path / "scan"
    path.write_bytes(image_bytes(kind, pages))
    assert read_facts(path, "scan", Limits()) == FormatFacts(name, pages)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_cut_off_picture_is_refused(tmp_path, kind):
    """Half a file never becomes a half grey page."""
    whole = image_bytes(kind)
    path = tmp_path / "scan"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableFile):
        read_facts(path, "scan.png", Limits())


def test_a_plain_pdf_tells_its_pages(tmp_path):
    """Pages counted, no signature, nothing to note."""
    assert read_facts(save(make_pdf(), tmp_path / "a.pdf"), "a.pdf", Limits()) == FormatFacts("pdf", 2)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_off_pdf_is_refused(tmp_path, share):
    """A reader that mends what is cut off would lose pages without a word."""
    path = save(make_pdf(9), tmp_path / "a.pdf")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UnreadableFile):
        read_facts(path, "a.pdf", Limits())


@pytest.mark.parametrize("password", ["", "khong-doan-duoc"])
def test_an_encrypted_pdf_is_refused_also_without_password(tmp_path, password):
    """What cannot be kept for decades as it is does not come in."""
    writer = make_pdf()
    writer.encrypt(user_password=password, owner_password="chu", algorithm="AES-256")
    with pytest.raises(EncryptedFile):
        read_facts(save(writer, tmp_path / "a.pdf"), "a.pdf", Limits())


def test_rubbish_between_the_marks_is_refused(tmp_path):
    """Header and end mark alone make no PDF."""
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"\x00rubbish" * 500 + b"\nstartxref\n9\n%%EOF")
    with pytest.raises(UnreadableFile):
        read_facts(path, "a.pdf", Limits())


def test_attachments_and_scripts_are_noted(tmp_path):
    """Embedded files and scripts are findings, not refusals."""
    writer = make_pdf()
    writer.add_attachment("note.txt", b"hello")
    script = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("app.alert(1)"),
    }
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    facts = read_facts(save(writer, tmp_path / "a.pdf"), "a.pdf", Limits())
    assert set(facts.findings) == {Finding.EMBEDDED_FILES, Finding.SCRIPTS}


def test_a_filled_signature_field_counts_an_empty_one_does_not(tmp_path):
    """A form with a place to sign is not signed yet."""
    for value, signed in ((None, False), (DictionaryObject({NameObject("/Type"): NameObject("/Sig")}), True)):
        writer = make_pdf()
        field = DictionaryObject(
            {NameObject("/FT"): NameObject("/Sig"), NameObject("/T"): TextStringObject("s")}
        )
        if value is not None:
            field[NameObject("/V")] = value
        parent = DictionaryObject(
            {NameObject("/T"): TextStringObject("p"), NameObject("/Kids"): ArrayObject([field])}
        )
        form = DictionaryObject({NameObject("/Fields"): ArrayObject([parent])})
        writer.root_object[NameObject("/AcroForm")] = form
        facts = read_facts(save(writer, tmp_path / "a.pdf"), "a.pdf", Limits())
        assert facts.is_signed is signed


def test_limits_hold_for_bytes_pages_and_pixels(tmp_path):
    """Each limit refuses by itself, before anything is decoded."""
    path = save(make_pdf(3), tmp_path / "a.pdf")
    for limits in (Limits(max_bytes=10), Limits(max_pages=2), Limits(max_pixels=1000)):
        with pytest.raises(FileTooLarge):
            read_facts(path, "a.pdf", limits)
    picture = tmp_path / "a.png"
    picture.write_bytes(image_bytes("PNG"))
    with pytest.raises(FileTooLarge):
        read_facts(picture, "a.png", Limits(max_pixels=100))
