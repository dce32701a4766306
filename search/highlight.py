"""Where the words of a query stand (tô sáng): in a text, and among the words of a scanned page.

Matching is on the folded form, so an accent the reader got wrong does not lose the mark.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from search.index import Fragment
from search.text import Word, find_words, word_forms

_FRAGMENT_LENGTH = 160
_MAX_TEXT = 1_000_000


def find_word_matches(query: str, words: Sequence[str]) -> list[range]:
    """Index ranges of `words` that match the query, in order, neighbouring matches as one range.

    `words` are the words of a page or of many pages in reading order, so a phrase over a line or page
    break is one range. A word as printed may hold several parts ("QĐ-UBND"); one matching part suffices.
    """
    wanted = set(word_forms(query)[1])
    ranges: list[range] = []
    for at, printed in enumerate(words):
        if wanted.isdisjoint(word_forms(printed)[1]):
            continue
        if ranges and ranges[-1].stop == at:
            ranges[-1] = range(ranges[-1].start, at + 1)
        else:
            ranges.append(range(at, at + 1))
    return ranges


def find_telling_matches(query: str, words: Sequence[str]) -> list[range]:
    """The matches worth going to, in order: with several words asked for, where two or more stand together.

    Single words when none do; "của" alone is no hit for "quyết định của ủy ban".
    """
    matches = find_word_matches(query, words)
    wanted = set(word_forms(query)[1])

    def count(match: range) -> int:
        return len(wanted & {folded for at in match for folded in word_forms(words[at])[1]})

    together = [match for match in matches if count(match) > 1]
    return together if len(wanted) > 1 and together else matches


def _best_start(matches: Sequence[Word]) -> int:
    """Index of the match from which a fragment holds the most different words; the first of the best."""
    best, most, end = 0, 0, 0
    inside: Counter[str] = Counter()
    for at, first in enumerate(matches):
        while end < len(matches) and matches[end].end <= first.start + _FRAGMENT_LENGTH:
            inside[matches[end].folded] += 1
            end += 1
        if len(inside) > most:
            best, most = at, len(inside)
        # A word longer than a fragment was never counted.
        inside[first.folded] -= 1
        if inside[first.folded] <= 0:
            del inside[first.folded]
        end = max(end, at + 1)
    return best


def _cut(text: str, matches: Sequence[Word]) -> tuple[Fragment, int, int]:
    """A fragment from a little before the first match, and where it begins and ends in the text."""
    start = max(0, matches[0].start - 40)
    if start:
        start = text.find(" ", start, matches[0].start) + 1 or matches[0].start
    end = min(len(text), start + _FRAGMENT_LENGTH)
    if end < len(text):
        end = max(text.rfind(" ", start, end), matches[0].end)
    inside = [word for word in matches if start <= word.start and word.end <= end]
    piece = "".join(" " if c in "\r\n\t\f" else c for c in text[start:end])
    return Fragment(piece, tuple((word.start - start, word.end - start) for word in inside)), start, end


def build_fragments(text: str, folded: Collection[str], count: int = 2) -> tuple[Fragment, ...]:
    """Up to `count` pieces of an NFC text around matching words; none when nothing matches."""
    wanted = set(folded)
    matches = find_words(text[:_MAX_TEXT], wanted)[:2000]
    fragments: list[Fragment] = []
    while matches and len(fragments) < count:
        fragment, start, end = _cut(text, matches[_best_start(matches) :])
        fragments.append(fragment)
        matches = [word for word in matches if word.start >= end or word.end <= start]
    return tuple(fragments)
