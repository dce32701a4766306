"""`sohoa eval`: lets anyone score search and reuse on files of their own (đánh giá chất lượng).

The commands run the code behind the API on scratch indices and stores, which are removed afterwards.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import uuid4

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from api.cli.options import AsJson
from api.cli.output import EXIT_MISSING, EXIT_REFUSED, EXIT_WRONG_USE, print_json, say
from api.cli.scores import Judgements, Scores, read_judgements
from api.settings import load_settings
from api.wiring import SystemClock
from records.access import Permission, Principal, Scope
from records.actions.acting import Acting
from records.errors import InvalidIdentifier
from records.identifiers import parse_owner
from records.model import Result
from records.ports import LookupPurpose, LookupQuestion, OwnerKey
from records.states import Confidentiality, ResultState, SignatureValue
from search.access import AccessScope
from search.document import IndexDocument
from search.errors import IndexUnavailable
from search.index import SearchIndex, SearchRequest

eval_app = typer.Typer(
    help="Đo chất lượng tìm kiếm và tái sử dụng trên dữ liệu của bạn.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

FORMS = ("original", "stripped", "half", "typo", "ocr", "equiv")
_DEPTH = 100
_CHUNK = 500
_EVERYTHING = AccessScope(Scope(None), owner=Scope(None))
_Item = Mapping[str, Any]

InputFile = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Tệp JSON, mỗi dòng một mục.")]
OutputFile = Annotated[Path, typer.Option(dir_okay=False, help="Tệp kết quả, mỗi dòng một mục JSON.")]
Judged = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Tệp qrels để chấm điểm.")]
Backend = Annotated[str, typer.Option(help="embedded hoặc elastic.")]


class _Refusals:
    """Lines that could not be used, told one by one on standard error."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, path: Path, number: int, why: str) -> None:
        """Say which line and why."""
        self.count += 1
        say(f"{path.name}, dòng {number}: bỏ qua, {why}.")

    def finish(self) -> None:
        """End the command with exit 1 when any line was refused."""
        if self.count:
            raise typer.Exit(EXIT_REFUSED)


