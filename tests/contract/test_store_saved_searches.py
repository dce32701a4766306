"""What every store of saved searches and of exports does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from records.errors import DuplicateRecord, RecordNotFound
from records.ports import Store
from records.saved_searches import ExportFormat, ExportState, SavedSearch, SearchExport
from tests.factories import NOW

OWN = SavedSearch("s1", "mai", "Đất đai", '{"q":"thu hồi đất"}', None, NOW)
SHARED = SavedSearch("s2", "lan", "Báo cáo", '{"q":"báo cáo"}', "H15.01", NOW)
EXPORT = SearchExport("x1", "mai", ExportFormat.CSV, "{}", ExportState.WAITING, NOW)


class TestSavedSearches:
    """Contract of `SavedSearchStore`."""

    def test_shows_own_and_shared(self, store: Store) -> None:
        """A person sees her own searches and those shared with her units, by name, and no other."""
        with store.write() as work:
            for search in (OWN, SHARED, replace(OWN, id="s3", account_id="lan", name="Riêng")):
                work.saved_searches.add(search)
            work.commit()
        with store.read() as work:
            assert work.saved_searches.visible_to("mai", frozenset({"H15.01"})) == [SHARED, OWN]
            assert work.saved_searches.visible_to("mai", frozenset()) == [OWN]
            assert work.saved_searches.find("s2") == SHARED
            assert work.saved_searches.find("none") is None
            assert work.saved_searches.count_of("lan") == 2

    def test_one_name_once_a_person(self, store: Store) -> None:
        """The same name twice is a duplicate for one person and none for two."""
        with store.write() as work:
            work.saved_searches.add(OWN)
            with pytest.raises(DuplicateRecord):
                work.saved_searches.add(replace(OWN, id="s9"))
            work.saved_searches.add(replace(OWN, id="s9", account_id="lan"))
            work.commit()

    def test_shares_and_forgets(self, store: Store) -> None:
        """A search can be shared, taken back and removed; removing twice is no error."""
        with store.write() as work:
            work.saved_searches.add(OWN)
            work.saved_searches.share("s1", "H15.02")
            assert work.saved_searches.find("s1") == replace(OWN, unit="H15.02")
            work.saved_searches.share("s1", None)
            assert work.saved_searches.find("s1") == OWN
            work.saved_searches.remove("s1")
            work.saved_searches.remove("s1")
            assert work.saved_searches.find("s1") is None
            with pytest.raises(RecordNotFound):
                work.saved_searches.share("s1", None)


class TestExports:
    """Contract of `SearchExportStore`."""

    def test_keeps_what_is_saved(self, store: Store) -> None:
        """An export is found again as it was saved; an unknown one is not there."""
        done = replace(EXPORT, state=ExportState.DONE, rows=3, total=3, sha256="a" * 64, finished_at=NOW)
        with store.write() as work:
            work.search_exports.add(EXPORT)
            work.search_exports.save(done)
            work.commit()
        with store.read() as work:
            assert work.search_exports.get("x1") == done
            with pytest.raises(RecordNotFound):
                work.search_exports.get("x2")
        with store.write() as work, pytest.raises(RecordNotFound):
            work.search_exports.save(replace(EXPORT, id="x2"))

    def test_lists_own_newest_first(self, store: Store) -> None:
        """A person's exports come newest first; unfinished ones are counted; others' are not hers."""
        later = replace(EXPORT, id="x2", created_at=NOW + timedelta(hours=1), state=ExportState.RUNNING)
        done = replace(EXPORT, id="x3", created_at=NOW - timedelta(hours=1), state=ExportState.DONE)
        with store.write() as work:
            for export in (EXPORT, later, done, replace(EXPORT, id="x4", account_id="lan")):
                work.search_exports.add(export)
            assert [export.id for export in work.search_exports.of_account("mai", 2)] == ["x2", "x1"]
            assert work.search_exports.unfinished_of("mai") == 2

    def test_tells_what_expires(self, store: Store) -> None:
        """An export with a file past its time is due; one without a file, or in time, is not."""
        late = replace(EXPORT, sha256="a" * 64, expires_at=NOW - timedelta(seconds=1))
        with store.write() as work:
            work.search_exports.add(late)
            work.search_exports.add(replace(late, id="x2", sha256=None))
            work.search_exports.add(replace(late, id="x3", sha256="b" * 64, expires_at=NOW + timedelta(1)))
            assert work.search_exports.due_to_expire(NOW, 10) == [late]
            assert work.search_exports.names_file("a" * 64)
            assert not work.search_exports.names_file("c" * 64)
