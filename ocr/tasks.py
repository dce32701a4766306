"""What worker children are asked for and what they answer (việc giao cho tiến trình con).

Whoever gives out work imports this and none of the libraries that do it: those cost half a CPU second.
"""

from dataclasses import dataclass

from ocr.types import PageText

READ_PAGE = "ocr.work:read_file_page"
COUNT_PAGES = "ocr.work:count_file_pages"
DESCRIBE_UNREAD = "ocr.work:describe_unread_page"
DESCRIBE_LOST = "ocr.work:describe_lost_page"
COMPOSE = "ocr.work:compose_file"
EXTRACT = "ocr.work:extract_file_fields"


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page's text and the CPU seconds it took, readers included (kết quả đọc một trang)."""

    page: PageText
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class PdfaReport:
    """What the validator says of a written file (kết quả kiểm tra PDF/A).

    `images` says for each page what stands in it for the picture that came, see `ocr.source.PictureForm`.
    """

    level: str
    valid: bool
    findings: tuple[str, ...]
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Composition:
    """The validator's report and the CPU seconds that composing took (kết quả tạo PDF/A)."""

    report: PdfaReport
    cpu_seconds: float
