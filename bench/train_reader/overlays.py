"""What lies over the print of a paper (dấu, nét bút): round seals, arrival stamps, strokes of the pen.

Lines that the detector finds in them and nowhere else are samples without text: the reader is to answer
nothing there.
"""

import math
import random
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.train_reader.blocks import Faces, Grey
from bench.train_reader.phrases import Phrases

_BANK = 16
_RENEWED = 0.02
_SEAL_SIDE, _STAMP_SIZE = 420, (560, 200)
_SEAL_INCHES, _STAMP_INCHES = (1.2, 1.56), (1.6, 2.4)


class Overlays:
    """Draws seals and strokes, all following from one source of chance (máy vẽ dấu và nét bút)."""

    def __init__(self, rng: random.Random, phrases: Phrases, faces: Faces, seed: int) -> None:
        self._rng = rng
        self._phrases = phrases
        self._faces = faces
        self._numpy = np.random.default_rng(seed)
        self._bank: list[tuple[Grey, bool]] = []

    def draw_seals(self, shape: tuple[int, ...], dpi: int) -> tuple[Grey, bool]:
        """One or two seals or stamps, 255 where ink is; whether a stamp with words is among them."""
        rng = self._rng
        if not self._bank or rng.random() < _RENEWED:
            self._bank = [self._make() for _ in range(_BANK)]
        layer = np.zeros(shape, np.uint8)
        height, width = shape
        stamped = False
        for _ in range(rng.randint(1, 2)):
            image, is_stamp = rng.choice(self._bank)
            stamped |= is_stamp
            scale = dpi * rng.uniform(*(_STAMP_INCHES if is_stamp else _SEAL_INCHES)) / image.shape[1]
            small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            rows, columns = small.shape
            top, left = (
                rng.randrange(-side // 2, full - side // 2)
                for side, full in ((rows, height), (columns, width))
            )
            y0, x0, y1, x1 = max(0, top), max(0, left), min(height, top + rows), min(width, left + columns)
            part = small[y0 - top : y1 - top, x0 - left : x1 - left]
            layer[y0:y1, x0:x1] = np.maximum(layer[y0:y1, x0:x1], part)
        return layer, stamped

    def draw_strokes(self, shape: tuple[int, ...], dpi: int) -> Grey:
        """Signatures and words by hand that nobody can read: smoothed random walks to the right."""
        rng = self._rng
        layer = np.zeros(shape, np.uint8)
        height, width = shape
        for _ in range(rng.randint(1, 4)):
            x, y = rng.uniform(0, width), rng.uniform(0, height)
            large, slant, thick = (
                rng.random() < 0.3,
                rng.uniform(-0.3, 0.1),
                max(1, round(dpi / rng.uniform(60, 140))),
            )
            for _ in range(rng.randint(1, 6)):
                size = dpi * (rng.uniform(0.12, 0.35) if large else rng.uniform(0.05, 0.13))
                path = self._walk(rng.randint(5, 16) * (2 if large else 1), size)
                path[:, 0] += slant * path[:, 1]
                points = np.asarray((path + np.array((x, y))) * 8, np.int32)
                cv2.polylines(layer, [points], False, (255,), thick, cv2.LINE_AA, 3)
                x += float(path[-1, 0]) + size * rng.uniform(0.2, 0.9)
        return layer

    def _walk(self, steps: int, size: float) -> np.ndarray:
        """Points (x, y) of one stroke of the pen."""
        path = np.cumsum(self._numpy.normal([size * 0.18, 0], [size * 0.45, size * 0.75], (steps, 2)), 0)
        path[:, 1] *= 0.65
        dense = np.linspace(0, steps - 1, steps * 6)
        window = np.hanning(9) / np.hanning(9).sum()
        smooth = [
            np.convolve(np.pad(np.interp(dense, np.arange(steps), axis), 4, "edge"), window, "valid")
            for axis in path.T
        ]
        return np.stack(smooth, 1)

    def _make(self) -> tuple[Grey, bool]:
        """A seal, or a stamp and True."""
        if self._rng.random() < 0.75:
            return self._make_seal(), False
        return self._make_stamp(), True

    def _font(self, size: int) -> ImageFont.FreeTypeFont:
        """A bold face."""
        (files,) = self._rng.choices(
            [files for _, files in self._faces], [weight for weight, _ in self._faces]
        )
        path: Path = files[1 if len(files) > 1 else 0]
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)

    def _make_seal(self) -> Grey:
        """Rings, words along them, a star or an emblem."""
        rng = self._rng
        image = Image.new("L", (_SEAL_SIDE, _SEAL_SIDE), 0)
        draw = ImageDraw.Draw(image)
        centre = _SEAL_SIDE / 2
        outer = centre - 6
        inner = outer * rng.uniform(0.58, 0.68)
        rings = [(outer, rng.randint(4, 9)), (inner, 3), *([(outer - 12, 3)] if rng.random() < 0.7 else [])]
        for radius, thick in rings:
            draw.ellipse(
                (centre - radius, centre - radius, centre + radius, centre + radius), outline=255, width=thick
            )
        text = " ".join(self._phrases.running_text(9)).upper()[: rng.randint(18, 34)]
        font, span, middle = self._font(rng.randint(40, 54)), rng.uniform(3.6, 5.2), (outer + inner) / 2
        for place, letter in enumerate(text):
            angle = -math.pi / 2 - span / 2 + span * (place + 0.5) / len(text)
            tile = Image.new("L", (90, 90), 0)
            ImageDraw.Draw(tile).text((45, 45), letter, font=font, fill=255, anchor="mm")
            tile = tile.rotate(-math.degrees(angle) - 90, resample=Image.Resampling.BILINEAR)
            x, y = centre + middle * math.cos(angle), centre + middle * math.sin(angle)
            image.paste(255, (int(x) - 45, int(y) - 45), tile)
        if rng.random() < 0.6:
            corners = [math.radians(144 * corner - 90) for corner in range(6)]
            star = [
                (centre + 0.55 * inner * math.cos(a), centre + 0.55 * inner * math.sin(a)) for a in corners
            ]
            draw.line(star, fill=255, width=5)
        else:
            for _ in range(14):
                x, y = (centre + rng.uniform(-0.6, 0.6) * inner for _ in range(2))
                reach = rng.uniform(4, 40)
                box = x - reach, y - reach, x + reach, y + reach
                draw.arc(box, rng.uniform(0, 360), rng.uniform(0, 360), fill=255, width=3)
        return np.asarray(image.rotate(rng.uniform(-25, 25), resample=Image.Resampling.BILINEAR))

    def _make_stamp(self) -> Grey:
        """A box with the agency, and leaders for number, day and receiver; some rows struck through."""
        rng = self._rng
        width, height = _STAMP_SIZE
        image = Image.new("L", _STAMP_SIZE, 0)
        draw = ImageDraw.Draw(image)
        font = self._font(rng.randint(26, 36))
        draw.rectangle((3, 3, width - 4, height - 4), outline=255, width=rng.randint(3, 6))
        leaders = (f"{word}: {'.' * rng.randint(8, 26)}" for word in ("Số", "Ngày", "Chuyển"))
        for row, text in enumerate((" ".join(self._phrases.short_line()[0]).upper()[:26], *leaders)):
            base = 40 + 46 * row
            draw.text((rng.randint(20, 150), base), text, font=font, fill=255, anchor="ls")
            if rng.random() < 0.4:
                line = base - rng.randint(6, 20)
                draw.line((10, line, width - 10, line), fill=255, width=rng.randint(2, 5))
        return np.asarray(image)
