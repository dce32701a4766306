"""Ways to damage a signed PDF (đột biến), each drawn from a seeded random source.

Some hit blindly, some know where a signature's range, its /Contents, the cross-reference table and the
objects lie, so that many mutants still open and look signed.
"""

import io
import re
from collections.abc import Callable, Sequence
from random import Random

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)")
_OBJECT = re.compile(rb"(\d+) 0 obj\b.*?endobj", re.DOTALL)
_NUMBER = re.compile(rb"\d+")
_NAMES = (
    b"/ByteRange", b"/Contents", b"/AcroForm", b"/SubFilter", b"/Fields", b"/Type", b"/Sig", b"/Root",
    b"/Pages", b"/Kids", b"/FT", b"/V", b"/Annots", b"/Prev", b"/Size", b"/DSS", b"/Perms", b"/Subtype",
    b"ETSI.CAdES.detached", b"adbe.pkcs7.detached", b"xref", b"trailer", b"startxref", b"endstream",
)  # fmt: skip

Mutator = Callable[[bytes, Random], bytes]


def find_ranges(pdf: bytes) -> list[tuple[int, int, int, int]]:
    """Every /ByteRange written in the file, four numbers each."""
    found = [tuple(int(number) for number in match.groups()) for match in _BYTE_RANGE.finditer(pdf)]
    return [(a, b, c, d) for a, b, c, d in found]


def flip_anywhere(pdf: bytes, random: Random) -> bytes:
    """One to four bytes changed anywhere."""
    places = [random.randrange(len(pdf)) for _ in range(random.randint(1, 4))]
    return _set(pdf, {place: pdf[place] ^ random.randint(1, 255) for place in places})


def flip_signed_byte(pdf: bytes, random: Random) -> bytes:
    """One byte changed inside a signed range."""
    start, length, second, rest = random.choice(find_ranges(pdf))
    place = random.randrange(length + rest)
    place = start + place if place < length else second + place - length
    return _set(pdf, {place: pdf[place] ^ random.randint(1, 255)})


def flip_signature_digit(pdf: bytes, random: Random) -> bytes:
    """A hexadecimal digit of a signature's /Contents changed to another."""
    start, length, second, _ = random.choice(find_ranges(pdf))
    place = random.randrange(start + length + 1, max(start + length + 2, second - 1))
    return _set(pdf, {place: random.choice(b"0123456789abcdef")})


def flip_early_signature_digit(pdf: bytes, random: Random) -> bytes:
    """The same near the beginning, where the CMS structure and the certificates are."""
    start, length, second, _ = random.choice(find_ranges(pdf))
    place = start + length + 1 + random.randrange(min(6000, max(1, second - start - length - 2)))
    return _set(pdf, {place: random.choice(b"0123456789abcdef")})


def cut_off(pdf: bytes, random: Random) -> bytes:
    """The end of the file lost."""
    return pdf[: random.randrange(len(pdf))]


def cut_at_revision(pdf: bytes, random: Random) -> bytes:
    """The file as it was after one of its revisions."""
    ends = [match.end() for match in re.finditer(rb"%%EOF\r?\n?", pdf)]
    return pdf[: random.choice(ends)]


def append_bytes(pdf: bytes, random: Random) -> bytes:
    """Something behind the last revision: noise, a comment, an object without a table, another %%EOF."""
    tail = random.choice(
        (
            random.randbytes(random.randint(1, 300)),
            b"% ghi chu\n",
            b"\n9 0 obj\n<< /Type /Catalog /Pages 99 0 R >>\nendobj\n",
            b"\n%%EOF\n",
            b"\nstartxref\n0\n%%EOF\n",
        )
    )
    return pdf + tail


def prepend_bytes(pdf: bytes, random: Random) -> bytes:
    """Something before the header."""
    return random.randbytes(random.randint(1, 64)) + pdf


def insert_bytes(pdf: bytes, random: Random) -> bytes:
    """Bytes put in anywhere."""
    place = random.randrange(len(pdf))
    return pdf[:place] + random.randbytes(random.randint(1, 40)) + pdf[place:]


