"""Nobody learns anything of papers out of reach: every answer against a brute-force oracle, both back ends.

Many units, roles and classes; words that stand in one kind of paper alone, so that a single leaked word,
count, suggestion or correction is seen.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from records.access import Scope
from records.errors import AccessDenied
from records.states import Confidentiality
from search.access import AccessScope
from search.document import IndexDocument, build_words
from search.errors import MissingScope
from search.flow import build_where
from search.index import Facet, Filters, Order, SearchIndex, SearchPage, SearchRequest
from tests.contract.search_shelf import BACK_ENDS, opened

UNITS = [f"H15.{number:02}" for number in range(1, 13)]
COMMON = ["quyết", "định", "thu", "hồi", "đất", "giấy", "phép", "xây", "dựng", "báo", "cáo", "tỉnh"]
# One secret syllable a unit and class; pronounceable, and at one edit from nothing common.
SECRETS = {
    (unit, secrecy): f"{onset}{'oanh' if secrecy is Confidentiality.NORMAL else 'uych'}"
    for unit, onset in zip(UNITS, ("b", "c", "d", "g", "h", "k", "l", "m", "n", "p", "r", "s"), strict=True)
    for secrecy in (Confidentiality.NORMAL, Confidentiality.RESTRICTED)
}
KINDS = ("Quyết định", "Kế hoạch", "Báo cáo")


def build_documents(seed: int) -> list[IndexDocument]:
    """Papers of every unit and class with common words and the secret of their own."""
    dice = random.Random(seed)
    built: list[IndexDocument] = []
    for number in range(240):
        unit = dice.choice(UNITS)
        secrecy = dice.choice([Confidentiality.NORMAL, Confidentiality.NORMAL, Confidentiality.RESTRICTED])
        words = dice.sample(COMMON, 6)
        words.insert(3, SECRETS[unit, secrecy])
        built.append(
            IndexDocument(
                f"v{number:04}", 1, " ".join(words[:4]), " ".join(words), f"{number % 40}/QĐ-UBND",
                f"Cơ quan {unit}", dice.choice(KINDS), date(2020 + number % 5, 1, 1), unit, (unit, "H15"),
                secrecy, state="con_hieu_luc", owner_key=f"chu-{number % 9}",
            )
        )  # fmt: skip
    return built


DOCUMENTS = build_documents(20261123)
BY_ID = {document.id: document for document in DOCUMENTS}


def draw_scope(dice: random.Random) -> AccessScope:
    """The scope of some role: nothing, some units or the province, each permission apart."""

    def some(least: int) -> Scope:
        if dice.random() < 0.1:
            return Scope(None)
        return Scope(frozenset(dice.sample(UNITS, dice.randint(least, 4))))

    return AccessScope(some(1), some(0), some(0))


def may_see(scope: AccessScope, document: IndexDocument) -> bool:
    """The rule in words: of one's units, and a restricted one only where one may see such."""
    if not scope.visible.covers(document.unit):
        return False
    return document.secrecy is Confidentiality.NORMAL or scope.restricted.covers(document.unit)


@dataclass(frozen=True)
class Oracle:
    """What a searcher may know."""

    scope: AccessScope

    @property
    def visible(self) -> list[IndexDocument]:
        """Papers that may be seen."""
        return [document for document in DOCUMENTS if may_see(self.scope, document)]

    def matching(self, words: list[str]) -> set[str]:
        """Visible papers with all of the folded words."""
        return {d.id for d in self.visible if set(words) <= set(build_words(d).folded.split())}

    def check_page(self, page: SearchPage) -> None:
        """Nothing on the page comes from out of reach."""
        for hit in page.hits:
            assert may_see(self.scope, BY_ID[hit.id]), hit.id
            for fragment in hit.fragments:
                assert all(secret not in fragment.text for secret in self.hidden)
        seen = " ".join(filter(None, (page.corrected, page.suggestion)))
        assert not self.hidden & set(seen.split()), seen

    @property
    def hidden(self) -> set[str]:
        """Secrets no visible paper holds."""
        known = {word for d in self.visible for word in build_words(d).folded.split()}
        return {secret for secret in SECRETS.values() if secret not in known}


@pytest.fixture(scope="module", params=BACK_ENDS)
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    """All papers in one index."""
    with opened(request, tmp_path_factory.mktemp("leaks")) as index:
        index.upsert(DOCUMENTS)
        index.refresh()
        yield index


SEEDS = range(25)


