"""Image files of every kind, damaged and oversized ones."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr import imagefile
from ocr.errors import ImageTooLarge, UnreadableImage
from ocr.imagefile import count_image_pages, read_image_file, read_image_page
from ocr.source import Colour


def packed(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def test_jpeg_keeps_its_bytes() -> None:
    """A grey or colour JPEG is handed on untouched."""
    for mode, colour in (("L", Colour.GREY), ("RGB", Colour.COLOUR)):
        data = packed(Image.new(mode, (60, 80)), "JPEG")
        page = next(read_image_file(data))
        assert (page.jpeg, page.colour, page.width, page.height) == (data, colour, 60, 80)


@pytest.mark.parametrize(
    ("mode", "kind", "colour"),
    [
        ("1", "TIFF", Colour.BILEVEL),
        ("L", "PNG", Colour.GREY),
        ("I;16", "PNG", Colour.GREY),
        ("RGBA", "PNG", Colour.COLOUR),
        ("P", "PNG", Colour.COLOUR),
        ("CMYK", "JPEG", Colour.COLOUR),
        ("CMYK", "TIFF", Colour.COLOUR),
    ],
)
def test_every_mode_becomes_eight_bit_pixels(mode: str, kind: str, colour: Colour) -> None:
    """Bilevel, 16-bit, transparent, palette and CMYK images all decode."""
    page = next(read_image_file(packed(Image.new(mode, (40, 30)), kind)))
    assert page.pixels is not None
    assert page.pixels.dtype == np.uint8
    assert page.colour is colour
    assert page.pixels.shape[:2] == (30, 40)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_is_red_where_magenta_and_yellow_are(kind: str) -> None:
    """CMYK comes out in its colours, also in JPEG files, which Adobe's programs write inverted."""
    page = next(read_image_file(packed(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), kind)))
    assert page.pixels is not None
    assert page.pixels[8, 8].tolist() == pytest.approx([0, 0, 254], abs=3)


@pytest.mark.parametrize("kind", [".png", ".tiff"])
def test_sixteen_bits_keep_their_brightness(kind: str) -> None:
    """16-bit grey and colour samples come out as their upper eight bits."""
    colour = np.full((6, 4, 3), (0x1000, 0x8000, 0xF000), np.uint16)
    for samples, expected in ((colour, [16, 128, 240]), (colour[:, :, 1], 127)):
        page = next(read_image_file(cv2.imencode(kind, samples)[1].tobytes()))
        assert page.pixels is not None
        assert page.pixels[3, 2].tolist() == pytest.approx(expected, abs=1)


def test_transparent_parts_are_paper() -> None:
    """What is see-through is white, not black."""
    for mode, clear in (("RGBA", (0, 0, 0, 0)), ("LA", (0, 0))):
        page = next(read_image_file(packed(Image.new(mode, (4, 4), clear), "PNG")))
        assert page.pixels is not None
        assert page.pixels.min() == 255


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_shows_the_same_page(orientation: int) -> None:
    """Pixels and remaining turn together give what a viewer that obeys EXIF shows."""
    random = np.random.default_rng(1).integers(0, 255, (24, 36, 3)).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = packed(Image.fromarray(random), "PNG", exif=exif.tobytes())
    page = next(read_image_file(data))
    assert page.pixels is not None
    shown = np.rot90(page.pixels, -(page.rotation // 90))
    from PIL import ImageOps

    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))[:, :, ::-1]
    assert np.array_equal(shown, expected)


def test_pages_of_a_tiff_come_in_order() -> None:
    """A TIFF of three sizes gives three pages, also singly."""
    frames = [Image.new("L", (10 + number, 20)) for number in range(3)]
    data = packed(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert count_image_pages(data) == 3
    assert [page.width for page in read_image_file(data)] == [10, 11, 12]
    assert read_image_page(data, 2).width == 12
    with pytest.raises(UnreadableImage):
        read_image_page(data, 3)


def test_truncated_and_foreign_files_are_refused() -> None:
    """Half a file and no image at all are unreadable."""
    noise = np.random.default_rng(2).integers(0, 255, (300, 300, 3)).astype(np.uint8)
    for data in (
        packed(Image.fromarray(noise), "JPEG")[:20_000],
        packed(Image.fromarray(noise), "PNG")[:9_000],
    ):
        with pytest.raises(UnreadableImage):
            list(read_image_file(data))
    with pytest.raises(UnreadableImage):
        count_image_pages(b"GIF89a no more")


def test_bomb_is_refused_by_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """More pixels than allowed are refused before decoding."""
    monkeypatch.setattr(imagefile, "MAX_PIXELS", 1000)
    with pytest.raises(ImageTooLarge):
        list(read_image_file(packed(Image.new("1", (100, 100)), "PNG")))
