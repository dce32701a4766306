"""Signed and tampered PDFs for trial runs and tests (tệp mẫu đã ký và bị sửa), signed as an office does.

Decree 30/2020 Annex I: the leader's blue handwriting between position and name, then the agency's red seal
covering about a third of it on the left.
"""

import io
import math

from demo_pki import DemoPki
from PIL import Image, ImageDraw
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSigner, Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle

_SIGNATURE_BOX = (380, 150, 500, 210)
_SEAL_BOX = (330, 130, 420, 220)


def sign_as_office(pdf: bytes, pki: DemoPki) -> bytes:
    """`pdf` approved by the leader and then sealed by the agency, each an incremental update."""
    approved = sign_with(
        pdf, pki.signer("leader"), "NguoiKy", box=_SIGNATURE_BOX, style=_style(draw_handwriting())
    )
    return sign_with(approved, pki.signer("agency"), "CoQuan", box=_SEAL_BOX, style=_style(draw_seal()))


def sign_with(
    pdf: bytes,
    signer: Signer,
    field: str,
    *,
    box: tuple[int, int, int, int] | None = None,
    style: StaticStampStyle | None = None,
    timestamper: TimeStamper | None = None,
) -> bytes:
    """One PAdES signature on the last page; invisible without a box."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    metadata = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    signing = PdfSigner(
        metadata,
        signer=signer,
        timestamper=timestamper,
        stamp_style=style,
        new_field_spec=SigFieldSpec(field, on_page=-1, box=box),
    )
    output = signing.sign_pdf(writer, existing_fields_only=False, bytes_reserved=16384, output=io.BytesIO())
    return output.getvalue()


def tamper_after_signing(pdf: bytes) -> bytes:
    """`pdf` with another amount written over its first page by a later revision, signatures left in place."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    drawing = b"q 1 1 1 rg 90 500 330 26 re f 0 g BT /FX 14 Tf 96 507 Td (So tien: 999.000.000 dong) Tj ET Q"
    font = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Font"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Type1"),
            generic.pdf_name("/BaseFont"): generic.pdf_name("/Helvetica"),
        }
    )
    resources = generic.DictionaryObject(
        {
            generic.pdf_name("/Font"): generic.DictionaryObject(
                {generic.pdf_name("/FX"): writer.add_object(font)}
            )
        }
    )
    stream = generic.StreamObject(stream_data=drawing)
    writer.add_stream_to_page(0, writer.add_object(stream), resources)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _style(image: Image.Image) -> StaticStampStyle:
    """A stamp that is the picture alone."""
    return StaticStampStyle(border_width=0, background=PdfImage(image), background_opacity=1.0)


def draw_handwriting() -> Image.Image:
    """A blue scribble on transparent ground."""
    image = Image.new("RGBA", (360, 180), (0, 0, 0, 0))
    points = [(20 + x, 90 + 55 * math.sin(x / 14) * math.cos(x / 53)) for x in range(320)]
    ImageDraw.Draw(image).line(points, fill=(20, 50, 190, 255), width=6, joint="curve")
    return image


def draw_seal() -> Image.Image:
    """A red round seal on transparent ground."""
    image = Image.new("RGBA", (360, 360), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    red = (205, 20, 25, 255)
    pen.ellipse((6, 6, 354, 354), outline=red, width=10)
    pen.ellipse((60, 60, 300, 300), outline=red, width=4)
    star = [
        (180 + radius * math.sin(corner * math.pi / 5), 180 - radius * math.cos(corner * math.pi / 5))
        for corner, radius in enumerate([95, 38] * 5)
    ]
    pen.polygon(star, fill=red)
    return image
