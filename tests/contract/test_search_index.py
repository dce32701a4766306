"""What every `SearchIndex` must do, run on the embedded index and on a real Elasticsearch."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from records.access import Scope
from records.errors import AccessDenied
from records.states import Confidentiality
from search.access import AccessScope
from search.document import IndexDocument
from search.elastic import ElasticIndex, make_client
from search.errors import BadQuery, IndexUnavailable, MissingScope
from search.index import Facet, Filters, Order, SearchIndex
from tests.contract.search_shelf import BACK_ENDS, DOCUMENTS, EVERYTHING, ORDINARY, find, ids, opened


@pytest.fixture(params=BACK_ENDS)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    """An empty index of each kind."""
    with opened(request, tmp_path) as index:
        yield index


@pytest.fixture
def filled(index: SearchIndex) -> SearchIndex:
    """An index with the sample documents, to change."""
    index.upsert(DOCUMENTS)
    index.refresh()
    return index


@pytest.fixture(scope="module", params=BACK_ENDS)
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    """An index with the sample documents, only to read."""
    with opened(request, tmp_path_factory.mktemp("shelf")) as index:
        index.upsert(DOCUMENTS)
        index.refresh()
        yield index


class TestWrites:
    """Upserts, deletions and rebuilds."""

    def test_same_again_changes_nothing(self, index: SearchIndex) -> None:
        """Writing the same documents twice leaves one of each."""
        index.upsert(DOCUMENTS)
        report = index.upsert(DOCUMENTS)
        index.refresh()
        assert (report.stale, index.count()) == (0, len(DOCUMENTS))

    def test_lower_version_never_overwrites(self, index: SearchIndex) -> None:
        """A late older version is counted as stale and changes nothing."""
        index.upsert([replace(DOCUMENTS[0], version=5)])
        report = index.upsert([replace(DOCUMENTS[0], version=4, title="Công văn cũ")])
        index.refresh()
        assert (report.written, report.stale) == (0, 1)
        assert [hit.title for hit in find(index, "thu hồi đất").hits] == ["Quyết định thu hồi đất"]
        assert list(index.ids_with_versions()) == [("d1", 5)]

    def test_higher_version_replaces_every_word(self, filled: SearchIndex) -> None:
        """After an update the old words find nothing and the new ones find the document."""
        filled.upsert([replace(DOCUMENTS[2], version=2, title="Giấy khai sinh", body="Đăng ký khai sinh.")])
        filled.refresh()
        assert ids(find(filled, "khai sinh")) == ["d3"]
        page = find(filled, "xây dựng")
        assert page.is_relaxed or "d3" not in ids(page)

    def test_deleted_is_gone_and_stays_out(self, filled: SearchIndex) -> None:
        """A late older upsert does not bring a deleted document back; a newer one does."""
        assert filled.delete("d1", 3)
        filled.upsert([replace(DOCUMENTS[0], version=2)])
        filled.refresh()
        assert "d1" not in ids(find(filled, "thu hồi"))
        filled.upsert([replace(DOCUMENTS[0], version=4)])
        filled.refresh()
        assert "d1" in ids(find(filled, "thu hồi"))

    def test_late_deletion_is_refused(self, index: SearchIndex) -> None:
        """Deleting an older version than the one that is there does nothing and says so."""
        index.upsert([replace(DOCUMENTS[0], version=5)])
        assert not index.delete("d1", 4)
        index.refresh()
        assert index.count() == 1

    def test_deleting_what_is_not_there_is_no_error(self, index: SearchIndex) -> None:
        """An unknown document can be deleted: the event may come twice."""
        assert index.delete("khong-co", 1)

    def test_class_change_moves_the_document(self, filled: SearchIndex) -> None:
        """A document that becomes restricted is no longer found by others, and exists once."""
        filled.upsert([replace(DOCUMENTS[2], version=2, secrecy=Confidentiality.RESTRICTED)])
        filled.refresh()
        assert "d3" not in ids(find(filled, "xây dựng"))
        assert "d3" not in ids(find(filled, ""))
        assert ids(find(filled, "xây dựng", EVERYTHING)) == ["d3"]
        assert filled.count() == len(DOCUMENTS)

    def test_rebuild_replaces_the_whole_content(self, filled: SearchIndex) -> None:
        """A rebuild leaves exactly the documents it was given."""
        assert filled.rebuild(iter(DOCUMENTS[:2])) == 2
        assert [found for found, _ in filled.ids_with_versions()] == ["d1", "d2"]
        assert set(ids(find(filled, "giấy phép"))) <= {"d1", "d2"}

    def test_writes_during_a_rebuild_survive_it(self, filled: SearchIndex) -> None:
        """What is written or deleted while a rebuild runs holds after the switch."""

        def stream() -> Iterator[IndexDocument]:
            filled.upsert([replace(DOCUMENTS[0], version=9, title="Văn bản mới nhất")])
            filled.delete("d2", 9)
            yield from DOCUMENTS

        filled.rebuild(stream())
        assert ids(find(filled, "văn bản mới nhất")) == ["d1"]
        assert dict(filled.ids_with_versions()) == {"d1": 9, "d3": 1, "d4": 1, "mat1": 1}

    def test_searches_answer_during_a_rebuild(self, filled: SearchIndex) -> None:
        """While a rebuild runs the old content is found."""
        seen: list[list[str]] = []

        def stream() -> Iterator[IndexDocument]:
            seen.append(ids(find(filled, "giấy phép xây dựng")))
            yield from DOCUMENTS

        filled.rebuild(stream())
        assert seen == [["d3"]]

    def test_versions_are_listed_by_id(self, filled: SearchIndex) -> None:
        """Drift is found from the full list of ids and versions, of every class."""
        assert list(filled.ids_with_versions()) == [(d.id, 1) for d in DOCUMENTS]


class TestWords:
    """Finding by words."""

    @pytest.mark.parametrize("text", ["thu hồi đất", "thu hoi dat", "THU HỒI ĐẤT", "thu hô\u0300i đất"])
    def test_accents_case_and_unicode_form_do_not_matter(self, shelf: SearchIndex, text: str) -> None:
        """The same document is found however the words are typed."""
        assert ids(find(shelf, text)) == ["d1"]

    def test_matching_accents_come_first(self, shelf: SearchIndex) -> None:
        """For "tỉnh" a document with that word precedes one with "tình"."""
        page = find(shelf, "tỉnh")
        assert set(ids(page)) == {"d3", "d4"}
        assert ids(page)[0] == "d3"
        assert ids(find(shelf, "tình"))[0] == "d4"

    def test_every_word_of_a_short_query_is_required(self, shelf: SearchIndex) -> None:
        """Of up to four words each must be there, and the total counts those documents only."""
        page = find(shelf, "quyết định giao đất")
        assert (ids(page), page.total, page.total_relation) == (["d2"], 1, "eq")

    def test_some_words_suffice_when_nothing_has_all(self, shelf: SearchIndex) -> None:
        """Without a full match half of the words will do, and the page says so."""
        page = find(shelf, "giấy phép karaoke vutruu")
        assert page.is_relaxed
        assert ids(page) == ["d3"]

    def test_unknown_word_is_corrected_in_context(self, shelf: SearchIndex) -> None:
        """A syllable that occurs nowhere is replaced by the one that fits its neighbours."""
        page = find(shelf, "giấy phép xây dụngg")
        assert (ids(page), page.corrected) == (["d3"], "giấy phép xây dựng")

    def test_typed_words_can_be_insisted_on(self, shelf: SearchIndex) -> None:
        """Searched literally, an unknown word is not replaced, and the better one is only suggested."""
        page = find(shelf, "phép xây dựngg", literal=True)
        assert page.corrected is None
        assert (page.is_relaxed, page.suggestion) == (True, "phép xây dựng")

    def test_suggests_what_finds_more(self, index: SearchIndex) -> None:
        """A known word that never stands there is questioned, in the letters of the documents found."""
        many = [
            IndexDocument(f"n{at}", 1, "Giấy phép xây dựng", "Cấp phép xây dựng nhà ở.", unit="H15.01")
            for at in range(8)
        ]
        index.upsert([*many, IndexDocument("x", 1, "Rừng", "Rừng có giấy phép xay.", unit="H15.01")])
        index.refresh()
        page = find(index, "giay phep xay rung")
        assert (ids(page), page.suggestion) == (["x"], "giấy phép xây dựng")
        assert find(index, "giay phep xay dung").suggestion is None

    @pytest.mark.parametrize(
        "text", ["*", '"', "đất OR *", "đất) AND (", 'NEAR("đất" "hộ")', "kd:đất", "{!", "\\"]
    )
    def test_operators_in_user_text_are_text(self, shelf: SearchIndex, text: str) -> None:
        """Characters of a query language neither fail nor widen the search."""
        plain = "".join(c if c.isalnum() else " " for c in text)
        assert ids(find(shelf, text)) == (ids(find(shelf, plain)) if plain.strip() else [])

    def test_very_long_text_is_answered(self, shelf: SearchIndex) -> None:
        """A pasted page of 10,000 characters is searched by its beginning."""
        assert "d1" in ids(find(shelf, "thu hồi đất của hộ ông " + "văn bản " * 1300))

    def test_one_letter_is_answered(self, shelf: SearchIndex) -> None:
        """A query of one letter is no error."""
        assert find(shelf, "x").total == 0

    def test_fragments_come_from_the_original_text(self, shelf: SearchIndex) -> None:
        """Ranges of a fragment cover the matched words as they are written."""
        [hit] = find(shelf, "thu hoi dat").hits
        marked = {f.text[start:end] for f in hit.fragments for start, end in f.ranges}
        assert marked == {"thu", "hồi", "đất", "Thu", "Thử"}


class TestNumbers:
    """Finding by document number."""

    @pytest.mark.parametrize(
        "text", ["9/GPXD-SXD", "09 gpxd sxd", "Số: 9/GPXD–SXD", "9GPXDSXD", "9/6PXD-5XD"]
    )
    def test_sloppy_forms_find_the_number(self, shelf: SearchIndex, text: str) -> None:
        """A number is found however it is typed or misread, and nothing else with it."""
        page = find(shelf, text)
        assert (ids(page), page.by_number) == (["d3"], True)

    def test_same_number_is_ranked_by_year_and_body(self, shelf: SearchIndex) -> None:
        """Of equal numbers the named year or body comes first, else the newest."""
        assert ids(find(shelf, "15/QĐ-UBND")) == ["d1", "d2"]
        assert ids(find(shelf, "15/QĐ-UBND năm 2023")) == ["d2", "d1"]
        assert ids(find(shelf, "15 qd ubnd xa hoa phu")) == ["d2", "d1"]

    def test_kind_and_number(self, shelf: SearchIndex) -> None:
        """ "quyết định 15" means the number, not the words."""
        assert ids(find(shelf, "quyết định 15")) == ["d1", "d2"]


class TestScope:
    """Who may find what."""

    def test_restricted_is_found_only_within_its_units(self, shelf: SearchIndex) -> None:
        """Hits, totals and facets hold a restricted document only for who may see it there."""
        elsewhere = AccessScope(Scope(None), Scope(frozenset({"H15.02"})))
        for scope in (ORDINARY, elsewhere):
            page = find(shelf, "báo cáo thanh tra", scope, facets=(Facet.KIND,))
            assert "mat1" not in ids(page)
            assert sum(count for _, count in page.facets[Facet.KIND]) == page.total == len(page.hits)
        inside = AccessScope(Scope(None), Scope(frozenset({"H15.01"})))
        assert ids(find(shelf, "báo cáo thanh tra", inside)) == ["mat1"]

    def test_units_outside_the_scope_are_not_found(self, shelf: SearchIndex) -> None:
        """A searcher of one unit finds nothing of another, by words, by number or by listing."""
        scope = AccessScope(Scope(frozenset({"H15.02"})))
        assert [ids(find(shelf, text, scope)) for text in ("quyết định", "15/QĐ-UBND", "")] == [["d2"]] * 3

    def test_empty_scope_is_refused(self, shelf: SearchIndex) -> None:
        """Without any unit nothing is sent at all."""
        with pytest.raises(MissingScope):
            find(shelf, "đất", AccessScope(Scope(frozenset())))

    def test_owner_search_needs_the_right(self, shelf: SearchIndex) -> None:
        """By owner only who may, and only in the units where one may."""
        filters = Filters(owner_key="khoa-1")
        with pytest.raises(AccessDenied):
            find(shelf, "", ORDINARY, filters=filters)
        assert ids(find(shelf, "", EVERYTHING, filters=filters)) == ["d1"]
        other = AccessScope(Scope(None), owner=Scope(frozenset({"H15.02"})))
        assert ids(find(shelf, "", other, filters=filters)) == []


class TestFiltersAndOrder:
    """Filters, facets, order and pages."""

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            (Filters(kinds=("Quyết định",)), ["d1", "d2"]),
            (Filters(units=("H15.02",)), ["d2"]),
            (Filters(units=("H15",)), ["d3", "d1", "d2", "d4"]),
            (Filters(issuers=("Sở Xây dựng",)), ["d3"]),
            (Filters(signers=("Lê Văn Ký",)), ["d2"]),
            (Filters(states=("con_hieu_luc", "bi_thu_hoi")), ["d1", "d2"]),
            (Filters(result_types=("KQ.G15.000031",)), ["d1"]),
            (Filters(own_units=("H15.02",)), ["d2"]),
            (Filters(own_units=("H15",)), []),
            (Filters(years=("2023", "2025")), ["d3", "d2"]),
            (Filters(issued_from=date(2024, 3, 1)), ["d3", "d1"]),
            (Filters(issued_to=date(2024, 3, 1)), ["d1", "d2"]),
        ],
    )
    def test_each_filter(self, shelf: SearchIndex, filters: Filters, expected: list[str]) -> None:
        """A listing under a filter holds what meets it, newest first, undated last."""
        assert ids(find(shelf, "", filters=filters)) == expected

    @pytest.mark.parametrize(
        ("order", "expected"),
        [
            (Order.NEWEST, ["d3", "d1", "d2", "d4"]),
            (Order.OLDEST, ["d2", "d1", "d3", "d4"]),
            (Order.NUMBER, ["d3", "d1", "d2", "d4"]),
            (Order.TITLE, ["d3", "d4", "d2", "d1"]),
        ],
    )
    def test_each_order(self, shelf: SearchIndex, order: Order, expected: list[str]) -> None:
        """Dates and numbers sort as people read them."""
        assert ids(find(shelf, "", order=order)) == expected
        assert ids(find(shelf, "đất", order=order)) == [one for one in expected if one in {"d1", "d2"}]

    def test_pages_join_without_gap(self, shelf: SearchIndex) -> None:
        """Hits page by page are the hits of one long page."""
        whole = ids(find(shelf, "tỉnh đất thu xây hộ giấy", limit=10))
        parts = [ids(find(shelf, "tỉnh đất thu xây hộ giấy", limit=1, offset=at)) for at in range(len(whole))]
        assert [one for part in parts for one in part] == whole

    def test_facets_count_the_hits(self, shelf: SearchIndex) -> None:
        """Facets count all hits, most first, and leave out empty values."""
        page = find(shelf, "", facets=(Facet.KIND, Facet.YEAR, Facet.STATE), limit=1)
        assert page.total == 4
        assert page.facets[Facet.KIND] == (("Quyết định", 2), ("Báo cáo", 1), ("Giấy phép xây dựng", 1))
        assert page.facets[Facet.YEAR] == (("2023", 1), ("2024", 1), ("2025", 1))
        assert page.facets[Facet.STATE] == (("bi_thu_hoi", 1), ("con_hieu_luc", 1))

    def test_a_choice_leaves_its_own_facet_as_it_was(self, shelf: SearchIndex) -> None:
        """Choosing one kind narrows hits, total and the other facets, and keeps the other kinds' counts."""
        facets = (Facet.KIND, Facet.YEAR)
        free = find(shelf, "", facets=facets)
        page = find(shelf, "", facets=facets, filters=Filters(kinds=("Quyết định",)))
        assert (ids(page), page.total) == (["d1", "d2"], 2)
        assert page.facets[Facet.KIND] == free.facets[Facet.KIND]
        assert page.facets[Facet.YEAR] == (("2023", 1), ("2024", 1))
        both = find(shelf, "", facets=facets, filters=Filters(kinds=("Quyết định",), years=("2024", "2025")))
        assert ids(both) == ["d1"]
        assert both.facets[Facet.KIND] == (("Giấy phép xây dựng", 1), ("Quyết định", 1))
        assert both.facets[Facet.YEAR] == (("2023", 1), ("2024", 1))

    def test_a_choice_of_two_values_is_either(self, shelf: SearchIndex) -> None:
        """Several values of one facet widen, values of several facets narrow."""
        either = Filters(kinds=("Quyết định", "Báo cáo"))
        assert ids(find(shelf, "", filters=either, facets=(Facet.KIND,))) == ["d1", "d2", "d4"]
        assert set(ids(find(shelf, "đất", filters=either, facets=(Facet.KIND,)))) == {"d1", "d2"}

    @pytest.mark.parametrize(("offset", "limit"), [(-1, 10), (0, 0), (0, 201), (9_990, 20)])
    def test_page_out_of_reach_is_refused(self, shelf: SearchIndex, offset: int, limit: int) -> None:
        """Beyond ten thousand hits a search must be narrowed."""
        with pytest.raises(BadQuery):
            find(shelf, "đất", offset=offset, limit=limit)


def test_check_names_the_engine(shelf: SearchIndex) -> None:
    """The self-check tries every part and names engine and version."""
    assert shelf.check().split()[0] in {"SQLite", "Elasticsearch"}


def test_empty_index_finds_nothing(index: SearchIndex) -> None:
    """An index without documents answers with no hit."""
    assert find(index, "thu hồi đất").total == 0


@pytest.mark.elastic
def test_silent_server_is_an_outage() -> None:
    """Nobody listening is an error, never an empty result."""
    silent = ElasticIndex(make_client(["http://127.0.0.1:9"]), "khong")
    with pytest.raises(IndexUnavailable):
        find(silent, "đất")
