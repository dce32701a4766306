"""Some 370 odd, old and hostile files, each with the verdict it must have; nothing is lost, nothing hangs."""

import time
from collections.abc import Callable

import pytest

from signing.verify import verify_pdf
from tests.pki.fixtures import NOON
from tests.pki.hostile_cms import iter_cms
from tests.pki.hostile_documents import iter_documents
from tests.pki.hostile_files import iter_files
from tests.pki.hostile_shapes import iter_shapes
from tests.pki.hostile_signatures import iter_signatures
from tests.pki.hostile_updates import iter_updates

Generator = Callable[[], dict[str, tuple[bytes, str]]]
GENERATORS: tuple[Generator, ...] = (
    iter_cms, iter_shapes, iter_files, iter_documents, iter_updates, iter_signatures,
)  # fmt: skip
ALLOWED = {
    "intact": {"intact"},
    "extended": {"extended"},
    "good": {"intact", "extended"},
    "bad": {"altered"},
    "undecided": {"indeterminate"},
    "not good": {"altered", "indeterminate", "unreadable"},
    "not good or unsigned": {"altered", "indeterminate", "unsigned"},
    "unsigned": {"unsigned"},
    "unreadable": {"unreadable"},
    # Readers may differ over these; the signature must be told of all the same.
    "listed": {"intact", "extended", "altered", "indeterminate"},
    "any": {"intact", "extended", "altered", "indeterminate"},
}
SECONDS = 5.0


@pytest.mark.parametrize("generate", GENERATORS)
def test_every_file_has_the_verdict_it_must_have(generate: Generator) -> None:
    """No attack is green, no sound file is refused, no signature is lost, no answer takes five seconds."""
    wrong: dict[str, str] = {}
    for name, (data, expected) in generate().items():
        start = time.process_time()
        report = verify_pdf(data, trust=None, at=NOON)
        seconds = time.process_time() - start
        verdict = str(report.summary.integrity)
        if verdict not in ALLOWED[expected]:
            wrong[name] = f"{verdict} instead of {expected}"
        elif not report.signatures and verdict not in ("unsigned", "unreadable"):
            wrong[name] = f"{verdict}, but no signature listed"
        elif seconds > SECONDS:
            wrong[name] = f"answered after {seconds:.1f} s"
    assert wrong == {}
