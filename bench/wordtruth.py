"""Which of the words that were read are right (đánh dấu từ đọc đúng), by the lines that are printed."""

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from bench.textscore import match_lines, normalise


def mark_right_words(lines: Sequence[str], words: Sequence[str]) -> list[bool]:
    """Whether each word, in reading order, stands so in the true line it was read from; junk is wrong.

    Words that fold to nothing (a stray mark) are wrong too.
    """
    texts = [normalise(word) for word in words]
    places = _find_places(texts)
    true_lines = [text for line in lines if (text := normalise(line))]
    matches, _left = match_lines(true_lines, " ".join(filter(None, texts)))
    right = [False] * len(words)
    for line, match in zip(true_lines, matches, strict=True):
        if match is None:
            continue
        inside = [
            number
            for number, (start, end) in enumerate(places)
            if start < end and start < match.end and end > match.start
        ]
        parts = [part for number in inside for part in texts[number].split()]
        owners = [number for number in inside for _ in texts[number].split()]
        for code in Levenshtein.opcodes(line.split(), parts):
            if code.tag == "equal":
                for place in range(code.dest_start, code.dest_end):
                    right[owners[place]] = True
    return right


def _find_places(texts: Sequence[str]) -> list[tuple[int, int]]:
    """First and last character of each word in the text joined by spaces; nothing for an empty word."""
    places: list[tuple[int, int]] = []
    at = 0
    for text in texts:
        places.append((at, at + len(text)))
        at += len(text) + 1 if text else 0
    return places
