"""Growth as a picture and a table (hình tăng trưởng), from the files of `bench/search.py`, `bench/lookup.py`.

    python bench/plot.py FILE.json… --out FILE.svg

Both axes are logarithmic; prints the same figures as a Markdown table. Plain SVG, no library.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from html import escape
from math import log10
from pathlib import Path
from typing import Any

Series = Mapping[str, Sequence[tuple[int, float]]]
"""Points (size, p95 in ms) by name."""
_WIDTH, _HEIGHT, _LEFT, _TOP = 720, 420, 60, 20
_COLOURS = ("#1f5fa8", "#b3261e", "#2e7d32", "#8a5a00", "#6a1b9a")


def read_series(paths: Sequence[Path]) -> dict[str, list[tuple[int, float]]]:
    """The p95 of every way of asking at every size."""
    found: dict[str, list[tuple[int, float]]] = {}
    rows: list[dict[str, Any]] = [row for path in paths for row in json.loads(path.read_text())]
    for row in rows:
        size = row.get("documents") or row.get("results")
        timings: dict[str, Any] = row.get("timings") or row.get("steady") or {}
        for name, timing in timings.items():
            found.setdefault(name, []).append((int(size), float(timing["p95"])))
    return {name: sorted(points) for name, points in found.items()}


def draw(series: Series) -> str:
    """The picture."""
    sizes = [size for points in series.values() for size, _ in points]
    times = [time for points in series.values() for _, time in points]
    low, high = log10(min(sizes)), max(log10(max(sizes)), log10(min(sizes)) + 1)
    bottom, top = log10(min(times)) - 0.1, log10(max(times)) + 0.2

    def place(size: float, time: float) -> tuple[float, float]:
        x = _LEFT + (log10(size) - low) / (high - low) * (_WIDTH - _LEFT - 140)
        y = _HEIGHT - 40 - (log10(time) - bottom) / (top - bottom) * (_HEIGHT - 40 - _TOP)
        return round(x, 1), round(y, 1)

    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-size="12">'
    parts = [head, '<rect width="100%" height="100%" fill="#fff"/>']
    for time in (1, 3, 10, 30, 100, 300, 1000):
        if bottom <= log10(time) <= top:
            _, y = place(sizes[0], time)
            parts.append(
                f'<path d="M{_LEFT} {y}H{_WIDTH - 140}" stroke="#ddd"/><text x="8" y="{y}">{time} ms</text>'
            )
    for size in sorted(set(sizes)):
        x, _ = place(size, times[0])
        parts.append(f'<text x="{x}" y="{_HEIGHT - 15}" text-anchor="middle">{size:,}</text>')
    for (name, points), colour in zip(series.items(), _COLOURS, strict=False):
        line = " ".join(f"{x},{y}" for x, y in (place(*point) for point in points))
        x, y = place(*points[-1])
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{x + 8}" y="{y}" fill="{colour}">{escape(name)} p95</text>')
    return "\n".join([*parts, "</svg>\n"])


def build_table(series: Series) -> str:
    """The figures as Markdown."""
    sizes = sorted({size for points in series.values() for size, _ in points})
    lines = [
        "| p95 (ms) | " + " | ".join(f"{size:,}" for size in sizes) + " |",
        "|---" * (len(sizes) + 1) + "|",
    ]
    for name, points in series.items():
        known = dict(points)
        cells = (f"{known[size]:.1f}" if size in known else "" for size in sizes)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, draw, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    series = read_series(given.files)
    given.out.write_text(draw(series))
    print(build_table(series))
    return 0


if __name__ == "__main__":
    sys.exit(main())
