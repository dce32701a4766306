"""From user text to a query plan (kế hoạch truy vấn), the same for every back end.

**The matching rule**, one for hits, totals and facets: of the distinct folded words of the query all are
required up to four, above that 40 % of them and never fewer than four. When nothing matches, half of the
words will do and the page says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from search.correction import Correction, FindVisible, correct_words
from search.errors import BadQuery
from search.index import MAX_LIMIT, MAX_OFFSET, SearchRequest
from search.numbers import NumberQuery, parse_number_query
from search.text import to_nfc, word_forms, word_pairs
from search.vocabulary import Vocabulary

_ALL_REQUIRED_UP_TO = 4
_REQUIRED_SHARE = 0.4
_SHORT = 3
_MAX_CHARACTERS = 2000
_MAX_WORDS = 60


@dataclass(frozen=True, slots=True)
class WordPlan:
    """Words to search for (kế hoạch theo từ).

    `folded`: the query's words in order, corrected; `distinct` the same once each; `accented`: exact forms
    that rank, empty when the query has no accent; `others`: further candidates for unknown words.
    """

    folded: tuple[str, ...]
    accented: tuple[str, ...]
    others: tuple[str, ...]
    required: int

    @property
    def exact_weight(self) -> float:
        """How much accents count: more in a short query, where "tỉnh" must not mean "tình"."""
        return 2.0 if len(self.folded) <= _SHORT else 0.5

    @property
    def distinct(self) -> tuple[str, ...]:
        """Each folded word once, in order."""
        return tuple(dict.fromkeys(self.folded))

    @property
    def pairs(self) -> tuple[str, ...]:
        """Neighbouring words of the query, each pair once, in order."""
        return tuple(dict.fromkeys(word_pairs(list(self.folded))))

    def relaxed(self) -> "WordPlan":
        """The same with half of the words required."""
        return replace(self, required=(len(self.distinct) + 1) // 2)


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """How a text is to be searched (kế hoạch): as a number first, if it looks like one, then as words.

    `typed` are the exact words as typed; `is_corrected` says that some occur nowhere and others took their
    place.
    """

    number: NumberQuery | None
    words: WordPlan | None
    typed: tuple[str, ...] = ()
    is_corrected: bool = False


def required_words(distinct: int) -> int:
    """How many of so many distinct words a document must have to be a hit."""
    if distinct <= _ALL_REQUIRED_UP_TO:
        return distinct
    return max(_ALL_REQUIRED_UP_TO, int(distinct * _REQUIRED_SHARE))


def gate_accents(exact: list[str], folded: list[str]) -> tuple[str, ...]:
    """The exact words that may rank: none without accents, all when half carry one, else only those.

    Without this gate words that have no accent count twice and sink queries typed without accents.
    """
    marked = [word for word, plain in zip(exact, folded, strict=True) if word != plain]
    return tuple(exact if len(marked) * 2 >= len(exact) else marked)


def check_request(request: SearchRequest) -> None:
    """Raise `BadQuery` for a page out of reach."""
    if (
        request.offset < 0
        or not (0 if request.facets else 1) <= request.limit <= MAX_LIMIT
        or request.offset + request.limit > MAX_OFFSET
    ):
        raise BadQuery(
            f"Theo số trang chỉ tới được {MAX_OFFSET} kết quả đầu, mỗi trang 1 đến {MAX_LIMIT}; "
            "muốn xem tiếp hãy đi từng trang bằng “Trang sau”, hoặc lọc hẹp hơn.",
            offset=request.offset, limit=request.limit,
        )  # fmt: skip


def build_word_plan(folded: Sequence[str], accented: Sequence[str] = ()) -> WordPlan:
    """A plan for these folded words under the matching rule."""
    words = WordPlan(tuple(folded), tuple(accented), (), 0)
    return replace(words, required=required_words(len(words.distinct)))


def build_plan(
    text: str, vocabulary: Vocabulary, find_visible: FindVisible, *, literal: bool = False
) -> QueryPlan:
    """The plan for a user's text; anything in it that is no letter or digit only parts words.

    `literal` keeps words that occur nowhere.
    """
    text = to_nfc(text)[:_MAX_CHARACTERS]
    exact, folded = (forms[:_MAX_WORDS] for forms in word_forms(text))
    if not folded:
        return QueryPlan(None, None)
    correction = Correction(tuple(folded)) if literal else correct_words(folded, vocabulary, find_visible)
    words = build_word_plan(correction.words, gate_accents(exact, folded))
    words = replace(words, others=correction.others)
    return QueryPlan(parse_number_query(text), words, tuple(exact), correction.is_changed)
