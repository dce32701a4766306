"""Makes ocr/data/calibration.json: what confidences are worth (hiệu chuẩn độ tin cậy).

    python bench/calibrate.py [--profiles tesseract,fast] [--papers 300] [--first 0] [--cache FOLDER]
                              [--check FOLDER...] [--dry-run]

Reads generated papers, counts how many words and values of each confidence are right, and fits rising
curves of few points. `--check` prints the reliability on pages with truth that had no part in it.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

# Run as a script, this file's own folder comes first and would hide the package of the same name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.isotonic import (  # noqa: E402
    Observation,
    build_reliability,
    find_calibration_error,
    fit_curve,
)
from bench.paper_reader import ReadPaper, build_reader, iter_papers, read_uncalibrated  # noqa: E402
from bench.truth import TruePage, find_pages  # noqa: E402
from bench.wordtruth import mark_right_words  # noqa: E402
from ocr.calibration import Curve, calibrate_words, follow, load_curves, name_curve  # noqa: E402
from ocr.fields import extract_fields  # noqa: E402
from ocr.raster import iter_page_images  # noqa: E402
from ocr.types import EngineVersion, PageText  # noqa: E402

TARGET = Path(__file__).resolve().parent.parent / "ocr" / "data" / "calibration.json"
WORD_POINTS, FIELD_POINTS = 8, 4
WRITTEN_BY_HAND = frozenset({"so_ky_hieu", "ngay_ban_hanh"})
"""Print on every generated paper and handwriting on most real ones: no curve of theirs would hold."""
FEWEST_VALUES = 400
"""A field seen less often keeps what its words and its evidence make: with 80 values a field, the curve of
one half was worse on the other half than none."""


def main() -> None:
    """Fit and write the curves, print how reliable confidences were before and are after."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--profiles", default="tesseract,fast")
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--cache", type=Path, default=Path("var/bench"))
    parser.add_argument("--check", nargs="*", type=Path, default=[])
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    given = parser.parse_args()
    curves = load_curves()
    # Values are to be seen as their words alone make them.
    curves["fields"].clear()
    values: dict[str, list[Observation]] = {}
    for profile in given.profiles.split(","):
        seeds = range(given.first, given.first + given.papers)
        papers = list(iter_papers(seeds, profile, given.cache, uncalibrated=True))
        reader = build_reader(profile, given.cache).version
        curves["words"][name_curve(reader)] = fit_words(reader, papers)
        collect_values(papers, reader, values)
        if given.check:
            check_pages(find_pages(given.check), profile, given.cache)
    curves["fields"].update(fit_fields(values))
    note = f"bench/calibrate.py, {datetime.now(UTC):%Y-%m-%d}: {given.papers} generated papers from seed "
    text = json.dumps({"origin": f"{note}{given.first}, profiles {given.profiles}", **curves}, indent=1)
    if not given.dry_run:
        TARGET.write_text(text + "\n", encoding="utf-8")


def fit_words(reader: EngineVersion, papers: Iterable[ReadPaper]) -> Curve:
    """The curve of a reader's words."""
    seen = [one for paper in papers for one in observe_words(paper.page, paper.case.lines)]
    curve = fit_curve(seen, WORD_POINTS)
    print(f"\n{name_curve(reader)}: words of generated papers")
    print_reliability(seen, [(follow(curve, confidence), is_right) for confidence, is_right in seen])
    return curve


def fit_fields(values: Mapping[str, Sequence[Observation]]) -> dict[str, Curve]:
    """The curve of each field that was seen often enough."""
    curves = {
        name: fit_curve(seen, FIELD_POINTS)
        for name, seen in values.items()
        if len(seen) >= FEWEST_VALUES and name not in WRITTEN_BY_HAND
    }
    before = [one for seen in values.values() for one in seen]
    after = [
        (follow(curves.get(name, ()), confidence), is_right)
        for name, seen in values.items()
        for confidence, is_right in seen
    ]
    print("\nfields of generated papers")
    print_reliability(before, after)
    return curves


def observe_words(page: PageText, lines: Sequence[str]) -> Iterator[Observation]:
    """Confidence of each word and whether it is right."""
    right = mark_right_words(lines, [word.text for word in page.words])
    yield from zip((word.confidence for word in page.words), right, strict=True)


def collect_values(
    papers: Iterable[ReadPaper], reader: EngineVersion, values: dict[str, list[Observation]]
) -> None:
    """Confidence of each field's value by its calibrated words, and whether it is right."""
    for paper in papers:
        for one in extract_fields([calibrate_words(paper.page, reader)]):
            if one.value is not None:
                is_right = paper.case.fields.get(one.name) == one.value
                values.setdefault(one.name, []).append((one.confidence, is_right))


def check_pages(pages: Sequence[TruePage], profile: str, cache: Path) -> None:
    """Reliability of words on pages that had no part in the fit, group by group."""
    engine = build_reader(profile, cache)
    for group in dict.fromkeys(page.group for page in pages):
        before: list[Observation] = []
        after: list[Observation] = []
        for page in (page for page in pages if page.group == group):
            with tempfile.TemporaryDirectory() as folder:
                read = [
                    read_uncalibrated(s, engine, Path(folder)) for s in iter_page_images(page.path, "image")
                ]
            lines = (*page.lines, *page.optional)
            for text in read:
                before += observe_words(text, lines)
                after += observe_words(calibrate_words(text, engine.version), lines)
        print(f"\n{name_curve(engine.version)}: words of {group}")
        print_reliability(before, after)


def print_reliability(before: Sequence[Observation], after: Sequence[Observation]) -> None:
    """Said and true shares in steps of confidence, and the expected calibration error before and after."""
    print(f"{'said':>12}{'count':>8}{'mean said':>11}{'right':>8}")
    for row in build_reliability(after):
        print(f"{row.low:6.2f}-{row.high:5.3f}{row.count:8}{row.said:11.3f}{row.right:8.3f}")
    errors = (100 * find_calibration_error(seen) for seen in (before, after))
    print("expected calibration error: {:.2f} points before, {:.2f} after".format(*errors))


if __name__ == "__main__":
    main()
