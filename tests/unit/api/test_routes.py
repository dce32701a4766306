"""Every route, walked: deny by default, problem documents, nothing open that should not be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.testclient import TestClient
from starlette.routing import Mount

from api.app import build_api_router, create_app
from api.deps import Needs
from api.web.pages import build_router
from api.wiring import Service

OPEN = {
    ("/health", "GET"),
    ("/ready", "GET"),
    ("/metrics", "GET"),
    ("/api/v1/openapi.json", "GET"),
    ("/api/v1/session", "POST"),
    ("/api/v1/token", "POST"),
}
"""What needs no sign-in: who asks how the service is, the interface's description, the sign-in itself."""


@dataclass(frozen=True)
class Route:
    """A route as the application answers it: whole path, method, the permissions it declares."""

    path: str
    method: str
    needs: tuple[Needs, ...]


def iter_routes(routes: Iterable[Any]) -> Iterator[Route]:
    """Every route below, those of included routers with their whole path; mounted folders are no routes."""
    for route in routes:
        if hasattr(route, "effective_route_contexts"):
            yield from iter_routes(route.effective_route_contexts())
        elif not isinstance(route, Mount):
            dependant = getattr(route, "dependant", None)
            for method in sorted(route.methods or ()):
                yield Route(route.path, method, tuple(_find_needs(dependant)) if dependant else ())


def _find_needs(dependant: Dependant) -> Iterator[Needs]:
    for inner in dependant.dependencies:
        yield from _find_needs(inner)
    if isinstance(dependant.call, Needs):
        yield dependant.call


API_ROUTES = list(iter_routes(build_api_router().routes))


@pytest.mark.parametrize("route", API_ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_route_of_the_interface_declares_its_permission_once(route: Route) -> None:
    """A route without `Needs` is the sign-in; no other may be open."""
    assert len(route.needs) == (0 if (route.path, route.method) in OPEN else 1)


def test_nobody_gets_anything_without_signing_in(client: TestClient) -> None:
    """Each address of the interface, asked for by nobody, answers 401 before it looks at what was sent."""
    asked = 0
    for route in API_ROUTES:
        if (route.path, route.method) in OPEN:
            continue
        filled = route.path.replace("{number}", "1").replace("{part}", "original")
        answer = client.request(route.method, filled, json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "NOT_SIGNED_IN"), route
        asked += 1
    assert asked >= 35


def test_each_page_declares_its_permission_once() -> None:
    """Only the sign-in page is open; forms and pages alike."""
    pages = list(iter_routes(build_router().routes))
    assert len(pages) > 20
    open_pages = {route.path for route in pages if len(route.needs) != 1}
    assert open_pages == {"/dang-nhap"}


def test_the_application_has_no_route_beside_them(service: Service) -> None:
    """What the application answers beyond the interface is the health of the service, open to all."""
    app = create_app(service, with_pages=False)
    beyond = {(route.path, route.method) for route in iter_routes(app.routes)}
    beyond -= {(route.path, route.method) for route in API_ROUTES}
    assert beyond <= OPEN | {(path, "HEAD") for path, _method in OPEN}


def test_an_unknown_address_is_a_problem_document(client: TestClient) -> None:
    """Also what no route answers speaks Vietnamese and carries a code."""
    answer = client.get("/api/v1/khong-co")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "UNKNOWN_ADDRESS"
    assert client.put("/health").json()["code"] == "METHOD_NOT_ALLOWED"


def test_every_answer_carries_the_safe_headers(client: TestClient) -> None:
    """No sniffing, no framing, no scripts from elsewhere."""
    headers = client.get("/health").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_the_interface_describes_itself(client: TestClient) -> None:
    """OpenAPI names the paths a machine client starts from."""
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/batches", "/api/v1/records/{record_id}", "/api/v1/search"} <= paths.keys()
