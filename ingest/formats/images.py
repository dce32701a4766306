"""What the image formats share: opening with Pillow, whole frames, limits (định dạng ảnh)."""

import warnings
from pathlib import Path

from PIL import Image

from ingest.errors import UnreadableFile
from ingest.formats.facts import FormatFacts, Limits
from ingest.formats.limits import check_pages, check_pixels


def read_image(path: Path, name: str, limits: Limits) -> FormatFacts:
    """Facts of an image file whose every frame decodes whole.

    Raises `UnreadableFile`, `FileTooLarge`.
    """
    try:
        with warnings.catch_warnings():
            # Pillow's own bomb guard only warns below twice its limit; ours is checked before decoding.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=[name]) as image:
                pages = _count_frames(image, limits)
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as exc:
        raise UnreadableFile(format=name.lower()) from exc
    return FormatFacts(name.lower(), pages)


def _count_frames(image: Image.Image, limits: Limits) -> int:
    """Decode each frame, so that a cut-off file is found out here and not as a half grey page."""
    frames = int(getattr(image, "n_frames", 1))
    check_pages(frames, limits)
    for number in range(frames):
        image.seek(number)
        check_pixels(image.width * image.height, limits)
        image.load()
    return frames
