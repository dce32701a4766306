"""Generated papers: many, different, the same again from the same seed."""

import io
import json
from pathlib import Path

from PIL import Image
from sample_layout import layout_paper

from bench.paper_words import invent_paper
from bench.papers import QUALITIES, build_fields, draw_case, write_cases
from bench.truth import find_pages
from records.field_names import FieldName


def test_a_thousand_papers_are_different() -> None:
    """No two of a thousand papers have the same number, subject, body and signer."""
    papers = [invent_paper(seed) for seed in range(1000)]
    assert len({(paper.number, paper.subject, paper.body, paper.signer) for paper in papers}) == 1000


def test_same_seed_gives_the_same_bytes() -> None:
    """A case follows from its seed alone."""
    assert draw_case(5).data == draw_case(5).data != draw_case(13).data


def test_truth_holds_what_is_printed() -> None:
    """Each field of a first page stands in its lines, dates and the unprinted kind apart."""
    for seed in range(40):
        paper = invent_paper(seed)
        layout = layout_paper(paper)[0]
        fields = build_fields(paper, layout)
        printed = " ".join(run.text for run in layout.runs)
        assert fields.keys() <= set(FieldName)
        for name, value in fields.items():
            if not name.startswith(("ngay_", "thoi_han_")) and value != "CÔNG VĂN":
                assert value in printed, name


def test_copies_are_images_of_their_resolution() -> None:
    """Files say their resolution; the bilevel copy has two colours."""
    assert {quality.name for quality in QUALITIES[5:]} == {"rough", "copy", "bilevel"}
    for seed, quality in enumerate(QUALITIES[5:], start=5):
        with Image.open(io.BytesIO(draw_case(seed).data)) as image:
            assert round(image.info["dpi"][0]) == quality.dpi
            assert (image.mode == "1") == (quality.name == "bilevel")


def test_written_cases_are_found_with_their_truth(tmp_path: Path) -> None:
    """The benchmark reads the folder that the generator writes."""
    write_cases(tmp_path, range(2), QUALITIES[5])
    pages = find_pages([tmp_path])
    assert [page.path.name for page in pages] == ["g00000_rough_100.jpg", "g00001_rough_100.jpg"]
    assert pages[0].lines == draw_case(0, QUALITIES[5]).lines
    assert pages[0].fields == json.loads(json.dumps(dict(draw_case(0, QUALITIES[5]).fields)))
