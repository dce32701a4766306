"""Ink on top of print: seals, signatures, stamps (con dấu, chữ ký, dấu đóng)."""

import math
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from sample_layout import load_font

RED, BLUE, BLACK = (205, 30, 45), (35, 55, 150), (25, 25, 28)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A box stamp (dấu chữ nhật): words, ink, place of its centre in points, tilt in degrees.

    `strength` 1 is fresh ink, 0.25 a faint one; `worn` 0 to 1 is how much of the ink is missing;
    `frame` counts the lines around it (0 to 2). A newline in `text` starts a smaller second line.
    """

    text: str
    colour: tuple[int, int, int] = RED
    x: float = 165.0
    y: float = 165.0
    tilt: float = 0.0
    strength: float = 1.0
    worn: float = 0.0
    frame: int = 1
    size: float = 14.0
    page: int = 0
    face: str = "liberation"


def blend_ink(
    page: Image.Image, mask: Image.Image, colour: tuple[int, int, int], left: int, top: int
) -> None:
    """Multiply ink of a colour onto the page where the mask (0 to 255) says so, in place."""
    box = (left, top, left + mask.width, top + mask.height)
    under = page.crop(box)
    ink = Image.new("RGB", mask.size, colour)
    page.paste(Image.composite(ImageChops.multiply(under, ink), under, mask), (left, top))


def draw_stamp(page: Image.Image, stamp: Stamp, dpi: int, seed: int) -> None:
    """Put a box stamp on the page, in place."""
    mask = _stamp_mask(stamp, dpi * 2)
    mask = mask.rotate(stamp.tilt, expand=True, resample=Image.Resampling.BICUBIC)
    mask = mask.resize((mask.width // 2, mask.height // 2), Image.Resampling.LANCZOS)
    mask = wear(mask, stamp.strength, stamp.worn, seed)
    centre_x, centre_y = stamp.x * dpi / 72, stamp.y * dpi / 72
    blend_ink(page, mask, stamp.colour, int(centre_x - mask.width / 2), int(centre_y - mask.height / 2))


def _stamp_mask(stamp: Stamp, dpi: int) -> Image.Image:
    scale = dpi / 72
    head, *rest = stamp.text.split("\n")
    fonts = [load_font(stamp.face, "bold", int(stamp.size * scale))]
    fonts += [load_font(stamp.face, "regular", int(stamp.size * 0.8 * scale))] * len(rest)
    lines = [head, *rest]
    width = max(font.getlength(line) for font, line in zip(fonts, lines, strict=True))
    pad, step = int(7 * scale), int(stamp.size * 1.35 * scale)
    mask = Image.new("L", (int(width) + 4 * pad, step * len(lines) + 2 * pad), 0)
    draw = ImageDraw.Draw(mask)
    for number, (font, line) in enumerate(zip(fonts, lines, strict=True)):
        y = pad + step * number + step // 2
        draw.text((mask.width / 2, y), line, fill=255, font=font, anchor="mm")
    for number in range(stamp.frame):
        inset = int((1 + 2.4 * number) * scale)
        box = (inset, inset, mask.width - inset, mask.height - inset)
        draw.rectangle(box, outline=255, width=max(1, int(1.1 * scale)))
    return mask


def wear(mask: Image.Image, strength: float, worn: float, seed: int) -> Image.Image:
    """Ink as a stamp leaves it: fainter, uneven, with missing patches and grain."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((max(2, mask.height // 14), max(2, mask.width // 14))).astype(np.float32)
    cloud = np.asarray(
        Image.fromarray((coarse * 255).astype(np.uint8)).resize(mask.size, Image.Resampling.BICUBIC)
    )
    grain = rng.random((mask.height, mask.width))
    keep = np.clip((cloud / 255.0 + 0.25 - worn) * 3.0, 1.0 - worn, 1.0)
    keep = keep * np.where(grain < 0.35 * worn, 0.25, 1.0)
    ink = np.asarray(mask, dtype=np.float32) * keep * strength
    return Image.fromarray(ink.astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.4))


