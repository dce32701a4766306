"""A preview as one page of pictures (bản xem trước), drawn with its watermark; nothing is fetched later."""

import base64
import html
import tempfile
from pathlib import Path

from api.wiring import Service
from ocr.watermark import WATERMARKED
from records.actions.acting import VIETNAM, Acting
from records.actions.records import find_part
from search.evidence import OpenedPreview

MAXIMUM_PAGES = 10
_WIDTH = 900
_SECONDS = 30.0


def draw_preview(service: Service, acting: Acting, opened: OpenedPreview) -> list[bytes]:
    """JPEGs of the first ten pages; who asked, for which dossier and when stands across each."""
    record = opened.record
    unit = acting.principal.home_unit or ""
    moment = acting.at.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")
    mark = f"{acting.principal.name} {unit} · {opened.preview.dossier} · {moment}"
    with tempfile.TemporaryDirectory(dir=service.upload_folder) as folder:
        path = service.blobs.local_copy(find_part(record, "original"), Path(folder))
        return [
            service.pool.run(
                WATERMARKED, path, record.original_format, number, _WIDTH, mark, timeout=_SECONDS
            )
            for number in range(min(record.pages, MAXIMUM_PAGES))
        ]


def build_page(opened: OpenedPreview, pages: list[bytes]) -> str:
    """The pictures inside one HTML page: the link that gave it is over by now."""
    title = html.escape(opened.title)
    left_out = opened.record.pages - len(pages)
    more = f"<p>Còn {left_out} trang không hiện trong bản xem trước.</p>" if left_out > 0 else ""
    images = "".join(
        f'<p><img alt="Trang {number}" width="{_WIDTH}" '
        f'src="data:image/jpeg;base64,{base64.b64encode(page).decode()}"></p>'
        for number, page in enumerate(pages, start=1)
    )
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Xem trước: {title}</title>'
        f"</head><body><h1>Xem trước: {title}</h1><p>Chỉ để đối chiếu cho hồ sơ "
        f"{html.escape(opened.preview.dossier)}; đường xem này chỉ mở được một lần.</p>"
        f"{images}{more}</body></html>"
    )
