"""Who a command acts as (người thực hiện): the account of `--as`; the audit says so, by the channel `cli`."""

from collections.abc import Generator
from contextlib import contextmanager

from api.errors import WrongUse
from api.settings import load_settings
from api.wiring import Service, build_service
from records.access import SYSTEM
from records.actions.accounts import build_account_principal, find_active_account
from records.actions.acting import Acting
from records.errors import NotSignedIn

CHANNEL = "cli"


@contextmanager
def open_service(*, prepare: bool = True) -> Generator[Service]:
    """The service of this machine's settings, its tables up to date; closed at the end."""
    service = build_service(load_settings())
    try:
        if prepare:
            service.migrate()
        yield service
    finally:
        service.close()


def act_as(service: Service, login: str | None) -> Acting:
    """The account named by `--as`; raises `WrongUse` without, `NotSignedIn` for one that is not there."""
    if not login:
        raise WrongUse("Hãy nêu tài khoản thực hiện: `--as TÀI_KHOẢN`.")
    now = service.clock.now()
    with service.store.read() as work:
        account = find_active_account(work, login, now)
        if account is None:
            raise NotSignedIn("Không có tài khoản này hoặc đã kết thúc.")
        return Acting(build_account_principal(work, account), now, CHANNEL)


def act_as_first(service: Service, login: str | None) -> Acting:
    """As `act_as`; while there is no account at all, the service itself acts, to make the first one."""
    if login:
        return act_as(service, login)
    with service.store.read() as work:
        if not work.accounts.all():
            return Acting(SYSTEM, service.clock.now(), CHANNEL)
    return act_as(service, login)