def _iter_items(path: Path, needed: Iterable[str], refusals: _Refusals) -> Iterator[_Item]:
    """The JSON objects of a file that have the needed keys."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                item = json.loads(line)
            except ValueError:
                refusals.add(path, number, "không phải JSON")
                continue
            missing = [key for key in needed if not isinstance(item, dict) or key not in item]
            if missing:
                refusals.add(path, number, f"thiếu {', '.join(missing)}")
            else:
                yield item


@contextmanager
def _scratch_index(backend: str) -> Generator[SearchIndex]:
    """An empty index of its own; removed afterwards. Exit 3 when the server is not set or silent."""
    if backend == "embedded":
        from records.sql.engine import make_engine
        from search.embedded import EmbeddedIndex

        with tempfile.TemporaryDirectory(prefix="sohoa-eval-") as folder:
            engine = make_engine(f"sqlite:///{folder}/index.db")
            yield EmbeddedIndex(engine)
            engine.dispose()
        return
    if backend != "elastic":
        say("--backend phải là embedded hoặc elastic.")
        raise typer.Exit(EXIT_WRONG_USE)
    yield from _scratch_elastic()


def _scratch_elastic() -> Iterator[SearchIndex]:
    from search.elastic import ElasticIndex, make_client

    given = load_settings().search
    if not given.addresses:
        say("Cần SOHOA_SEARCH__URL trỏ tới máy chủ Elasticsearch.")
        raise typer.Exit(EXIT_MISSING)
    password = given.password.get_secret_value() if given.password else ""
    ca_file = str(given.ca_file) if given.ca_file else None
    client = make_client(given.addresses, given.username or "", password, ca_file)
    index = ElasticIndex(client, f"sohoa-eval-{uuid4().hex[:12]}")
    try:
        say(index.check())
        index.ensure()
    except IndexUnavailable as error:
        say(f"{error.text_vi} (SOHOA_SEARCH__URL)")
        raise typer.Exit(EXIT_MISSING) from error
    try:
        yield index
    finally:
        index.remove()


def _tell(scores: Scores, *, as_json: bool) -> None:
    if as_json:
        print_json(scores.rows())
    else:
        scores.print()


_Given = TypeVar("_Given")


def _show(items: Iterable[_Given], text: str) -> Iterator[_Given]:
    """The items, with how many there have been on standard error."""
    columns = TextColumn("{task.description}"), TextColumn("{task.completed:.0f}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=2) as bar:
        yield from bar.track(items, description=text)


def _load(index: SearchIndex, documents: Iterable[IndexDocument]) -> None:
    chunk: list[IndexDocument] = []
    count = 0
    for document in _show(documents, "Nạp tài liệu"):
        chunk.append(document)
        if len(chunk) == _CHUNK:
            index.upsert(chunk)
            count += len(chunk)
            chunk = []
    index.upsert(chunk)
    index.refresh()
    say(f"Đã nạp {count + len(chunk)} tài liệu.")


def _rank(index: SearchIndex, text: str) -> tuple[list[str], float]:
    """Ids of up to 100 hits, best first, and the milliseconds taken."""
    start = time.perf_counter()
    page = index.search(SearchRequest(text, _EVERYTHING, limit=_DEPTH, highlight=False))
    return [hit.id for hit in page.hits], round((time.perf_counter() - start) * 1000, 3)


def _write_line(out: Any, line: Mapping[str, Any]) -> None:
    out.write(json.dumps(line, ensure_ascii=False) + "\n")


@eval_app.command("search")
def search_command(
    documents: InputFile,
    queries: InputFile,
    out: OutputFile,
    backend: Backend = "embedded",
    qrels: Judged = None,
    as_json: AsJson = False,
) -> None:
    """Chạy mọi câu hỏi ở mọi dạng gõ; có --qrels thì in nDCG@10 và recall@100 theo bộ và dạng."""
    refusals = _Refusals()
    scores = Scores(read_judgements(qrels) if qrels else Judgements())
    with _scratch_index(backend) as index, out.open("w", encoding="utf-8") as lines:
        items = _iter_items(documents, ("id", "title", "body"), refusals)
        _load(index, (IndexDocument(item["id"], 1, item["title"], item["body"]) for item in items))
        for item in _show(_iter_items(queries, ("id", "original"), refusals), "Hỏi"):
            for form in (form for form in FORMS if form in item):
                ranked, milliseconds = _rank(index, item[form])
                _write_line(lines, {"id": item["id"], "form": form, "ranked": ranked, "ms": milliseconds})
                scores.add(str(item.get("set", "")), form, item["id"], ranked)
    _tell(scores, as_json=as_json)
    refusals.finish()


@eval_app.command("numbers")
def numbers_command(
    documents: InputFile,
    queries: InputFile,
    out: OutputFile,
    backend: Backend = "embedded",
    qrels: Judged = None,
    as_json: AsJson = False,
) -> None:
    """Chạy các câu hỏi số, ký hiệu; có --qrels thì in điểm theo dạng viết."""
    refusals = _Refusals()
    scores = Scores(read_judgements(qrels) if qrels else Judgements())
    with _scratch_index(backend) as index, out.open("w", encoding="utf-8") as lines:
        _load(index, map(_build_numbered, _iter_items(documents, ("id", "so_ky_hieu"), refusals)))
        for item in _show(_iter_items(queries, ("id", "query"), refusals), "Hỏi"):
            ranked, milliseconds = _rank(index, item["query"])
            _write_line(lines, {"id": item["id"], "ranked": ranked, "ms": milliseconds})
            scores.add("", str(item.get("form", "")), item["id"], ranked)
    _tell(scores, as_json=as_json)
    refusals.finish()


def _build_numbered(item: _Item) -> IndexDocument:
    issued = item.get("ngay_ban_hanh")
    return IndexDocument(
        item["id"], 1, title=item.get("trich_yeu") or "", number=item["so_ky_hieu"],
        kind=item.get("loai") or "", issuer=item.get("co_quan") or "",
        issued=date.fromisoformat(issued) if issued else None,
    )  # fmt: skip


_RESULT_KEYS = (
    "id",
    "owner",
    "result_type",
    "unit",
    "number",
    "issued",
    "status",
    "signature",
    "confidentiality",
)
_LOOKUP_KEYS = ("id", "owner", "result_type", "as_of", "purpose", "caller")
_NO_RIGHTS = "khong_duoc_cap_quyen"


@eval_app.command("reuse")
def reuse_command(
    results: InputFile,
    lookups: InputFile,
    out: OutputFile,
    backend: Backend = "embedded",
    as_json: AsJson = False,
) -> None:
    """Nạp kết quả vào kho tạm rồi hỏi từng câu; quyết định chỉ dựa vào cơ sở dữ liệu."""
    refusals, decisions = _Refusals(), Counter[str]()
    with (
        # Decides nothing; a server that was asked for and does not answer is told all the same.
        _scratch_index(backend),
        tempfile.TemporaryDirectory(prefix="sohoa-eval-") as folder,
        out.open("w", encoding="utf-8") as lines,
    ):
        ask = _open_lookup(Path(folder), _iter_items(results, _RESULT_KEYS, refusals))
        for item in _show(_iter_items(lookups, _LOOKUP_KEYS, refusals), "Tra cứu"):
            start = time.perf_counter()
            decision, ids = ask(item)
            milliseconds = round((time.perf_counter() - start) * 1000, 3)
            _write_line(lines, {"id": item["id"], "decision": decision, "ids": ids, "ms": milliseconds})
            decisions[decision] += 1
    if as_json:
        print_json(decisions)
    refusals.finish()


def _open_lookup(folder: Path, items: Iterable[_Item]) -> Callable[[_Item], tuple[str, list[str]]]:
    """The lookup service over a scratch store that holds these results."""
    from records.journal import Journal
    from records.sql.engine import make_engine
    from records.sql.migrate import migrate
    from records.sql.unit_of_work import SqlStore
    from search.lookup import LookupService

    engine = make_engine(f"sqlite:///{folder}/records.db")
    migrate(engine)
    store = SqlStore(engine, clock=SystemClock())
    with store.write() as work:
        for item in items:
            work.results.add(_build_result(item))
        work.commit()
    service = LookupService(store, Journal(folder / "journal.jsonl"), uuid4().bytes, seconds=5.0)

    def ask(item: _Item) -> tuple[str, list[str]]:
        answer = service.lookup(_build_caller(item["caller"]), _build_question(item))
        return answer.code.value, [candidate.id for candidate in answer.candidates]

    return ask


def _build_owner(text: str) -> OwnerKey:
    """The exact owner; one of unknown form is compared as it stands."""
    try:
        return parse_owner("", text)
    except InvalidIdentifier:
        return OwnerKey("to_chuc", text)


def _build_result(item: _Item) -> Result:
    owner, now = _build_owner(item["owner"]), datetime.now(UTC)
    issued, until = date.fromisoformat(item["issued"]), item.get("valid_to")
    return Result(
        id=item["id"], record_id=None, owner_scheme=owner.scheme, owner_id=owner.id,
        type_code=item["result_type"], unit=item["unit"], number=item["number"], issuer="", issued=issued,
        valid_from=issued, valid_to=date.fromisoformat(until) if until else None,
        state=ResultState(item["status"]), signature=SignatureValue(item["signature"]),
        confidentiality=Confidentiality(item["confidentiality"]),
        visible_from=date.fromisoformat(item.get("visible_from") or item["issued"]),
        created_at=now, updated_at=now,
        title=item.get("result_name") or "",
    )  # fmt: skip


def _build_caller(name: str) -> Acting:
    """A machine client; one caller has no agreement, the others may ask for every type."""
    reach = {} if name == _NO_RIGHTS else {Permission.LOOKUP: Scope(None)}
    return Acting(Principal(name, name, "machine", reach), datetime.now(UTC), "cli")


def _build_question(item: _Item) -> LookupQuestion:
    """The question; its purpose is `<procedure>:<dossier>`."""
    procedure, _, dossier = (item["purpose"] or "").partition(":")
    purpose = LookupPurpose(dossier or procedure, procedure) if procedure else None
    return LookupQuestion(
        _build_owner(item["owner"]), item["result_type"], date.fromisoformat(item["as_of"]), purpose
    )
