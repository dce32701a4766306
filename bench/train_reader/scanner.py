"""What printers, copiers, scanners and our own preparation do to a drawn block (máy quét mẫu).

The order is that of life: strokes spread or break, the sheet lies a little askew, the back of the sheet and
seals show through, the sensor adds noise, JPEG its blocks; then the page is scaled and its light evened out
as ocr/clean.py does it.
"""

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.train_reader.blocks import Block, Grey
from bench.train_reader.overlays import Overlays
from ocr.clean import even_light, reading_scale

RESOLUTIONS = ((300, 36), (250, 6), (200, 28), (150, 16), (120, 4), (100, 10))
_NOISE_SIDE = 2600
_BILEVEL_FROM_DPI = 145

Layer = NDArray[np.float32]
Matrix = NDArray[np.float64]


_PLAIN_SHARE, _PLAIN_DPI = 0.13, (120, 240)
"""Pages drawn by software at the scanning resolution, as offices pass them on as pictures."""


@dataclass(frozen=True, slots=True)
class ScannedBlock:
    """A block as our preparation hands it to the readers; `matrix` (2 x 3) takes drawn points to it."""

    image: Grey
    dpi: float
    matrix: Matrix
    stamped: bool = False
    """Whether a stamp with legible words lies on it that nobody knows the place of."""


