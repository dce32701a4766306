"""Puts a page image into a PDF without loss (ảnh trong PDF): JPEG bytes as they are, else G4 or Flate."""

import io
import struct

import cv2
import numpy as np
import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image, TiffImagePlugin

from ocr.errors import UnreadableImage
from ocr.source import Colour, FaxData, Pixels, SourcePage

_STRIP_OFFSETS, _STRIP_LENGTHS, _ROWS_PER_STRIP = 273, 279, 278
_PNG_HEAD = 8


def add_image(pdf: pikepdf.Pdf, source: SourcePage) -> pikepdf.Object:
    """Add the page's image to a document; the stream object comes back. Raises UnreadableImage."""
    common = {
        "/Type": Name.XObject,
        "/Subtype": Name.Image,
        "/Width": source.width,
        "/Height": source.height,
        "/BitsPerComponent": 8,
        "/ColorSpace": Name.DeviceRGB if source.colour is Colour.COLOUR else Name.DeviceGray,
    }
    if source.jpeg is not None:
        stream = pdf.make_stream(source.jpeg, common)
        stream.Filter = Name.DCTDecode
        return stream
    if source.pixels is None:
        raise UnreadableImage(page=source.number)
    if source.colour is Colour.BILEVEL:
        fax = source.fax or FaxData(encode_g4(source.pixels))
        stream = pdf.make_stream(fax.data, {**common, "/BitsPerComponent": 1})
        if fax.is_jbig2:
            stream.Filter = Name.JBIG2Decode
            if fax.shared:
                stream.DecodeParms = Dictionary(JBIG2Globals=pdf.make_stream(fax.shared))
            return stream
        stream.Filter = Name.CCITTFaxDecode
        # Black runs are ink, but in a TIFF of photometric 1, where the white ones are.
        stream.DecodeParms = Dictionary(
            K=-1, Columns=source.width, Rows=source.height, BlackIs1=fax.is_inverted
        )
        return stream
    colours = 3 if source.colour is Colour.COLOUR else 1
    stream = pdf.make_stream(encode_flate(source.pixels), common)
    stream.Filter = Name.FlateDecode
    stream.DecodeParms = Dictionary(Predictor=15, Colors=colours, BitsPerComponent=8, Columns=source.width)
    return stream


def encode_g4(pixels: Pixels) -> bytes:
    """CCITT group 4 data of a bilevel page, ink coded as 1."""
    buffer = io.BytesIO()
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    directory[_ROWS_PER_STRIP] = pixels.shape[0]
    Image.fromarray(pixels < 128).save(buffer, "TIFF", compression="group4", tiffinfo=directory)
    with Image.open(io.BytesIO(buffer.getvalue())) as image:
        tags = image.tag_v2  # pyright: ignore[reportAttributeAccessIssue]
        offsets, lengths = tags[_STRIP_OFFSETS], tags[_STRIP_LENGTHS]
    if len(offsets) != 1:
        raise UnreadableImage
    return buffer.getvalue()[offsets[0] : offsets[0] + lengths[0]]


def encode_flate(pixels: Pixels) -> bytes:
    """Flate data with PNG prediction: the very data of a PNG file (ISO 32000-1 7.4.4.4)."""
    done, png = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise UnreadableImage
    raw, place, parts = np.asarray(png).tobytes(), _PNG_HEAD, list[bytes]()
    while place + 8 <= len(raw):
        length, kind = struct.unpack(">I4s", raw[place : place + 8])
        if kind == b"IDAT":
            parts.append(raw[place + 8 : place + 8 + length])
        place += length + 12
    return b"".join(parts)
