"""What the index holds of a record (bản ghi chỉ mục): built from the record, never the other way round."""

from dataclasses import dataclass
from datetime import date

from records.states import Confidentiality
from search.errors import BadQuery
from search.numbers import build_number_keys, build_number_order
from search.sorting import build_sort_key
from search.text import to_nfc, word_forms

INDEXED_CLASSES = (Confidentiality.NORMAL, Confidentiality.RESTRICTED)


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One searchable record (tài liệu trong chỉ mục).

    `version` is the record's; a lower one never overwrites a higher one. `unit_path` is the unit and every
    unit above it, nearest first. `owner_key` is a keyed hash, matched whole and only for whoever may search
    by owner. `pages` are page texts; when given they stand for `body`. Raises `BadQuery` for a class that
    must never be indexed.
    """

    id: str
    version: int
    title: str = ""
    body: str = ""
    number: str = ""
    issuer: str = ""
    kind: str = ""
    issued: date | None = None
    unit: str = ""
    unit_path: tuple[str, ...] = ()
    secrecy: Confidentiality = Confidentiality.NORMAL
    signer: str = ""
    result_type: str = ""
    state: str = ""
    owner_key: str | None = None
    pages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.secrecy not in INDEXED_CLASSES:
            raise BadQuery("Tài liệu mật không được đưa vào chỉ mục.", document=self.id)

    @property
    def text(self) -> str:
        """Title and body in NFC, one text, as snippets are cut from it."""
        return to_nfc("\n".join((self.title, *(self.pages or (self.body,)))))


@dataclass(frozen=True, slots=True)
class IndexedWords:
    """The words of a document as both back ends store them (từ đã chuẩn hoá), joined by single spaces."""

    exact: str
    folded: str
    title_folded: str
    count: int


def build_words(document: IndexDocument) -> IndexedWords:
    """Exact and folded words of title and body, and the folded words of the title."""
    exact, folded = word_forms(document.text)
    _, title = word_forms(document.title)
    return IndexedWords(" ".join(exact), " ".join(folded), " ".join(title), len(folded))


def document_number_keys(document: IndexDocument) -> tuple[str, ...]:
    """Exact keys of the document's number (khoá số, ký hiệu)."""
    return build_number_keys(document.number, document.kind)


def document_number_order(document: IndexDocument) -> str:
    """Sort key of the document's number."""
    return build_number_order(document.number)


def document_title_order(document: IndexDocument) -> str:
    """Sort key of the document's title."""
    return build_sort_key(document.title)
