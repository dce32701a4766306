"""How surely the state-secret gate stops secret pages and lets others pass (đo cổng kiểm soát mật).

    python bench/gate.py [--secret 300] [--plain 1000] [--jobs 2] [--seed N] [--profile NAME] [--json F]

Aim: at least 99 % of secret pages stopped, at most 0.5 % of others. Pages are drawn from the seed and
pass the functions the intake uses, with the real readers of the profile.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, partial
from io import BytesIO
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.gate_pages import GateCase, build_cases, draw_case
from ingest.secrecy import SecrecyVerdict, judge_secrecy
from ocr.engine import OcrEngine
from ocr.engines.tesseract import TesseractEngine
from ocr.page import read_page
from ocr.profiles import DEFAULT_PROFILE, build_engine
from ocr.source import Colour, SourcePage, decode_page
from ocr.stamps import STAMP_PAGE_MODE, find_stamps, read_stamps

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate said of one case, with CPU seconds of the stamp part."""

    case: GateCase
    hit: bool
    outcome: str
    level: str
    stamp_seconds: float


def judge_case(case: GateCase, profile: str = DEFAULT_PROFILE) -> GateResult:
    """Draw one page and let the gate judge it."""
    data, dpi = draw_case(case)
    verdict, seconds = judge_jpeg(data, dpi, profile)
    return GateResult(case, verdict.is_hit, str(verdict.outcome), str(verdict.level or ""), seconds)


@cache
def _reader(profile: str) -> OcrEngine:
    """The process's reader, made once."""
    return build_engine(profile)


def judge_jpeg(data: bytes, dpi: int, profile: str = DEFAULT_PROFILE) -> tuple[SecrecyVerdict, float]:
    """The gate's verdict on a scanner's JPEG, and the CPU seconds that finding stamps took."""
    source = _open_jpeg(data, dpi)
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        page = read_page(source, _reader(profile), Path(folder))
        start = time.process_time()
        regions = find_stamps(decode_page(source), dpi, page.rotation)
        seconds = time.process_time() - start
        stamps = read_stamps(regions, TesseractEngine(page_mode=STAMP_PAGE_MODE), Path(folder))
    return judge_secrecy(page, stamps), seconds


def _open_jpeg(data: bytes, dpi: int) -> SourcePage:
    with Image.open(BytesIO(data)) as image:
        width, height, mode = image.width, image.height, image.mode
    colour = Colour.GREY if mode == "L" else Colour.COLOUR
    return SourcePage(0, width, height, dpi, colour, jpeg=data)


def run(cases: Sequence[GateCase], jobs: int, profile: str) -> Iterator[GateResult]:
    """Results in the order of the cases, with a count on standard error."""
    with ProcessPoolExecutor(jobs) as pool:
        for number, result in enumerate(
            pool.map(partial(judge_case, profile=profile), cases, chunksize=4), 1
        ):
            print(f"\r{number}/{len(cases)}", end="", file=sys.stderr, flush=True)
            yield result
    print(file=sys.stderr)


def tabulate(results: Iterable[GateResult]) -> str:
    """Caught and missed by class, false hits by class, and the two rates."""
    results = list(results)
    secret = [one for one in results if one.case.secret]
    plain = [one for one in results if not one.case.secret]
    parts = [_count_lines("SECRET PAGES", name, secret) for name in ("level", "colour", "effect", "place")]
    parts.append(_count_lines("SECRET PAGES", "level colour effect place", secret, only_missed=True))
    parts.append(_count_lines("PLAIN PAGES", "kind", plain))
    parts.append(_count_lines("PLAIN PAGES", "kind colour effect", plain, only_hits=True))
    unsure = sum(one.outcome == "cannot_tell" for one in secret)
    stamp_ms = 1000 * sum(one.stamp_seconds for one in results) / max(1, len(results))
    parts.append(
        f"caught {_rate(sum(one.hit for one in secret), len(secret))} (of these {unsure} as cannot_tell), "
        f"false hits {_rate(sum(one.hit for one in plain), len(plain))}, "
        f"finding stamps {stamp_ms:.0f} CPU ms a page"
    )
    return "\n".join(part for part in parts if part)


def _rate(count: int, total: int) -> str:
    return f"{count}/{total} = {100 * count / max(1, total):.2f} %"


def _count_lines(
    title: str,
    names: str,
    results: Sequence[GateResult],
    *,
    only_missed: bool = False,
    only_hits: bool = False,
) -> str:
    """One table: class, pages, stopped; all classes, or those with a miss or a hit."""
    total, hits = Counter[str](), Counter[str]()
    for one in results:
        key = " | ".join(str(getattr(one.case, name)) for name in names.split())
        total[key] += 1
        hits[key] += one.hit
    keys = [key for key in sorted(total) if not only_missed or hits[key] < total[key]]
    keys = [key for key in keys if not only_hits or hits[key]]
    if not keys:
        return ""
    lines = [f"{title} by {names}" + (" (missed)" if only_missed else "") + (" (false)" if only_hits else "")]
    lines += [f"  {key:<44} pages {total[key]:>4}  stopped {hits[key]:>4}" for key in keys]
    return "\n".join(lines)


def main() -> int:
    """Run the measurement; exit 0 when both aims are met, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--secret", type=int, default=300)
    parser.add_argument("--plain", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--profile", default=DEFAULT_PROFILE)
    parser.add_argument("--json", type=Path, help="also write each result to this file, one a line")
    chosen = parser.parse_args()
    results: list[GateResult] = []
    for result in run(build_cases(chosen.secret, chosen.plain, chosen.seed), chosen.jobs, chosen.profile):
        results.append(result)
        if chosen.json:
            with chosen.json.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
    print(tabulate(results))
    secret = [one.hit for one in results if one.case.secret]
    plain = [one.hit for one in results if not one.case.secret]
    good = sum(secret) >= 0.99 * len(secret) and sum(plain) <= 0.005 * len(plain)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
