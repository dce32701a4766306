"""Tables of the embedded index (bảng của chỉ mục nhúng), one set a generation, so a rebuild can switch.

Only generation numbers and fixed names are put into statements; every value is bound.
"""

from dataclasses import dataclass

from records.states import Confidentiality
from search.index import Facet

STATE_TABLE = "CREATE TABLE IF NOT EXISTS search_state (name TEXT PRIMARY KEY, generation INTEGER NOT NULL)"
SCHEMA = "2"
"""Version of the tables; opening an older index brings it up to this."""

FACET_COLUMNS = {
    Facet.KIND: "kind",
    Facet.ISSUER: "issuer",
    Facet.UNIT: "unit",
    Facet.RESULT_TYPE: "result_type",
    Facet.STATE: "state",
    Facet.YEAR: "substr(issued, 1, 4)",
}
# Weights of FTS5's bm25(), one a column; the best hits are ranked again by search.ranking.
RANK_WEIGHTS = "1.0, :exact, 0.35, 0.85, 0.3"
_COLUMNS = "folded, exact, title, pairs, title_pairs"


@dataclass(frozen=True, slots=True)
class Tables:
    """Names and definitions of one generation's tables."""

    generation: int

    @property
    def document(self) -> str:
        """One row a document, tombstones included."""
        return f"search_document_{self.generation}"

    @property
    def unit(self) -> str:
        """(unit, seq) for each unit on a document's path."""
        return f"search_unit_{self.generation}"

    @property
    def key(self) -> str:
        """(number key, seq)."""
        return f"search_key_{self.generation}"

    def words(self, secrecy: Confidentiality) -> str:
        """The FTS5 table of one class; restricted text must not shape scores or words for others."""
        return f"search_words_{secrecy.value}_{self.generation}"

    @property
    def vocabulary(self) -> str:
        """Terms of the unrestricted documents with their document counts."""
        return f"search_vocabulary_{self.generation}"

    def create(self) -> list[str]:
        """Statements that make the tables where they are missing."""
        made = [
            f"""CREATE TABLE IF NOT EXISTS {self.document} (
                seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
                deleted INTEGER NOT NULL DEFAULT 0, secrecy TEXT NOT NULL DEFAULT 'thuong',
                unit TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT '', issuer TEXT NOT NULL DEFAULT '',
                signer TEXT NOT NULL DEFAULT '', result_type TEXT NOT NULL DEFAULT '',
                state TEXT NOT NULL DEFAULT '', issued TEXT, owner_key TEXT,
                number TEXT NOT NULL DEFAULT '', number_order TEXT NOT NULL DEFAULT '~',
                title_order TEXT NOT NULL DEFAULT '~',
                title TEXT NOT NULL DEFAULT '', body TEXT NOT NULL DEFAULT '',
                folded TEXT NOT NULL DEFAULT '', exact TEXT NOT NULL DEFAULT '',
                title_folded TEXT NOT NULL DEFAULT '',
                length INTEGER NOT NULL DEFAULT 0)""",
            f"""CREATE INDEX IF NOT EXISTS {self.document}_length
                ON {self.document} (secrecy, deleted, length)""",
            f"CREATE INDEX IF NOT EXISTS {self.document}_issued ON {self.document} (issued, id)",
            f"CREATE INDEX IF NOT EXISTS {self.document}_owner ON {self.document} (owner_key)",
            f"""CREATE TABLE IF NOT EXISTS {self.unit} (unit TEXT NOT NULL, seq INTEGER NOT NULL,
                PRIMARY KEY (unit, seq)) WITHOUT ROWID""",
            f"CREATE INDEX IF NOT EXISTS {self.unit}_seq ON {self.unit} (seq)",
            f"""CREATE TABLE IF NOT EXISTS {self.key} (key TEXT NOT NULL, seq INTEGER NOT NULL,
                PRIMARY KEY (key, seq)) WITHOUT ROWID""",
            f"CREATE INDEX IF NOT EXISTS {self.key}_seq ON {self.key} (seq)",
        ]
        for secrecy in (Confidentiality.NORMAL, Confidentiality.RESTRICTED):
            made.append(
                f"""CREATE VIRTUAL TABLE IF NOT EXISTS {self.words(secrecy)} USING fts5({_COLUMNS},
                    content='', contentless_delete=1, tokenize="ascii tokenchars '_'")"""
            )
        made.append(
            f"""CREATE VIRTUAL TABLE IF NOT EXISTS {self.vocabulary}
                USING fts5vocab('{self.words(Confidentiality.NORMAL)}', 'col')"""
        )
        return made

    def drop(self) -> list[str]:
        """Statements that remove the tables."""
        restricted, normal = (
            self.words(secrecy) for secrecy in (Confidentiality.RESTRICTED, Confidentiality.NORMAL)
        )
        names = (self.vocabulary, normal, restricted, self.key, self.unit, self.document)
        return [f"DROP TABLE IF EXISTS {name}" for name in names]