def delete_bytes(pdf: bytes, random: Random) -> bytes:
    """Bytes taken out anywhere."""
    place = random.randrange(len(pdf))
    return pdf[:place] + pdf[place + random.randint(1, 200) :]


def blank_run(pdf: bytes, random: Random) -> bytes:
    """A run of bytes overwritten by zeros or spaces."""
    place, length = random.randrange(len(pdf)), random.randint(1, 400)
    filler = random.choice((b"\x00", b" ", b"0"))
    return (pdf[:place] + filler * length + pdf[place + length :])[: len(pdf)]


def edit_byte_range(pdf: bytes, random: Random) -> bytes:
    """A number of a /ByteRange changed, its length kept where that is possible."""
    match = random.choice(list(_BYTE_RANGE.finditer(pdf)))
    group = random.randint(1, 4)
    old = int(match.group(group))
    new = max(0, old + random.choice((-1, 1, -16, 16, -old, 10, 1 << 31)))
    text = str(new).encode().rjust(len(match.group(group)), b"0")
    return pdf[: match.start(group)] + text + pdf[match.end(group) :]


def rename(pdf: bytes, random: Random) -> bytes:
    """A name the readers look for misspelt, its length kept."""
    present = [name for name in _NAMES if name in pdf]
    name = random.choice(present)
    places = [match.start() for match in re.finditer(re.escape(name), pdf)]
    place = random.choice(places) + len(name) - 1
    return _set(pdf, {place: random.choice(b"abcxyzXYZ")})


def edit_table(pdf: bytes, random: Random) -> bytes:
    """A number near a cross-reference table or trailer changed."""
    places = [match.start() for match in re.finditer(rb"xref|trailer|/XRef", pdf)] or [0]
    start = random.choice(places)
    numbers = list(_NUMBER.finditer(pdf, start, start + 400))
    if not numbers:
        return flip_anywhere(pdf, random)
    match = random.choice(numbers)
    digits = bytes(random.choice(b"0123456789") for _ in match.group())
    return pdf[: match.start()] + digits + pdf[match.end() :]


def swap_objects(pdf: bytes, random: Random) -> bytes:
    """Two objects exchange their numbers."""
    objects = [match for match in _OBJECT.finditer(pdf) if len(match.group(1)) == 1]
    if len(objects) < 2:
        return flip_anywhere(pdf, random)
    first, second = random.sample(objects, 2)
    return _set(pdf, {first.start(): pdf[second.start()], second.start(): pdf[first.start()]})


def repeat_object(pdf: bytes, random: Random) -> bytes:
    """An object written once more behind everything, changed, in a revision of its own without a table."""
    objects = list(_OBJECT.finditer(pdf))
    if not objects:
        return flip_anywhere(pdf, random)
    body = flip_anywhere(random.choice(objects).group(), random)
    return pdf + b"\n" + body + b"\nstartxref\n" + str(pdf.rfind(b"xref")).encode() + b"\n%%EOF\n"


def add_revision(pdf: bytes, random: Random) -> bytes:
    """A proper later revision that writes over the first page, adds a page, or changes the catalogue."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    choice = random.randrange(3)
    if choice == 0:
        drawing = generic.StreamObject(stream_data=b"q 0 g 80 500 300 40 re f Q")
        writer.add_stream_to_page(0, writer.add_object(drawing))
    elif choice == 1:
        writer.root["/Lang"] = generic.pdf_string("vi")
        writer.update_root()
    else:
        info = generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string("khac")})
        writer.root["/PieceInfo"] = writer.add_object(info)
        writer.update_root()
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


MUTATORS: Sequence[Mutator] = (
    flip_anywhere, flip_signed_byte, flip_signature_digit, flip_early_signature_digit, cut_off,
    cut_at_revision, append_bytes, prepend_bytes, insert_bytes, delete_bytes, blank_run, edit_byte_range,
    rename, edit_table, swap_objects, repeat_object, add_revision,
)  # fmt: skip
"""Every kind of damage, equally often."""


def _set(pdf: bytes, values: dict[int, int]) -> bytes:
    changed = bytearray(pdf)
    for place, value in values.items():
        changed[place] = value
    return bytes(changed)
