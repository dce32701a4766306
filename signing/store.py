"""The document security store (kho dữ liệu kiểm tra lâu dài), ETSI EN 319 142-1 clause 5.4."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils import generic

from signing.objects import find_value
from signing.revocation import RevocationData, Statement, read_statement

_MAXIMUM_ITEMS = 300
_MAXIMUM_BYTES = 64 * 1024 * 1024


def read_store(root: generic.DictionaryObject) -> RevocationData:
    """Lists, OCSP responses and certificates of a catalog's /DSS; an unreadable entry is left out."""
    statements: list[Statement] = []
    certificates: list[x509.Certificate] = []
    left = _MAXIMUM_BYTES
    with suppress(Exception):  # a hostile store may be anything; then it holds nothing
        for kind, data in _iter_items(find_value(root, "/DSS")):
            left -= len(data)
            if left < 0:
                break
            with suppress(Exception):
                if kind == "Cert":
                    certificates.append(x509.Certificate.load(data, strict=True))
                else:
                    statements.append(read_statement(data, is_list=kind == "CRL", origin="document"))
    return RevocationData(tuple(statements), tuple(certificates))


def _iter_items(store: Any) -> Iterator[tuple[str, bytes]]:
    """(kind, bytes) of every stream, each once: of the store first, then of the entries by signature."""
    seen: set[Any] = set()
    entries = find_value(store, "/VRI") or {}
    parts = [(store, "s"), *((entries[key], "") for key in list(entries)[:_MAXIMUM_ITEMS])]
    for part, plural in parts:
        for kind in ("OCSP", "CRL", "Cert"):
            for item in find_value(part, f"/{kind}{plural}") or ():
                stream = item.get_object()
                mark = getattr(stream, "container_ref", None) or id(stream)
                if mark not in seen and len(seen) < _MAXIMUM_ITEMS:
                    seen.add(mark)
                    yield kind, stream.data
