"""The list of best hits on Elasticsearch (danh sách đầu): ranked in two phases, counted apart.

Phase one takes the words alone, so that the server may skip whatever cannot come first; title, pairs, accents
and nearness order its first 300. The matching rule would make it visit every document that has some of the
words (measured: four times the work), so it is left to the count and checked on the rows that come back.
"""

from collections.abc import Sequence
from typing import Any

from search.elastic_schema import ROW_FIELDS, WORD_FIELDS, build_filters, match_words
from search.flow import Row, Where
from search.queries import WordPlan

RANKED = 40
"""How many of the server's best are ranked again by `search.ranking`; as good as a hundred (measured)."""
COUNTED = 1000
"""Where counting stops when only the list is asked for; facets are counted further."""
BEST = 300
"""How many hits title, pairs, accents and nearness order; the rest follow by their words alone."""
_WITH_TEXT = 50
_NEWER = {"distance_feature": {"field": "ngay", "origin": "now/d", "pivot": "3650d", "boost": 0.02}}
"""Parts equal scores by date: of many alike the newest are among those ranked again. Moves nothing else."""


def build_best_body(plan: WordPlan, where: Where, limit: int) -> dict[str, Any]:
    """The first `limit` hits, with their words, and with their text where the list is short."""
    fields = ROW_FIELDS + WORD_FIELDS + (["noi_dung"] if limit <= _WITH_TEXT else [])
    return {
        "size": limit, "track_total_hits": False, "_source": fields,
        "query": {"bool": {
            "should": _build_first(plan), "minimum_should_match": 1, "filter": build_filters(where),
        }},
        "rescore": {
            "window_size": BEST,
            "query": {"rescore_query": {"bool": {"should": _build_second(plan)}}},
        },
    }  # fmt: skip


def _build_first(plan: WordPlan) -> list[dict[str, Any]]:
    clauses = [match_words("kd", plan.folded, 1.0)]
    return [*clauses, match_words("kd", plan.others, 0.5)] if plan.others else clauses


def _build_second(plan: WordPlan) -> list[dict[str, Any]]:
    near = {"match_phrase": {"kd": {"query": " ".join(plan.folded), "slop": 50, "boost": 1.5}}}
    clauses: list[dict[str, Any]] = [match_words("td_kd", plan.folded, 0.35), near, _NEWER]
    if plan.pairs:
        clauses += [match_words("kd.doi", plan.folded, 0.85), match_words("td_kd.doi", plan.folded, 0.2975)]
    if plan.accented:
        clauses.append(match_words("cd", plan.accented, plan.exact_weight))
    return clauses


def keep_within_rule(plan: WordPlan, rows: Sequence[Row]) -> list[Row]:
    """The rows that have as many of the query's words as the matching rule requires."""
    wanted = set(plan.distinct)
    return [row for row in rows if len(wanted.intersection(row.folded.split(" "))) >= plan.required]
