"""What a person does with searches kept by name (tìm kiếm đã lưu): keep, share with a unit, open, forget.

Only the question is kept and shared; whoever opens it sees what that person may see.
"""

import uuid
from collections.abc import Sequence

from records.access import Permission
from records.actions.acting import Acting
from records.errors import AccessDenied, DuplicateRecord, InvalidValue, RecordNotFound
from records.identifiers import mask_numbers
from records.ports import Store, UnitOfWork
from records.saved_searches import SavedSearch

MAX_SAVED = 100
MAX_NAME = 100
MAX_QUERY = 20_000


def check_person(acting: Acting) -> None:
    """Raise `AccessDenied` unless a person who may search acts: a machine client keeps its own lists."""
    if acting.principal.kind != "person" or not acting.principal.may(Permission.SEARCH):
        raise AccessDenied(permission=Permission.SEARCH.value)


def save_search(store: Store, acting: Acting, name: str, query: str, unit: str | None = None) -> SavedSearch:
    """Keep a search; `DuplicateRecord` for a name in use, `InvalidValue`, `AccessDenied` for the unit."""
    check_person(acting)
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME:
        raise InvalidValue(f"Tên tìm kiếm cần 1 đến {MAX_NAME} ký tự.", field="name")
    if len(query) > MAX_QUERY:
        raise InvalidValue("Điều kiện tìm quá dài để lưu.", field="query")
    if mask_numbers(query) != query or mask_numbers(name) != name:
        raise InvalidValue("Tìm kiếm có số định danh thì không lưu được; hãy bỏ số đó.", field="query")
    search = SavedSearch(str(uuid.uuid4()), acting.principal.id, name, query, unit, acting.at)
    with store.write() as work:
        _check_unit(work, acting, unit)
        if work.saved_searches.count_of(acting.principal.id) >= MAX_SAVED:
            raise InvalidValue(f"Mỗi người lưu được {MAX_SAVED} tìm kiếm; hãy xoá bớt.", field="name")
        try:
            work.saved_searches.add(search)
        except DuplicateRecord as exc:
            raise DuplicateRecord("Bạn đã có tìm kiếm tên này; hãy đặt tên khác.") from exc
        work.audit.add(acting.entry("search.save", "saved_search", search.id, unit=unit))
        work.commit()
    return search


def list_saved_searches(store: Store, acting: Acting) -> Sequence[SavedSearch]:
    """The person's own searches and those shared with the person's unit or one above it, by name."""
    check_person(acting)
    with store.read() as work:
        return work.saved_searches.visible_to(acting.principal.id, _units_of(work, acting))


def share_search(store: Store, acting: Acting, search_id: str, unit: str | None) -> None:
    """Share an own search with a unit, or with nobody any more."""
    check_person(acting)
    with store.write() as work:
        _get_own(work, acting, search_id)
        _check_unit(work, acting, unit)
        work.saved_searches.share(search_id, unit)
        work.audit.add(acting.entry("search.share", "saved_search", search_id, unit=unit))
        work.commit()


def remove_search(store: Store, acting: Acting, search_id: str) -> None:
    """Forget an own search."""
    check_person(acting)
    with store.write() as work:
        _get_own(work, acting, search_id)
        work.saved_searches.remove(search_id)
        work.audit.add(acting.entry("search.remove", "saved_search", search_id))
        work.commit()


def _units_of(work: UnitOfWork, acting: Acting) -> frozenset[str]:
    """The person's unit and every unit above it: what is shared with a unit is for all below it."""
    home = acting.principal.home_unit
    return frozenset(work.units.above(home)) if home is not None else frozenset()


def _check_unit(work: UnitOfWork, acting: Acting, unit: str | None) -> None:
    if unit is None:
        return
    work.units.get(unit)
    if unit not in _units_of(work, acting):
        acting.check(Permission.SEARCH, unit)


def _get_own(work: UnitOfWork, acting: Acting, search_id: str) -> SavedSearch:
    found = work.saved_searches.find(search_id)
    if found is None or found.account_id != acting.principal.id:
        raise RecordNotFound(id=search_id)
    return found