@pytest.mark.parametrize("seed", SEEDS)
def test_hits_counts_and_facets_are_the_oracles(shelf: SearchIndex, seed: int) -> None:
    """Hits, totals and every facet count are those of the visible papers, with and without a choice."""
    dice = random.Random(seed)
    oracle = Oracle(draw_scope(dice))
    words = dice.sample(["quyet", "dinh", "thu", "hoi", "dat", "giay"], dice.randint(1, 3))
    text = dice.choice(["", " ".join(words)])
    expected = oracle.matching(words if text else [])
    facets = (Facet.KIND, Facet.UNIT, Facet.ISSUER, Facet.YEAR)
    chosen = Filters(kinds=tuple(dice.sample(KINDS, dice.randint(0, 2))))
    page = shelf.search(SearchRequest(text, oracle.scope, chosen, Order.NEWEST, limit=200, facets=facets))
    if page.is_relaxed:
        oracle.check_page(page)
        return
    kept = {one for one in expected if not chosen.kinds or BY_ID[one].kind in chosen.kinds}
    assert ({hit.id for hit in page.hits}, page.total) == (kept, len(kept))
    assert dict(page.facets[Facet.KIND]) == Counter(BY_ID[one].kind for one in expected)
    for facet, read in ((Facet.UNIT, "unit"), (Facet.ISSUER, "issuer")):
        assert dict(page.facets[facet]) == Counter(getattr(BY_ID[one], read) for one in kept)
    oracle.check_page(page)


@pytest.mark.parametrize("seed", SEEDS)
def test_secrets_are_neither_found_nor_offered(shelf: SearchIndex, seed: int) -> None:
    """Typing a hidden word, or one next to it, leads to nothing that holds it, by any way."""
    dice = random.Random(1000 + seed)
    oracle = Oracle(draw_scope(dice))
    for secret in dice.sample(sorted(oracle.hidden), min(4, len(oracle.hidden))):
        near = secret[:-1] + dice.choice("aeimst")
        for text in (secret, near, f"quyết định {secret}", f"thu hồi {near} đất", secret.upper()):
            for order in (Order.RELEVANCE, Order.TITLE):
                oracle.check_page(
                    shelf.search(SearchRequest(text, oracle.scope, order=order, facets=(Facet.UNIT,)))
                )
        assert shelf.search(SearchRequest(secret, oracle.scope, literal=True)).total == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_walks_and_likeness_keep_to_the_scope(shelf: SearchIndex, seed: int) -> None:
    """Numbers, every page of a walk, and papers like one hold what the searcher may see, all of it."""
    dice = random.Random(2000 + seed)
    oracle = Oracle(draw_scope(dice))
    number = dice.randrange(40)
    page = shelf.search(SearchRequest(f"{number}/QĐ-UBND", oracle.scope, limit=50))
    expected = {d.id for d in oracle.visible if d.number == f"{number}/QĐ-UBND"}
    if expected:
        assert {hit.id for hit in page.hits} == expected
    oracle.check_page(page)
    request = SearchRequest("", oracle.scope, order=dice.choice([Order.NEWEST, Order.TITLE]), limit=37)
    page = shelf.walk(request)
    seen = [hit.id for hit in page.hits]
    while page.following is not None:
        page = shelf.walk(request, page.following)
        seen += [hit.id for hit in page.hits]
    assert sorted(seen) == sorted(d.id for d in oracle.visible)
    about = dice.choice(DOCUMENTS)
    like = shelf.more_like(about.id, SearchRequest("", oracle.scope))
    oracle.check_page(like)
    assert not like.hits or may_see(oracle.scope, about)


@pytest.mark.parametrize("seed", SEEDS)
def test_owners_are_found_only_where_one_may(shelf: SearchIndex, seed: int) -> None:
    """A search by owner reaches the units where that right is held, or is refused."""
    dice = random.Random(3000 + seed)
    scope = draw_scope(dice)
    key = f"chu-{dice.randrange(9)}"
    expected = {
        d.id for d in DOCUMENTS if d.owner_key == key and may_see(scope, d) and scope.owner.covers(d.unit)
    }
    request = SearchRequest("", scope, Filters(owner_key=key), limit=200)
    try:
        page = shelf.search(request)
    except AccessDenied:
        assert expected == set()
    else:
        assert {hit.id for hit in page.hits} == expected


def test_restricted_papers_shape_no_statistics(
    shelf: SearchIndex, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Order and scores of ordinary papers are the same as in an index that has no restricted one."""
    request.param = request.node.callspec.params["shelf"]
    with opened(request, tmp_path) as clean:
        clean.upsert([d for d in DOCUMENTS if d.secrecy is Confidentiality.NORMAL])
        clean.refresh()
        scope = AccessScope(Scope(None))
        for text in ("quyết định thu hồi đất", "giay phep xay dung tinh", "bao cao", "buychh"):
            pages = [index.search(SearchRequest(text, scope, limit=50)) for index in (shelf, clean)]
            rows = [[(hit.id, hit.score) for hit in page.hits] for page in pages]
            assert rows[0] == rows[1]
            assert pages[0].corrected == pages[1].corrected


def test_nothing_is_sent_without_a_scope(shelf: SearchIndex) -> None:
    """Each way in refuses a searcher of no unit before anything is asked."""
    nobody = SearchRequest("đất", AccessScope(Scope(frozenset())))
    ways = (shelf.search, shelf.walk, lambda asked: shelf.more_like("v0001", asked))
    for way in ways:
        with pytest.raises(MissingScope):
            way(nobody)
    with pytest.raises(MissingScope):
        build_where(nobody)
