"""Facets, chips and addresses of the search page (nhóm lọc, thẻ lọc, địa chỉ trang tìm)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from api.schemas.search import SearchQuery
from api.web.labels import RECORD, RESULT
from api.wiring import Service
from search.index import Facet, Order

NAMES = {
    Facet.KIND: "Tên loại",
    Facet.ISSUER: "Cơ quan ban hành",
    Facet.YEAR: "Năm ban hành",
    Facet.STATE: "Trạng thái",
    Facet.UNIT: "Đơn vị giữ",
}
_PARAMETERS = {
    Facet.KIND: "kind",
    Facet.ISSUER: "issuer",
    Facet.YEAR: "year",
    Facet.STATE: "state",
    Facet.UNIT: "own_unit",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet (giá trị lọc) with its count."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet as the page shows it (nhóm lọc)."""

    name: str
    parameter: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen value with the address that leaves it out (thẻ lọc)."""

    name: str
    label: str
    href: str


def read_unit_names(service: Service) -> dict[str, str]:
    """Names of units by code."""
    with service.store.read() as work:
        return {unit.code: unit.name for unit in work.units.all()}


def build_address(query: SearchQuery, cursor: str | None = None, /, **changes: object) -> str:
    """The page's address for a question with some of it changed; `cursor` goes on in its list."""
    asked = query.model_copy(update=changes)
    parameters: dict[str, object] = {"q": asked.q}
    parameters |= {name: list(getattr(asked, name)) for name in _PARAMETERS.values()}
    if asked.order is not Order.RELEVANCE:
        parameters["order"] = asked.order.value
    if asked.literal:
        parameters["literal"] = "true"
    if asked.facet:
        parameters["loc"] = "true"
    if cursor:
        parameters["sau"] = cursor
    return f"/tim?{urlencode(parameters, doseq=True)}"


def build_hidden(query: SearchQuery) -> Sequence[tuple[str, str]]:
    """(parameter, value) of everything chosen, for a form whose facets are not there yet."""
    return [(name, value) for name in _PARAMETERS.values() for value in getattr(query, name)]


def build_chips(query: SearchQuery, units: Mapping[str, str]) -> Sequence[Chip]:
    """What is chosen, each with the way to leave it out."""
    chips: list[Chip] = []
    for facet, parameter in _PARAMETERS.items():
        chosen: tuple[str, ...] = getattr(query, parameter)
        for value in chosen:
            left = tuple(other for other in chosen if other != value)
            href = build_address(query, **{parameter: left})
            chips.append(Chip(NAMES[facet], _label(facet, value, units), href))
    return chips


def build_facet_views(
    query: SearchQuery, counts: Mapping[Facet, Sequence[tuple[str, int]]], units: Mapping[str, str]
) -> Sequence[FacetView]:
    """Facets with something to choose; a chosen value stays although it counts nothing."""
    views: list[FacetView] = []
    for facet, parameter in _PARAMETERS.items():
        chosen: tuple[str, ...] = getattr(query, parameter)
        found = dict(counts.get(facet, ()))
        values = [*found, *(value for value in chosen if value not in found)]
        choices = [
            Choice(value, _label(facet, value, units), found.get(value, 0), value in chosen)
            for value in values
        ]
        if len(choices) > 1 or chosen:
            views.append(FacetView(NAMES[facet], parameter, choices))
    return views


def _label(facet: Facet, value: str, units: Mapping[str, str]) -> str:
    if facet is Facet.UNIT:
        return units.get(value, value)
    if facet is Facet.STATE:
        labelled = RESULT.get(value) or RECORD.get(value)
        return labelled[1] if labelled else value
    return value
