"""`sohoa search`, `sohoa lookup` (tìm kiếm, tra cứu tái sử dụng)."""

from typing import Annotated

import typer

from api.cli.acting import CHANNEL, act_as, open_service
from api.cli.options import AsJson, AsLogin, parse_day
from api.cli.output import EXIT_MISSING, EXIT_REFUSED, Row, print_item, print_json, print_rows
from api.finding import run_lookup, run_search
from api.questions import build_request
from api.schemas.reuse import LookupOut
from api.schemas.search import SearchOut, SearchQuery
from api.wiring import Service
from records.access import Permission, Principal
from records.actions.acting import Acting
from records.errors import StoreUnavailable
from records.identifiers import parse_owner
from records.ports import LookupPurpose, LookupQuestion
from search.decision import DecisionCode
from search.index import Hit
from search.lookup import build_inquiry
from search.needs import LookupAnswer

HITS = {"number": "Số, ký hiệu", "issued": "Ngày", "title": "Tên", "issuer": "Cơ quan", "text": "Đoạn trích"}
ANSWER = {
    "code": "Kết luận", "reason_vi": "Lý do", "pending": "Đang xử lý", "candidates": "Kết quả",
}  # fmt: skip


def search_command(
    words: Annotated[list[str], typer.Argument(metavar="TỪ…")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="Số kết quả.")] = 20,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Tìm hồ sơ theo từ (có dấu hoặc không) hoặc theo số, ký hiệu; chỉ trong phạm vi của tài khoản."""
    with open_service() as service:
        acting = act_as(service, login)
        acting.principal.scope(Permission.SEARCH)
        page = run_search(service, acting, build_request(acting, SearchQuery(q=" ".join(words), limit=limit)))
    if as_json:
        print_json(SearchOut.model_validate(page).model_dump(mode="json"))
        return
    print_rows([_hit_row(hit) for hit in page.hits], HITS, as_json=False)


def lookup_command(
    owner: Annotated[str, typer.Option("--owner", metavar="SỐ_ĐỊNH_DANH", help="Chủ thể, chính xác.")],
    type_code: Annotated[str, typer.Option("--type", metavar="MÃ", help="Loại kết quả.")],
    dossier: Annotated[str, typer.Option("--dossier", metavar="MÃ", help="Mã hồ sơ đang giải quyết.")] = "",
    procedure: Annotated[str, typer.Option("--procedure", metavar="MÃ", help="Mã thủ tục hành chính.")] = "",
    legal_basis: Annotated[str, typer.Option("--legal-basis", help="Căn cứ pháp lý.")] = "",
    scheme: Annotated[
        str, typer.Option("--scheme", help="cccd, cmnd, mst, to_chuc; bỏ trống: tự nhận.")
    ] = "",
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="NGÀY", help="Tại ngày; mặc định nay.")
    ] = None,
    login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Tra cứu kết quả có giá trị tái sử dụng; phải nêu mã hồ sơ và mã thủ tục."""
    with open_service(prepare=False) as service:
        service.migrate_if_new()
        purpose = LookupPurpose(dossier, procedure, legal_basis) if dossier or procedure else None
        question = LookupQuestion(parse_owner(scheme, owner), type_code, parse_day(as_of), purpose)
        answer = LookupOut.model_validate(_ask(service, login, question))
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        print_item(_answer_row(answer), ANSWER, as_json=False)
    if answer.code is DecisionCode.NO_ANSWER:
        raise typer.Exit(EXIT_MISSING)
    if answer.code in {DecisionCode.NO_PURPOSE, DecisionCode.NOT_ALLOWED}:
        raise typer.Exit(EXIT_REFUSED)


def _ask(service: Service, login: str | None, question: LookupQuestion) -> LookupAnswer:
    """The answer; with the database out of reach the account is not known and nothing is concluded."""
    try:
        acting = act_as(service, login)
    except StoreUnavailable:
        named = Principal(login or "", login or "", "unverified", {})
        nobody = Acting(named, service.clock.now(), CHANNEL)
        return service.lookup.put_off(nobody, build_inquiry(question)).answers[0]
    return run_lookup(service, acting, question)


def _hit_row(hit: Hit) -> Row:
    return {
        "number": hit.number,
        "issued": hit.issued.isoformat() if hit.issued else None,
        "title": hit.title,
        "issuer": hit.issuer,
        "text": " … ".join(fragment.text for fragment in hit.fragments)[:200],
    }


def _answer_row(answer: LookupOut) -> Row:
    found = [f"{one.number} ngày {one.issued:%d/%m/%Y}, {one.issuer}" for one in answer.candidates]
    return {
        "code": answer.code.value,
        "reason_vi": answer.reason_vi,
        "pending": answer.pending,
        "candidates": found or None,
    }
