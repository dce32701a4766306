"""What the index holds of a record."""

import pytest

from records.states import Confidentiality
from search.document import IndexDocument, build_words, document_number_keys, document_number_order
from search.errors import BadQuery
from search.sorting import build_sort_key


def test_secret_material_is_never_indexed() -> None:
    """A document of a secret class cannot even be built for the index."""
    with pytest.raises(BadQuery):
        IndexDocument("x", 1, secrecy=Confidentiality.SECRET)


def test_pages_stand_for_the_body() -> None:
    """With page texts the text is title and pages, in NFC."""
    document = IndexDocument(
        "x", 1, "Quyết định", body="bỏ qua", pages=("trang mo\u0323\u0302t", "trang hai")
    )
    assert document.text == "Quyết định\ntrang một\ntrang hai"


def test_words_are_exact_and_folded() -> None:
    """Both forms have the same words in the same order."""
    words = build_words(IndexDocument("x", 1, "Thuỷ lợi", "Hồ Ea Súp."))
    assert (words.exact, words.folded) == ("thủy lợi hồ ea súp", "thuy loi ho ea sup")
    assert (words.title_folded, words.count) == ("thuy loi", 5)


def test_number_keys_come_from_number_and_kind() -> None:
    """Number and kind give the exact keys and the sort key."""
    document = IndexDocument("x", 1, number="015/QĐ-UBND", kind="Quyết định")
    assert {"k:15|qdubnd", "n:15", "t:15|qd"} <= set(document_number_keys(document))
    assert document_number_order(document) == f"000000015 {build_sort_key('QĐ-UBND')}"
