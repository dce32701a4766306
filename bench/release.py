"""The release report on generated papers, as an office would get it on its own (báo cáo miễn kiểm tra mẫu).

    python bench/release.py [--papers 1000] [--profile fast] [--cache FOLDER] [--out docs/release-sample.md]

Draws the papers, reads them through the real reader and lets their truths stand for the person who
confirms. Reading a paper costs up to a CPU second; the cache keeps what was read.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

# Run as a script, this file's own folder comes first and would hide the package of the same name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from api.web.labels import FIELD, READING_ORDER, RELEASE  # noqa: E402
from bench.paper_reader import ReadPaper, build_reader, iter_papers  # noqa: E402
from bench.papers import QUALITIES  # noqa: E402
from records.model import RecordField  # noqa: E402
from records.release import MINIMUM_CONFIRMED, TARGET_ERROR, FieldRelease, judge_fields  # noqa: E402

SAMPLE_TARGET = 0.01
"""Half of a thousand values without an error prove this much, and not the usual half a percent."""
_QUALITY_VI = {
    "clean": "sạch, 200 dpi",
    "office": "máy quét văn phòng, 200 dpi",
    "fine": "màu, 300 dpi",
    "coarse": "150 dpi",
    "rough": "100 dpi",
    "copy": "bản photocopy xám, 200 dpi",
    "bilevel": "bản photocopy đen trắng, 200 dpi",
}


def main() -> None:
    """Read the papers and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--papers", type=int, default=1000)
    parser.add_argument("--profile", default="fast")
    parser.add_argument("--cache", type=Path, default=Path("var/bench"))
    parser.add_argument("--out", type=Path, default=Path("docs/release-sample.md"))
    given = parser.parse_args()
    papers = list(iter_papers(range(given.papers), given.profile, given.cache))
    version = build_reader(given.profile, given.cache).version
    reader = f"{given.profile} ({version.name} {version.version})"
    text = build_document(papers, reader, datetime.now(UTC))
    given.out.write_text(text, encoding="utf-8")


def build_confirmed(paper: ReadPaper, at: datetime) -> list[RecordField]:
    """What is in the store once a person has settled every field of the paper by its truth."""
    proposals = {one.name: one for one in paper.fields}
    names = [*paper.case.fields, *(name for name in proposals if name not in paper.case.fields)]
    return [_confirm(paper, name, at) for name in names]


def build_document(
    papers: Sequence[ReadPaper], reader: str, at: datetime, target: float = SAMPLE_TARGET
) -> str:
    """The report as a Markdown page in Vietnamese."""
    confirmed = [one for paper in papers for one in build_confirmed(paper, at)]
    fields = sorted(judge_fields(confirmed, target), key=lambda one: READING_ORDER.index(one.name))
    head = (
        f"Do `bench/release.py` lập ngày {at:%d/%m/%Y}: {_count(len(papers))} trang đầu sinh ngẫu nhiên "
        f"(`bench/papers.py`), cấu hình `{reader}`, đáp án đóng vai người xác nhận. Đừng sửa tay. "
        "Cách tính và giới hạn: [release.md](release.md)."
    )
    meaning = (
        f"Dưới {_count(MINIMUM_CONFIRMED)} giá trị đã xác nhận mà máy có đề xuất thì không trường nào được "
        "miễn: các số từ cột Ngưỡng trở đi chỉ là “nếu đủ”. Mức sai cho phép ở đây là "
        f"{_percent(target)}, không phải {_percent(TARGET_ERROR)} như thường lệ: năm trăm giá trị không sai "
        "lần nào cũng chưa chứng minh được mức ấy. "
        "Trang mẫu không nói gì về giấy tờ thật của một cơ quan."
    )
    title = "# Báo cáo miễn kiểm tra trên trang mẫu"
    qualities = ["", "## Đề xuất đúng theo chất lượng quét", "", *_quality_table(papers, at), ""]
    return "\n".join([title, "", head, "", meaning, "", *_field_table(fields), *qualities])


def _confirm(paper: ReadPaper, name: str, at: datetime) -> RecordField:
    proposal = next((one for one in paper.fields if one.name == name), None)
    return RecordField(
        record_id=f"g{paper.case.seed:05d}",
        name=name,
        value=paper.case.fields.get(name),
        raw=proposal.raw if proposal else "",
        confidence=proposal.confidence if proposal else 0.0,
        page=0,
        box=None,
        needs_review=False,
        reasons=proposal.reasons if proposal else (),
        confirmed_by="dap-an",
        confirmed_at=at,
        proposed=proposal.value if proposal else None,
    )


def _field_table(fields: Iterable[FieldRelease]) -> Iterator[str]:
    yield (
        "| Trường | Kết luận | Đã xác nhận | Máy đề xuất | Đề xuất sai | Ngưỡng | Phần vượt ngưỡng "
        "| Sai lọt ngưỡng | Cận trên 95 % |"
    )
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|"
    for one in fields:
        if not one.confirmed:
            continue
        cells = [FIELD[one.name], RELEASE[one.verdict][1]]
        cells += [_count(number) for number in (one.confirmed, one.proposed, one.wrong)]
        if one.threshold is None or one.error_bound is None:
            cells += ["–"] * 4
        else:
            cells += [f"{one.threshold:.3f}".replace(".", ","), _percent(one.share)]
            cells += [f"{one.errors} / {_count(one.released)}", _percent(one.error_bound)]
        yield f"| {' | '.join(cells)} |"


def _quality_table(papers: Sequence[ReadPaper], at: datetime) -> Iterator[str]:
    counts: Mapping[str, Counter[str]] = {quality.name: Counter() for quality in QUALITIES}
    for paper in papers:
        here = counts[paper.case.quality.name]
        here["papers"] += 1
        for one in build_confirmed(paper, at):
            here["values"] += one.value is not None
            here["right"] += one.value is not None and one.proposed == one.value
    yield "| Chất lượng | Số trang | Giá trị trên giấy | Đề xuất đúng |"
    yield "|---|--:|--:|--:|"
    for name, here in counts.items():
        share = _percent(here["right"] / max(1, here["values"]))
        yield f"| {_QUALITY_VI[name]} | {_count(here['papers'])} | {_count(here['values'])} | {share} |"


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %".replace(".", ",")


if __name__ == "__main__":
    main()