def draw_seal(page: Image.Image, x: float, y: float, text: str, dpi: int, seed: int) -> None:
    """A round red seal of 36 mm with its words around and a star inside, centre in points, in place."""
    rng = random.Random(seed)
    scale = dpi / 72
    radius = 51 * scale
    size = int(radius * 2.2)
    mask = Image.new("L", (size, size), 0)
    draw, centre = ImageDraw.Draw(mask), size / 2
    for share, width in ((1.0, 2.0), (0.64, 0.9)):
        r = radius * share
        draw.ellipse(
            (centre - r, centre - r, centre + r, centre + r), outline=255, width=max(1, int(width * scale))
        )
    _draw_ring_text(mask, text, radius * 0.82, scale)
    points = [
        (
            centre + math.sin(i * math.pi / 5) * radius * (0.34 if i % 2 == 0 else 0.14),
            centre - math.cos(i * math.pi / 5) * radius * (0.34 if i % 2 == 0 else 0.14),
        )
        for i in range(10)
    ]
    draw.polygon(points, fill=255)
    mask = mask.rotate(rng.uniform(-12, 12), resample=Image.Resampling.BICUBIC)
    mask = wear(mask, rng.uniform(0.7, 0.95), rng.uniform(0.05, 0.3), seed)
    blend_ink(page, mask, RED, int(x * scale - centre), int(y * scale - centre))


def _draw_ring_text(mask: Image.Image, text: str, radius: float, scale: float) -> None:
    font = load_font("liberation", "bold", int(8 * scale))
    widths = [font.getlength(letter) + scale for letter in text]
    # Words fill the ring from lower left over the top, whatever their number of letters.
    spread = math.radians(330) / sum(widths)
    centre, angle, side = mask.width / 2, -math.radians(165), int(15 * scale)
    for letter, width in zip(text, widths, strict=True):
        angle += width * spread / 2
        tile = Image.new("L", (side, side), 0)
        ImageDraw.Draw(tile).text((side / 2, side / 2), letter, fill=255, font=font, anchor="mm")
        tile = tile.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
        x, y = centre + math.sin(angle) * radius, centre - math.cos(angle) * radius
        mask.paste(255, (int(x - side / 2), int(y - side / 2)), tile)
        angle += width * spread / 2


def draw_signature(page: Image.Image, x: float, y: float, dpi: int, seed: int) -> None:
    """A scribble in blue ink, centre in points, in place."""
    rng = random.Random(seed)
    scale = dpi / 72
    width, height = 125 * scale, 52 * scale
    mask = Image.new("L", (int(width), int(height)), 0)
    draw = ImageDraw.Draw(mask)
    loops, phase = rng.uniform(3.2, 5.6) * math.tau, rng.uniform(0, 3)
    points = [_scribble_point(step / 400, loops, phase, width, height) for step in range(401)]
    draw.line(points, fill=235, width=max(2, int(1.4 * scale)), joint="curve")
    stroke = [(width * 0.1, height * 0.8), (width * 0.55, height * 0.9), (width * 0.97, height * 0.62)]
    draw.line(stroke, fill=225, width=max(2, int(1.1 * scale)), joint="curve")
    mask = mask.filter(ImageFilter.GaussianBlur(0.6))
    blend_ink(page, mask, BLUE, int(x * scale - width / 2), int(y * scale - height / 2))


def _scribble_point(t: float, loops: float, phase: float, width: float, height: float) -> tuple[float, float]:
    sway = 0.10 * math.sin(loops * t + phase)
    rise = 0.40 * math.sin(loops * t + 1.2) * (1 - 0.75 * t) + 0.06 * math.sin(31 * t)
    return width * (0.12 + 0.76 * t + sway), height * (0.48 + rise)
