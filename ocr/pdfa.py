"""Composes searchable PDF/A-2b files (tạo PDF/A) from page images and what was read on them."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, pdfa

from ocr.errors import PdfaRefused
from ocr.glyphless import add_font
from ocr.pdfimage import add_image
from ocr.source import SourcePage
from ocr.tasks import PdfaReport
from ocr.textlayer import build_page_content, sheet_size_points
from ocr.types import PageText

LEVEL = "2b"
_PAGES_A_PART = 16


def compose_pdf(
    pages: Iterable[tuple[SourcePage, PageText]],
    out_path: Path,
    title: str = "",
    metadata: Mapping[str, str] | None = None,
) -> PdfaReport:
    """Write a PDF/A-2b file: the scans' own bytes and invisible text; raises PdfaRefused.

    `metadata` holds more Dublin Core properties, such as `dc:source`.

    Pages are taken one by one and kept on disk beside `out_path` until the end, so that memory is
    bounded by a part of 16 pages.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix=f".{out_path.stem[:40]}-", dir=out_path.parent)
        )
        forms: list[str] = []
        parts = list(_write_parts(_note_forms(pages, forms), Path(folder)))
        whole = stack.enter_context(pikepdf.open(_join_parts(parts, Path(folder))))
        _finish(whole, title, metadata or {})
        try:
            pdfa.save(whole, out_path, LEVEL, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        except pdfa.PdfaError as exc:
            raise PdfaRefused(findings=len(exc.report.findings)) from exc
    return replace(validate_pdfa(out_path), images=tuple(forms))


def _note_forms(
    pages: Iterable[tuple[SourcePage, PageText]], forms: list[str]
) -> Iterator[tuple[SourcePage, PageText]]:
    """The pages as they are, what becomes of each picture noted on the way."""
    for source, text in pages:
        forms.append(source.stored_form.value)
        yield source, text


def validate_pdfa(path: Path) -> PdfaReport:
    """Check a file as it lies on disk; findings carry veraPDF's rule ids (an allow-list check)."""
    report = pdfa.validate_written(path, LEVEL)
    findings = tuple(f"{finding.rule} {finding.where}: {finding.message}" for finding in report.findings)
    return PdfaReport(LEVEL, report.passed, findings)


def _write_parts(pages: Iterator[tuple[SourcePage, PageText]], folder: Path) -> Iterator[Path]:
    """Write the pages as PDF files of a few pages each."""
    number = 0
    while True:
        path = folder / f"{number}.pdf"
        with pikepdf.new() as part:
            font = add_font(part)
            for source, text in islice(pages, _PAGES_A_PART):
                _add_page(part, font, source, text)
            if not len(part.pages):
                return
            part.save(path, compress_streams=True)
        yield path
        number += 1


def _join_parts(parts: Sequence[Path], folder: Path) -> Path:
    """One file of all parts, streams passed from file to file: pages added one by one stay in memory."""
    if len(parts) == 1:
        return parts[0]
    whole = folder / "whole.pdf"
    options = {"streamData": "preserve", "decodeLevel": "none"}
    pages = [{"file": str(path)} for path in parts]
    pikepdf.Job({"empty": "", "outputFile": str(whole), "pages": pages, **options}).run()
    return whole


def _add_page(pdf: pikepdf.Pdf, font: pikepdf.Object, source: SourcePage, text: PageText) -> None:
    """Add one page: image, invisible words, and the turn under which it is read."""
    width, height = sheet_size_points(text)
    content = build_page_content(text, "/Scan", "/Words")
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(width, 4), round(height, 4)]),
        Resources=Dictionary(
            XObject=Dictionary({"/Scan": add_image(pdf, source)}), Font=Dictionary({"/Words": font})
        ),
        Contents=pdf.make_stream(content),
        Rotate=text.rotation,
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def _finish(pdf: pikepdf.Pdf, title: str, properties: Mapping[str, str]) -> None:
    """Language, title, producer and what else is said of the file."""
    pdf.Root.Lang = pikepdf.String("vi-VN")
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        if title:
            metadata["dc:title"] = title
        metadata["pdf:Producer"] = "Sohoa"
        for name, value in properties.items():
            metadata[name] = value
