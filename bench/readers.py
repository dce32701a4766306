"""Runs a reader over a group of pages as a user would (chạy bộ nhận dạng): `sohoa ocr`, OCRmyPDF."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import img2pdf
import pikepdf
from PIL import Image

from bench.meter import Usage, run_metered
from bench.truth import TruePage

EXIT_REFUSED, EXIT_MISSING = 1, 3
PEER = "OCRmyPDF"
_PEER_OPTIONS = "-l vie --deskew --jobs 1 --output-type pdfa --pdfa-backend internal --quiet"


class ReaderMissing(Exception):
    """The reader cannot run on this machine; the text says why."""


class ReaderFailed(Exception):
    """The reader ended with an error; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a group of pages (kết quả của một bộ nhận dạng).

    `texts` by page in the given order, empty for a page it refused; `fields` by field name, for Sohoa only.
    `refused` names the files it did not read.
    """

    usage: Usage
    texts: tuple[str, ...]
    pages: int
    bytes_out: int
    fields: tuple[Mapping[str, Any], ...] = field(default=())
    refused: tuple[str, ...] = field(default=())


def read_with_sohoa(pages: Sequence[TruePage], folder: Path, profile: str) -> Reading:
    """Read by the command `sohoa ocr` with one worker; raises ReaderMissing, ReaderFailed."""
    out, log = folder / "out", folder / "log.txt"
    command = [str(Path(sys.executable).with_name("sohoa")), "ocr", "--out", str(out), "--jobs", "1"]
    usage = run_metered([*command, "--profile", profile, *(str(page.path) for page in pages)], log)
    if usage.status == EXIT_MISSING:
        raise ReaderMissing(log.read_text(errors="replace").strip())
    if usage.status not in (0, EXIT_REFUSED):
        raise ReaderFailed(log.read_text(errors="replace").strip())
    results = [_load(out / f"{page.path.stem}.json") for page in pages]
    return Reading(
        usage,
        tuple(_text(out / f"{page.path.stem}.txt") for page in pages),
        sum(len(result.get("pages", ())) for result in results),
        sum(path.stat().st_size for path in out.glob("*.pdf")),
        tuple(result.get("fields", {}) for result in results),
        tuple(page.path.name for page, result in zip(pages, results, strict=True) if "pages" not in result),
    )


def read_with_ocrmypdf(pages: Sequence[TruePage], folder: Path) -> Reading:
    """Read by OCRmyPDF in one run over all pages, put into one PDF without loss first (not counted)."""
    wrapped, sidecar, made = folder / "pages.pdf", folder / "pages.txt", folder / "made.pdf"
    counts = _wrap(pages, wrapped)
    options = _PEER_OPTIONS.split()
    if any(page.path.suffix.lower() == ".pdf" for page in pages):
        # A page that has text already makes it stop otherwise.
        options.append("--force-ocr")
    command = [sys.executable, "-m", "ocrmypdf", *options, "--sidecar", str(sidecar)]
    usage = run_metered([*command, str(wrapped), str(made)], folder / "log.txt")
    if usage.status:
        raise ReaderMissing((folder / "log.txt").read_text(errors="replace").strip()[-500:])
    texts = iter(sidecar.read_text(encoding="utf-8").split("\f"))
    joined = tuple("\n".join(next(texts, "") for _ in range(count)) for count in counts)
    return Reading(usage, joined, sum(counts), made.stat().st_size)


def _wrap(pages: Sequence[TruePage], target: Path) -> list[int]:
    """Put all pages into one PDF; how many each file gave."""
    counts: list[int] = []
    with pikepdf.new() as whole:
        for data in _iter_pdfs(pages):
            with pikepdf.open(BytesIO(data)) as part:
                counts.append(len(part.pages))
                whole.pages.extend(part.pages)
        whole.save(target)
    return counts


def _iter_pdfs(pages: Sequence[TruePage]) -> Iterator[bytes]:
    for page in pages:
        if page.path.suffix.lower() == ".pdf":
            yield page.path.read_bytes()
            continue
        try:
            yield _to_pdf(page.path.read_bytes())
        except (img2pdf.AlphaChannelError, img2pdf.ImageOpenError):
            # Transparency and rare formats: flattened onto white.
            yield _to_pdf(_flatten(page.path))


def _to_pdf(image: bytes) -> bytes:
    return img2pdf.convert(image, rotation=img2pdf.Rotation.ifvalid) or b""


def _flatten(path: Path) -> bytes:
    with Image.open(path) as image:
        dpi = image.info.get("dpi", (300, 300))
        layered = image.convert("RGBA")
    white = Image.new("RGBA", layered.size, "white")
    buffer = BytesIO()
    Image.alpha_composite(white, layered).convert("RGB").save(buffer, "PNG", dpi=dpi)
    return buffer.getvalue()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
