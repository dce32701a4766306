"""What reading and operating an Elasticsearch index share (kết nối Elasticsearch): client, errors, names.

Two classes of documents lie in two indices, because term statistics would leak restricted text. Each class
has a reading alias `<prefix>-<class>` and a writing alias `<prefix>-<class>-ghi` that during a rebuild covers
the old and the new physical index.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.helpers import BulkIndexError

from records.states import Confidentiality
from search.elastic_schema import build_index_body
from search.errors import BadQuery, IndexUnavailable

_READ_SECONDS = 5.0
_ADMIN_SECONDS = 60.0


@contextmanager
def wrapped() -> Generator[None]:
    """Elasticsearch's exceptions as ours: a refused query is the caller's, everything else an outage."""
    try:
        yield
    except BadRequestError as exc:
        raise BadQuery("Máy chủ tìm kiếm từ chối yêu cầu.") from exc
    except ApiError as exc:
        raise IndexUnavailable(status=exc.status_code) from exc
    except (TransportError, BulkIndexError) as exc:
        raise IndexUnavailable from exc


def make_client(
    urls: Sequence[str],
    username: str = "",
    password: str = "",
    ca_file: str | None = None,
    seconds: float = _READ_SECONDS,
) -> Elasticsearch:
    """A client for these nodes that waits `seconds` for an answer; nothing is sent yet.

    TLS certificates are always verified.
    """
    options: dict[str, Any] = {"request_timeout": seconds, "max_retries": 3}
    if username:
        options["basic_auth"] = (username, password)
    if ca_file:
        options["ca_certs"] = ca_file
    return Elasticsearch(list(urls), **options)


class ElasticBase:
    """The client and the names of aliases; `prefix` names them and their indices."""

    def __init__(self, client: Elasticsearch, prefix: str = "kq", *, shards: int = 1) -> None:
        self._client = client
        self.prefix = prefix
        self._body = build_index_body(shards)

    @property
    def _patient(self) -> Elasticsearch:
        """The client for making, switching and removing indices, which a busy cluster takes its time for."""
        return self._client.options(request_timeout=_ADMIN_SECONDS)

    def _alias(self, secrecy: Confidentiality) -> str:
        return f"{self.prefix}-{secrecy.value.replace('_', '-')}"

    def _writing_alias(self, secrecy: Confidentiality) -> str:
        return f"{self._alias(secrecy)}-ghi"

    def _behind(self, alias: str) -> list[str]:
        """Physical indices behind an alias."""
        with wrapped():
            try:
                return sorted(self._client.indices.get_alias(name=alias).body)
            except NotFoundError as exc:
                raise IndexUnavailable("Chưa tạo chỉ mục; hãy chạy `sohoa reindex`.", alias=alias) from exc
