"""nDCG@10 and recall@100 by set and form (thang điểm), for `sohoa eval`."""

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from pathlib import Path

from api.errors import WrongUse


@dataclass(frozen=True, slots=True)
class Judgements:
    """Relevance grades (đánh giá chuẩn): query id to document id to grade."""

    grades: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def read_judgements(path: Path) -> Judgements:
    """A qrels file of tab- or space-separated query, 0, document, grade; raises `WrongUse`."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        parts = line.split("\t") if "\t" in line else line.split()
        if not line.strip():
            continue
        if len(parts) != 4 or not parts[3].strip().isdigit():
            raise WrongUse(f"{path.name}, dòng {number}: cần bốn cột câu hỏi, 0, tài liệu, điểm.")
        grades[parts[0]][parts[2]] = int(parts[3])
    return Judgements(grades)


def measure_ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), gain 2^grade - 1."""
    gains = [(2 ** grades.get(document, 0) - 1) / log2(at + 2) for at, document in enumerate(ranked[:depth])]
    best = sorted(grades.values(), reverse=True)[:depth]
    ideal = sum((2**grade - 1) / log2(at + 2) for at, grade in enumerate(best))
    return sum(gains) / ideal if ideal else 0.0


def measure_recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 100) -> float:
    """Share of the relevant documents among the first `depth`."""
    relevant = {document for document, grade in grades.items() if grade}
    return len(relevant.intersection(ranked[:depth])) / len(relevant) if relevant else 0.0


class Scores:
    """Collects scores by set and form (bảng điểm); queries without judgement are left out."""

    def __init__(self, judgements: Judgements) -> None:
        self._judgements = judgements
        self._found: dict[str, dict[str, list[tuple[float, float, float]]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def add(self, group: str, form: str, query: str, ranked: Sequence[str]) -> None:
        """Score one ranking."""
        grades = self._judgements.grades.get(query)
        if grades:
            top = max(grades.values())
            first = float(bool(ranked) and grades.get(ranked[0]) == top)
            scores = measure_ndcg(ranked, grades), measure_recall(ranked, grades), first
            self._found[form][group].append(scores)

    def print(self) -> None:
        """One line a form and set, and the mean over sets; nothing without judgements."""
        for row in self.rows():
            sys.stdout.write(
                f"{row['form']:<16} {row['set']:<8} nDCG@10 {row['ndcg@10']:.4f}  "
                f"recall@100 {row['recall@100']:.4f}  success@1 {row['success@1']:.4f}\n"
            )

    def rows(self) -> list[dict[str, str | float]]:
        """The same as data; set `macro` is the mean over sets."""
        found: list[dict[str, str | float]] = []
        for form, groups in self._found.items():
            means = {group: _mean(scores) for group, scores in groups.items()}
            found += [_row(form, group or "-", mean) for group, mean in sorted(means.items())]
            if len(means) > 1:
                found.append(_row(form, "macro", _mean(list(means.values()))))
        return found


def _mean(values: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    ndcg, recall, first = (sum(column) / len(values) for column in zip(*values, strict=True))
    return ndcg, recall, first


def _row(form: str, group: str, mean: tuple[float, float, float]) -> dict[str, str | float]:
    ndcg, recall, first = mean
    return {"form": form, "set": group, "ndcg@10": ndcg, "recall@100": recall, "success@1": first}
