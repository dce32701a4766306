"""A personal number in the text of papers: found by whoever may search by owner, on both back ends."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from records.access import NOWHERE, Scope
from records.errors import AccessDenied
from search.access import AccessScope
from search.document import IndexDocument
from search.index import Filters, SearchIndex, SearchRequest
from tests.contract.search_shelf import BACK_ENDS, opened

NUMBER = "001090012345"
CARD = "240123456"


def build_paper(name: str, unit: str) -> IndexDocument:
    """A paper that names a person by number in its text alone."""
    text = f"Cấp cho ông Thử, căn cước {NUMBER}, chứng minh cũ {CARD}, về khoản hỗ trợ {name}."
    return IndexDocument(
        name, 1, "Quyết định hỗ trợ", text, "15/QĐ-UBND", "UBND xã", "Quyết định", date(2024, 3, 1), unit
    )


@pytest.fixture(params=BACK_ENDS)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    """Two papers of the same person in two units."""
    with opened(request, tmp_path) as found:
        found.upsert([build_paper("mot", "H15.01"), build_paper("hai", "H15.02")])
        found.refresh()
        yield found


def ask(index: SearchIndex, text: str, owner: Scope) -> list[str]:
    """Ids found by somebody who sees every ordinary paper."""
    scope = AccessScope(Scope(None), owner=owner)
    return sorted(hit.id for hit in index.search(SearchRequest(text, scope)).hits)


@pytest.mark.parametrize("text", [NUMBER, f"hỗ trợ {CARD}", "００１０９００１２３４５"])
def test_number_asks_for_its_owner(index: SearchIndex, text: str) -> None:
    """Refused without the right by owner, and within its units where it is held."""
    with pytest.raises(AccessDenied):
        ask(index, text, NOWHERE)
    assert ask(index, text, Scope(frozenset(["H15.02"]))) == ["hai"]
    assert ask(index, text, Scope(None)) == ["hai", "mot"]


@pytest.mark.parametrize("text", [f"{CARD}0", f"x{CARD}", f"hỗ trợ {CARD}a"])
def test_no_slip_leads_to_a_number(index: SearchIndex, text: str) -> None:
    """A number with a character too many is not put right into somebody's number."""
    page = index.search(SearchRequest(text, AccessScope(Scope(None))))
    assert (page.corrected, page.suggestion) == (None, None)
    assert not any(CARD in fragment.text[start:end] for hit in page.hits for fragment in hit.fragments
                   for start, end in fragment.ranges)  # fmt: skip


def test_choice_leads_to_no_other_number(index: SearchIndex) -> None:
    """A number that stands in no paper of the chosen kind is not taken for a number like it."""
    index.upsert([IndexDocument("ba", 1, number="15/QĐ-UBNB", kind="Kế hoạch", unit="H15.01")])
    index.refresh()
    asked = SearchRequest("15/QĐ-UBND", AccessScope(Scope(None)), Filters(kinds=("Kế hoạch",)))
    page = index.search(asked)
    assert (page.hits, page.by_number) == ((), True)