class Scanner:
    """Scans blocks, each with other faults, all following from the sources of chance (máy quét mẫu)."""

    def __init__(self, rng: random.Random, overlays: Overlays, seed: int) -> None:
        self._rng = rng
        self._numpy = np.random.default_rng(seed)
        self._noise = self._numpy.standard_normal((_NOISE_SIDE, _NOISE_SIDE)).astype(np.float32)
        grain = cv2.GaussianBlur(self._noise, (0, 0), 1.0)
        self._grain: Layer = np.asarray(grain / grain.std(), dtype=np.float32)
        self._overlays = overlays
        self._stamped = False
        self._sheet_before: Layer | None = None

    def choose_dpi(self) -> tuple[int, int]:
        """Resolutions to draw a block at and to scan it at."""
        values, weights = zip(*RESOLUTIONS, strict=True)
        dpi = round(self._rng.choices(values, weights)[0] * self._rng.uniform(0.97, 1.03))
        if _PLAIN_DPI[0] < dpi < _PLAIN_DPI[1] and self._rng.random() < _PLAIN_SHARE:
            return dpi, dpi
        return (300 if dpi >= 190 else 200), dpi

    def scan(self, block: Block, dpi: int) -> ScannedBlock:
        """The block scanned at a resolution and prepared for reading."""
        rng = self._rng
        self._stamped = False
        if block.dpi == dpi:
            return ScannedBlock(self._show(block), dpi, np.eye(2, 3), self._stamped)
        badness = rng.random()
        strokes = self._strokes(block, badness)
        sheet, matrix = self._lay_down(strokes, dpi / block.dpi)
        grey = self._expose(sheet, dpi, badness)
        scale = reading_scale(dpi)
        if scale != 1:
            height, width = grey.shape
            size = max(1, round(width * scale)), max(1, round(height * scale))
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
            matrix = np.diag([size[0] / width, size[1] / height]) @ matrix
        if rng.random() < 0.4:  # what straightening leaves and blurs
            turn = _turn(rng.uniform(-0.1, 0.1), (0, 0), (rng.random(), rng.random()))
            grey = cv2.warpAffine(
                grey, turn[:2], grey.shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
            )
            matrix = turn[:2] @ np.vstack([matrix, [0, 0, 1]])
        if rng.random() < 0.92:
            grey = even_light(np.asarray(grey, np.uint8), round(dpi * scale))
        return ScannedBlock(np.asarray(grey, np.uint8), dpi * scale, matrix, self._stamped)

    def _show(self, block: Block) -> Grey:
        """The block as software draws it: no paper, hardly a blur, sometimes a seal, mostly JPEG."""
        rng = self._rng
        levels = block.image.astype(np.float32)
        blur = rng.uniform(0, 0.5)
        if blur > 0.25:
            levels = cv2.GaussianBlur(levels, (0, 0), blur)
        if rng.random() < 0.3:
            levels *= 1 - self._seal(levels.shape, block.dpi) * rng.uniform(0.03, 0.5)
        if rng.random() < 0.4:
            levels += self._field(*levels.shape, self._noise) * rng.uniform(1, 5)
        grey = np.clip(levels, 0, 255).astype(np.uint8)
        return even_light(_code(grey, rng.randint(45, 95)) if rng.random() < 0.6 else grey, block.dpi)

    def _seal(self, shape: tuple[int, ...], dpi: int) -> Layer:
        """Ink of seals and stamps, a little blurred."""
        layer, legible = self._overlays.draw_seals(shape, dpi)
        self._stamped |= legible
        return np.asarray(cv2.GaussianBlur(layer, (0, 0), 0.6 + dpi / 600) / np.float32(255), np.float32)

    def _field(self, height: int, width: int, source: Layer) -> Layer:
        """A piece of noise of deviation 1."""
        top, left = self._rng.randrange(_NOISE_SIDE - height), self._rng.randrange(_NOISE_SIDE - width)
        piece = source[top : top + height, left : left + width]
        return piece[:, ::-1] if self._rng.random() < 0.5 else piece

    def _strokes(self, block: Block, badness: float) -> Layer:
        """Grey levels of the print, strokes thickened, thinned, broken or frayed."""
        rng = self._rng
        blur = rng.uniform(0.35, 1.5) * block.dpi / 300 * (rng.uniform(1, 1.9) if badness < 0.3 else 1)
        levels: Layer = cv2.GaussianBlur(block.image, (0, 0), blur).astype(np.float32)
        if rng.random() < 0.75:
            height, width = levels.shape
            gain, threshold = rng.uniform(1, 3.5), 128 - rng.uniform(-55, 45)
            levels -= threshold
            if rng.random() < 0.4:
                coarse = rng.choice((3, 6, 14))
                patches = self._field(height // coarse + 2, width // coarse + 2, self._noise)
                levels += cv2.resize(np.ascontiguousarray(patches), (width, height)) * rng.uniform(5, 38)
            if rng.random() < 0.25:
                levels += self._field(height, width, self._grain) * rng.uniform(5, 45)
            levels = np.clip(levels * gain + 128, 0, 255)
        return levels

    def _lay_down(self, levels: Layer, scale: float) -> tuple[Layer, Matrix]:
        """Share of ink at the scanner's resolution, slightly turned, and where points went."""
        rng = self._rng
        height, width = levels.shape
        size = round(width * scale), round(height * scale)
        small = cv2.resize(levels, size, interpolation=cv2.INTER_AREA if scale < 0.99 else cv2.INTER_LINEAR)
        matrix = np.array([[size[0] / width, 0, 0], [0, size[1] / height, 0]])
        if rng.random() < 0.6:
            angle = rng.choice((rng.uniform(-0.15, 0.15), rng.uniform(-0.45, 0.45)))
            turn = _turn(angle, (size[0] / 2, size[1] / 2), (rng.random(), rng.random()))
            method = rng.choice((cv2.INTER_CUBIC, cv2.INTER_LINEAR))
            small = cv2.warpAffine(small, turn[:2], size, flags=method, borderValue=(255,))
            matrix = turn[:2] @ np.vstack([matrix, [0, 0, 1]])
        return np.asarray((255 - np.clip(small, 0, 255)) / 255, np.float32), matrix

    def _expose(self, ink: Layer, dpi: int, badness: float) -> Grey:
        """The sheet with what shows through and what lies on it, as the scanner saves it."""
        rng = self._rng
        paper = rng.choice((255, 255, rng.uniform(225, 252), rng.uniform(190, 250)))
        darkness = rng.uniform(0.62 if badness < 0.5 else 0.85, 1)
        darkness *= rng.uniform(0.55, 1) if badness < 0.2 else 1
        light = 1 - ink * darkness
        if rng.random() < 0.3:
            strength = rng.choice((rng.uniform(0.03, 0.12), rng.uniform(0.05, 0.3)))
            light *= 1 - self._back_side(ink, dpi) * strength
        self._sheet_before = ink
        if rng.random() < 0.22:
            strength = rng.choice((rng.uniform(0.03, 0.2), rng.uniform(0.1, 0.5)))
            light *= 1 - self._seal(ink.shape, dpi) * strength
        if rng.random() < 0.3:
            strokes = cv2.GaussianBlur(self._overlays.draw_strokes(ink.shape, dpi), (0, 0), 0.3 + dpi / 500)
            light *= 1 - strokes / np.float32(255) * rng.uniform(0.5, 0.95)
        if rng.random() < 0.1:
            light *= 1 - self._seal(ink.shape, dpi) * rng.uniform(0.4, 0.95)
        return self._save(self._sense(light * paper, dpi, badness), paper, dpi, badness)

    def _back_side(self, ink: Layer, dpi: int) -> Layer:
        """Blurred ink of another sheet or of this one, mirrored and shifted."""
        rng = self._rng
        height, width = ink.shape
        other = self._sheet_before
        back = cv2.resize(other, (width, height)) if other is not None and rng.random() < 0.5 else ink
        shifted = np.roll(back[:, ::-1], (rng.randrange(height), rng.randrange(width // 4)), (0, 1))
        blur = rng.uniform(0.8, 3) * dpi / 300 + 0.3
        return np.asarray(cv2.GaussianBlur(shifted, (0, 0), blur), np.float32)

    def _sense(self, levels: Layer, dpi: int, badness: float) -> Grey:
        """Uneven light, lack of focus, noise, dust and streaks."""
        rng = self._rng
        height, width = levels.shape
        if rng.random() < 0.15:
            patches = self._field(3, 4, self._noise).copy()
            shade = cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)
            levels = levels * np.clip(1 + shade * rng.uniform(0.01, 0.06), 0.5, 1.1)
        if rng.random() < 0.5:
            blur = rng.uniform(0.25, 0.8) if badness < 0.75 else rng.uniform(0.4, 1.3) * min(1, dpi / 200)
            levels = cv2.GaussianBlur(levels, (0, 0), blur)
        if rng.random() < 0.6:
            strong = rng.uniform(8, 26) if badness < 0.4 else 4
            source = self._grain if rng.random() < 0.4 else self._noise
            noise = rng.choice((rng.uniform(1, 6), rng.uniform(3, 11), strong))
            levels = levels + self._field(height, width, source) * noise
        if rng.random() < 0.12:
            count = int(width * height * rng.uniform(1e-5, 4e-4))
            rows, columns = self._numpy.integers(0, height, count), self._numpy.integers(0, width, count)
            levels[rows, columns] = rng.choice((0, 60))
            if rng.random() < 0.5:
                levels[np.minimum(rows + 1, height - 1), columns] = 40
        if rng.random() < 0.06:
            levels[:, rng.randrange(width)] *= rng.uniform(0.4, 0.9)
        return np.clip(levels, 0, 255).astype(np.uint8)

    def _save(self, grey: Grey, paper: float, dpi: int, badness: float) -> Grey:
        """Black and white, more contrast or neither; mostly JPEG."""
        rng = self._rng
        way = rng.random()
        if way < 0.13 and dpi >= _BILEVEL_FROM_DPI:
            grey = np.where(grey > paper * rng.uniform(0.5, 0.78), 255, 0).astype(np.uint8)
        elif way > 0.87:
            levels = (grey.astype(np.float32) - rng.uniform(0, 60)) * rng.uniform(1, 1.8)
            grey = np.clip(levels, 0, 255).astype(np.uint8)
        if rng.random() < 0.8:
            low = rng.choice((25, 35, 45, 55, 65, 75, 75, 85, 90, 95))
            quality = low if badness < 0.5 else rng.randint(55, 95)
            grey = _code(grey, quality)
        return grey


def _code(grey: Grey, quality: int) -> Grey:
    """What is left after JPEG of this quality."""
    _, coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def _turn(degrees: float, centre: tuple[float, float], shift: tuple[float, float]) -> Matrix:
    """A small rotation about a point and a shift, as a 3 x 3 matrix."""
    turn = np.vstack([cv2.getRotationMatrix2D(centre, degrees, 1.0), [0, 0, 1]])
    turn[:2, 2] += shift
    return np.asarray(turn, np.float64)
