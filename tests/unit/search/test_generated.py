"""The generated papers of the measurements."""

from bench.generated import Papers
from search.elastic_schema import build_source


def test_prepared_bodies_are_those_of_the_documents() -> None:
    """What the measurements put into the index is what the service would make of the same documents."""
    papers = Papers(sentences=500)
    for number in (0, 1, 50, 999):
        assert papers.build_body(number) == build_source(papers.build_document(number))


def test_the_same_seed_makes_the_same() -> None:
    """Two runs ask and find the same; another seed makes others."""
    first, again, other = Papers(1, 200), Papers(1, 200), Papers(2, 200)
    assert first.build_document(3) == again.build_document(3)
    assert first.build_question(3) == again.build_question(3)
    assert first.build_document(3) != other.build_document(3)
