"""Generated papers for load and scale (văn bản sinh tự động): invented, the same for the same seed.

Sentences are made once, of syllables as Vietnamese builds them and with the uneven frequencies of real text;
a document recombines a dozen of them. So a million pages are made in a minute, with the body that the index
stores prepared from its sentences' own words.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any

from records.states import Confidentiality
from search.document import IndexDocument
from search.elastic_schema import build_source
from search.text import to_nfc, word_forms

_ONSETS = "b c ch d đ g gi h kh l m n ng nh ph qu s t th tr v x".split()  # noqa: SIM905 - readable as it stands
_RHYMES = (  # noqa: SIM905 - readable as it stands
    "a ai an ang anh ao ăn ăng âm ân âp ât âu em ên ênh i iên iêt iêu im in inh o oa oan oang oi on ong ô ôi "
    "ôn "
    "ông ơ ơi ơn u ui un ung uôn uông uyên ư ưa ươi ươn ương ưu y yên"
).split()
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0323")
_ACTS = (
    "thu hồi đất", "giao đất", "cấp giấy phép xây dựng", "hỗ trợ tái định cư", "phê duyệt quy hoạch chi tiết",
    "công nhận kết quả thi tuyển", "bổ nhiệm cán bộ quản lý", "chuyển mục đích sử dụng đất",
    "khen thưởng tập thể", "thành lập hội đồng thẩm định", "cấp giấy xác nhận cư trú", "điều chỉnh dự toán",
)  # fmt: skip
_KINDS = (("Quyết định", "QĐ"), ("Thông báo", "TB"), ("Kế hoạch", "KH"), ("Giấy phép xây dựng", "GPXD"))
_FRAMES = ("trường hợp này", "thì", "thế nào", "theo quy định", "của cơ quan", "phải nộp hồ sơ")
UNITS = tuple(f"H15.{number:02d}" for number in range(1, 41))
_SENTENCES = 40_000
_WORDS = 9_000
_IN_A_PAGE = 17
_FIRST_DAY = date(2016, 1, 1)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as written, and its exact and folded words joined by spaces."""

    text: str
    exact: str
    folded: str
    count: int


class Papers:
    """Makes documents and questions by number (kho văn bản sinh tự động)."""

    def __init__(self, seed: int = 20260401, sentences: int = _SENTENCES) -> None:
        self._seed = seed
        self._size = sentences

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Every sentence; about 25 syllables each, drawn after Zipf's law."""
        chance = random.Random(self._seed)
        words = _make_words(chance)
        weights = list(accumulate(1 / (rank + 8) for rank in range(len(words))))
        found: list[Sentence] = []
        for _ in range(self._size):
            text = " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(10, 18)))
            # Questions are asked in words that papers use.
            text = f"{text} {chance.choice(_FRAMES)}" if chance.random() < 0.3 else text
            text = f"{text[0].upper()}{text[1:]}."
            exact, folded = word_forms(text)
            found.append(Sentence(text, " ".join(exact), " ".join(folded), len(folded)))
        return found

    def build_document(self, number: int) -> IndexDocument:
        """The document of that number, a page of about 2,000 characters."""
        document, chosen = self._build(number)
        return _with_body(document, "\n".join(sentence.text for sentence in chosen))

    def build_body(self, number: int) -> dict[str, Any]:
        """What the index stores of that document, as `build_source` makes it, in a fraction of the time."""
        document, chosen = self._build(number)
        source = build_source(document)
        source["kd"] = " ".join([source["kd"], *(sentence.folded for sentence in chosen)])
        source["cd"] = " ".join([source["cd"], *(sentence.exact for sentence in chosen)])
        source["noi_dung"] = "\n".join([document.title, *(sentence.text for sentence in chosen)])
        source["dai"] += sum(sentence.count for sentence in chosen)
        return source

    def build_question(self, number: int) -> str:
        """A full question of about 15 syllables; every other one without accents."""
        chance = random.Random(f"{self._seed} question {number}")
        spoken = chance.choice(self.sentences).text.rstrip(".").split()
        start = chance.randint(0, max(0, len(spoken) - 9))
        text = f"Trường hợp {' '.join(spoken[start : start + 9])} thì {chance.choice(_ACTS)} thế nào"
        return text if number % 2 else " ".join(word_forms(text)[1])

    def _build(self, number: int) -> tuple[IndexDocument, list[Sentence]]:
        chance = random.Random(self._seed * 1_000_003 + number)
        kind, sign = chance.choice(_KINDS)
        chosen = chance.choices(self.sentences, k=_IN_A_PAGE)
        unit = chance.choice(UNITS)
        issued = _FIRST_DAY + timedelta(days=chance.randrange(3600))
        title = f"{kind} về việc {chance.choice(_ACTS)} {' '.join(chosen[0].text.split()[:6]).rstrip('.')}"
        is_restricted = number % 50 == 0
        document = IndexDocument(
            f"g{number:07d}", 1, title, "", f"{chance.randint(1, 4000)}/{sign}-UBND", f"UBND {unit}", kind,
            issued, unit, (unit, "H15"),
            Confidentiality.RESTRICTED if is_restricted else Confidentiality.NORMAL, state="da_xac_nhan",
        )  # fmt: skip
        return document, chosen


def _with_body(document: IndexDocument, body: str) -> IndexDocument:
    return IndexDocument(
        document.id, document.version, document.title, body, document.number, document.issuer, document.kind,
        document.issued, document.unit, document.unit_path, document.secrecy, state=document.state,
    )  # fmt: skip


def _make_words(chance: random.Random) -> list[str]:
    """Words of one to three syllables; frequent ones are short, as in real text."""
    syllables = [_make_syllable(chance) for _ in range(3_500)]
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(syllables))))
    counts = chance.choices((1, 2, 3), weights=(30, 62, 8), k=_WORDS)
    return [" ".join(chance.choices(syllables, cum_weights=weights, k=count)) for count in counts]


def _make_syllable(chance: random.Random) -> str:
    onset, rhyme, tone = chance.choice(_ONSETS), chance.choice(_RHYMES), chance.choice(_TONES)
    vowels = [at for at, letter in enumerate(rhyme) if letter in "aăâeêioôơuưy"]
    at = vowels[len(vowels) // 2]
    return to_nfc(f"{onset}{rhyme[: at + 1]}{tone}{rhyme[at + 1 :]}")
