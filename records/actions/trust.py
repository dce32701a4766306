"""Changes of what this service trusts (thay đổi bộ chứng thư tin cậy): allowed, done and written down."""

from collections.abc import Callable

from records.access import Permission
from records.actions.acting import Acting
from records.ports import Store


def change_trust(store: Store, acting: Acting, action: str, bundle: str, change: Callable[[], str]) -> None:
    """Make a change of a trust folder and its audit row; `change` returns the version that came of it.

    Raises `AccessDenied` before anything is done, and whatever `change` raises; then there is no row.
    """
    with store.write() as work:
        acting.check(Permission.TRUST_MANAGE, None)
        version = change()
        work.audit.add(acting.entry(f"trust.{action}", "trust", bundle, version=version))
        work.commit()
