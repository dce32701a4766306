"""What scanning and copying do to a page (hiệu ứng máy quét, máy photocopy)."""

import numpy as np
from PIL import Image, ImageFilter, ImageOps
from sample_marks import draw_seal


def add_skew(page: Image.Image, degrees: float) -> Image.Image:
    """The page laid crookedly on the glass, same size, corners filled with paper."""
    fill = page.getpixel((2, 2))
    return page.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=fill)


def add_scan_look(page: Image.Image, seed: int, noise: float = 4.0) -> Image.Image:
    """Soft focus, uneven light and grain of an office scanner."""
    rng = np.random.default_rng(seed)
    soft = np.asarray(page.filter(ImageFilter.GaussianBlur(0.5)), dtype=np.float32)
    height, width = soft.shape[:2]
    light = (1.0 - rng.uniform(0.0, 0.07) * np.linspace(0, 1, width, dtype=np.float32))[None, :]
    light = light * (1.0 - rng.uniform(0.0, 0.05) * np.linspace(1, 0, height, dtype=np.float32))[:, None]
    # One patch of grain repeated: drawing it for every pixel would take longer than the rest.
    patch = rng.standard_normal((509, 521), dtype=np.float32) * noise
    grain = np.tile(patch, (height // 509 + 1, width // 521 + 1))[:height, :width]
    soft *= light[:, :, None]
    soft += grain[:, :, None]
    return _to_image(soft)


def add_bleed_through(page: Image.Image, back: Image.Image, strength: float = 0.12) -> Image.Image:
    """The other side showing through thin paper: mirrored, blurred, faint."""
    ghost = ImageOps.mirror(back.convert("L")).filter(ImageFilter.GaussianBlur(2.0)).resize(page.size)
    shade = 1.0 - (255.0 - np.asarray(ghost, dtype=np.float32)) / 255.0 * strength
    return _to_image(np.asarray(page, dtype=np.float32) * shade[:, :, None])


def photocopy(page: Image.Image, seed: int, *, bilevel: bool = True) -> Image.Image:
    """A bad photocopy: grey or black and white, contrast lost, specks and a dark edge."""
    rng = np.random.default_rng(seed)
    grey = np.asarray(page.convert("L").filter(ImageFilter.GaussianBlur(1.0)), dtype=np.float32)
    height, width = grey.shape
    grey = 255.0 - (255.0 - grey) * rng.uniform(0.55, 0.8)
    grey += rng.standard_normal(grey.shape, dtype=np.float32) * 16.0
    grey[rng.random(grey.shape) < 0.0015] = 40
    edge = int(width * 0.012)
    grey[:, -edge:] -= 120
    grey[: int(height * 0.004)] -= 90
    if bilevel:
        return Image.fromarray((grey > 172).astype(np.uint8) * 255)
    return _to_image(grey)


def draw_blank_back(dpi: int, seed: int) -> Image.Image:
    """The empty back of a sealed page, on which the seal shows faintly, mirrored (mặt sau trống)."""
    size = (round(595.28 * dpi / 72), round(841.89 * dpi / 72))
    page = Image.new("RGB", size, (251, 250, 247))
    draw_seal(page, 370, 620, "ỦY BAN NHÂN DÂN ★ ", dpi, seed)
    ghost = Image.blend(Image.new("RGB", size, (251, 250, 247)), ImageOps.mirror(page), 0.10)
    back = add_scan_look(ghost.filter(ImageFilter.GaussianBlur(1.6)), seed, noise=2.5)
    back.info["dpi"] = (dpi, dpi)
    return back


def _to_image(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
