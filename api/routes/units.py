"""Units and result types (đơn vị, loại giấy tờ): list, add, end."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.deps import Needs, ServiceDep
from api.schemas.lists import EndOn, TypeIn, TypeOut, UnitIn, UnitOut
from records.access import Permission
from records.actions.acting import Acting
from records.actions.types import add_type, end_type, list_types
from records.actions.units import add_unit, end_unit, list_units
from records.model import ResultType, Unit

router = APIRouter(tags=["danh mục"])
AnybodySignedIn = Annotated[Acting, Depends(Needs(None))]
UnitManager = Annotated[Acting, Depends(Needs(Permission.UNIT_MANAGE))]
TypeManager = Annotated[Acting, Depends(Needs(Permission.TYPE_MANAGE))]


@router.get("/units", summary="Danh sách đơn vị")
def get_units(service: ServiceDep, _acting: AnybodySignedIn) -> list[UnitOut]:
    """Every unit; names of offices are no secret, whoever is signed in may see them."""
    return [UnitOut.model_validate(unit) for unit in list_units(service.store)]


@router.post("/units", status_code=201, summary="Thêm đơn vị")
def post_unit(body: UnitIn, service: ServiceDep, acting: UnitManager) -> UnitOut:
    """Add a unit below one the caller manages."""
    unit = Unit(body.code, body.name, body.parent, body.valid_from)
    return UnitOut.model_validate(add_unit(service.store, acting, unit))


@router.post("/units/{code}/end", summary="Kết thúc đơn vị")
def post_unit_end(code: str, body: EndOn, service: ServiceDep, acting: UnitManager) -> UnitOut:
    """End a unit on a day."""
    return UnitOut.model_validate(end_unit(service.store, acting, code, body.on or acting.today))


@router.get("/types", summary="Danh sách loại giấy tờ")
def get_types(service: ServiceDep, _acting: AnybodySignedIn) -> list[TypeOut]:
    """Every result type."""
    return [TypeOut.model_validate(one) for one in list_types(service.store)]


@router.post("/types", status_code=201, summary="Thêm loại giấy tờ")
def post_type(body: TypeIn, service: ServiceDep, acting: TypeManager) -> TypeOut:
    """Add a result type."""
    new = ResultType(body.code, body.name, body.valid_from)
    return TypeOut.model_validate(add_type(service.store, acting, new))


@router.post("/types/{code}/end", summary="Kết thúc loại giấy tờ")
def post_type_end(code: str, body: EndOn, service: ServiceDep, acting: TypeManager) -> TypeOut:
    """End a result type on a day."""
    return TypeOut.model_validate(end_type(service.store, acting, code, body.on or acting.today))
