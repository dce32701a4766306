"""Measures of `sohoa eval`."""

from pathlib import Path

import pytest

from api.cli.scores import Judgements, Scores, measure_ndcg, measure_recall, read_judgements
from api.errors import WrongUse


def test_ndcg_of_the_ideal_order_is_one() -> None:
    """The best order scores 1, the worst less, nothing found 0."""
    grades = {"a": 2, "b": 1}
    assert measure_ndcg(["a", "b", "c"], grades) == pytest.approx(1.0)
    assert measure_ndcg(["b", "a"], grades) == pytest.approx(0.797, abs=0.001)
    assert measure_ndcg(["c"], grades) == 0.0
    assert measure_ndcg([], {}) == 0.0


def test_recall_is_the_share_found() -> None:
    """Half of the relevant documents within the depth is 0.5; grade 0 is not relevant."""
    assert measure_recall(["a", "x"], {"a": 1, "b": 1, "x": 0}) == 0.5
    assert measure_recall([], {}) == 0.0


def test_table_has_a_line_a_set_and_the_mean(capsys: pytest.CaptureFixture[str]) -> None:
    """Scores are printed by form and set; queries without judgement are left out."""
    scores = Scores(Judgements({"q1": {"a": 1}, "q2": {"b": 1}}))
    scores.add("law", "original", "q1", ["a"])
    scores.add("wiki", "original", "q2", ["c"])
    scores.add("wiki", "original", "unjudged", ["c"])
    scores.print()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["law", "wiki", "macro"]
    assert "nDCG@10 0.5000" in lines[2]


def test_qrels_are_read_with_tabs_or_spaces(tmp_path: Path) -> None:
    """Four columns; a document id may hold spaces when tabs part the columns."""
    path = tmp_path / "qrels.tsv"
    path.write_text("q1\t0\tmột hai\t2\nq2 0 b 1\n\n")
    assert read_judgements(path).grades == {"q1": {"một hai": 2}, "q2": {"b": 1}}


def test_broken_qrels_are_wrong_use(tmp_path: Path) -> None:
    """A line that does not have its form is told by number."""
    path = tmp_path / "qrels.tsv"
    path.write_text("q1 0 a\n")
    with pytest.raises(WrongUse):
        read_judgements(path)
