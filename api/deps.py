"""What routes ask for (phụ thuộc của đường dẫn): the service, who acts, a page of a list.

Deny by default: every route declares its permission through `Needs`, and through nothing else; a test
walks them all.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Query, Request

from api.errors import MixedCredentials
from api.wiring import Service
from records.access import Permission, Principal, authorize
from records.actions.acting import Acting
from records.errors import NotSignedIn
from records.limits import Rate


def get_service(request: Request) -> Service:
    """The service this application was built with."""
    return request.app.state.service


ServiceDep = Annotated[Service, Depends(get_service)]


def session_cookie(*, https: bool) -> str:
    """The cookie's name; with https the `__Host-` prefix binds it to this host (RFC 6265bis)."""
    return "__Host-sohoa_session" if https else "sohoa_session"


def identify(request: Request) -> Principal:
    """Who asks, by key or by session, never by both; raises `NotSignedIn`, `MixedCredentials`."""
    service = get_service(request)
    token = request.cookies.get(session_cookie(https=service.settings.web.https))
    scheme, _space, key = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        if not token:
            raise NotSignedIn
        return service.gatekeeper.find_by_token(token)
    if token:
        raise MixedCredentials
    if scheme.lower() != "bearer":
        raise NotSignedIn("Chỉ nhận khoá dạng `Authorization: Bearer sohoa_…`.")
    return service.gatekeeper.find_by_key(key.strip())


def check_pace(service: Service, principal: Principal, permission: Permission | None) -> None:
    """Raise `ClientBlocked`, `TooManyRequests`: for lookups and searches, and a stopped machine for all."""
    is_machine = principal.kind == "machine"
    if is_machine or permission is Permission.LOOKUP:
        service.watch.check(principal)
    if permission is None or permission not in (Permission.LOOKUP, Permission.SEARCH):
        return
    service.limiter.check(_name_bucket(principal, permission), _find_rate(service, principal, permission))


def recall(request: Request, permission: Permission) -> Principal | None:
    """The machine client that asks, checked and counted from memory alone; None where that is not enough.

    Refuses nobody: what it cannot tell at once is told by `identify` and `check_pace`.
    """
    service, cookies = get_service(request), "cookie" in request.headers
    scheme, _space, key = request.headers.get("authorization", "").partition(" ")
    if cookies or scheme.lower() != "bearer":
        return None
    gatekeeper = service.gatekeeper
    principal = gatekeeper.recall_key(key.strip())
    if principal is None or gatekeeper.is_touch_due(principal) or not principal.may(permission):
        return None
    if not service.watch.is_known_free(principal):
        return None
    is_limited = _find_rate(service, principal, permission).per_second > 0
    if is_limited and not service.limiter.spend_at_once(_name_bucket(principal, permission)):
        return None
    return principal


def recall_known(request: Request, permission: Permission) -> Principal | None:
    """The machine client that asks as far as memory knows while the database is away; uncounted."""
    scheme, _space, key = request.headers.get("authorization", "").partition(" ")
    if "cookie" in request.headers or scheme.lower() != "bearer":
        return None
    principal = get_service(request).gatekeeper.recall_key(key.strip(), during_outage=True)
    return principal if principal is not None and principal.may(permission) else None


def _find_rate(service: Service, principal: Principal, permission: Permission) -> Rate:
    given = service.settings.clients
    if principal.kind == "machine" and permission is Permission.LOOKUP:
        return Rate(given.lookups_per_second, given.lookup_burst)
    return Rate(given.person_per_second, given.person_burst)


def _name_bucket(principal: Principal, permission: Permission) -> str:
    return f"{permission.value}:{principal.id}"


@dataclass(frozen=True)
class Needs:
    """The permission a route needs (quyền cần có), held in at least one unit; None: just signed in.

    The action checks it again for the unit at hand.
    """

    permission: Permission | None
    channel: str = "api"

    def __call__(self, request: Request, background: BackgroundTasks) -> Acting:
        """Who acts; raises `NotSignedIn`, `AccessDenied`. A key's use is noted after the answer."""
        service, principal = get_service(request), identify(request)
        if self.permission is not None:
            authorize(principal, self.permission)
        check_pace(service, principal, self.permission)
        if principal.kind == "machine" and service.gatekeeper.is_touch_due(principal):
            background.add_task(service.gatekeeper.touch_key, principal)
        return Acting(principal, service.clock.now(), self.channel)


@dataclass(frozen=True, slots=True)
class Paging:
    """A page of a list (trang danh sách)."""

    limit: int
    offset: int


def get_paging(
    limit: Annotated[int, Query(ge=1, le=200)] = 50, offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> Paging:
    """The page asked for; 50 rows unless said otherwise, 200 at most."""
    return Paging(limit, offset)


PagingDep = Annotated[Paging, Depends(get_paging)]
