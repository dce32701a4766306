"""Signatures of a file on the line (chữ ký số của tệp): verified in a child, told in the record's words."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ocr.errors import EngineCrashed, EngineTimedOut, OutOfMemory
from ocr.pool import PagePool
from records.states import SignatureValue
from signing.areas import LookPlan
from signing.fetch import Fetcher, FetchRules
from signing.report import DocumentFacts, Indication, IntegrityVerdict, Policy, SignatureReport, format_time
from signing.rules import POLICY_ID, POLICY_VERSION
from signing.undecided import build_undecided

if TYPE_CHECKING:
    from signing.trust import TrustBundle

VERIFY_FILE = "ingest.signatures:verify_file"
_SECONDS, _SECONDS_A_MEGABYTE = 60.0, 2.0
ALL_AT_ONCE = LookPlan()
"""As many pages as a first answer may take; nothing known before."""


@dataclass(frozen=True, slots=True)
class TrustSource:
    """Where the trusted roots lie (nguồn chứng thư tin cậy); no folder: no trust, nothing fetched."""

    folder: Path | None = None
    allow_demo: bool = False
    fetch: FetchRules = field(default_factory=FetchRules)


@dataclass(frozen=True, slots=True)
class Verified:
    """A file's verdict (kết quả kiểm tra chữ ký) in the record's words, and the whole report as JSON.

    `is_unfinished`: it waits for pages that were not compared yet (`ingest.comparison`).
    """

    value: SignatureValue
    indication: str
    headline_vi: str
    is_signed: bool
    report: bytes
    is_unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a job remembers of a verdict (kết quả ghi nhớ); the report by its hash."""

    value: SignatureValue
    indication: str
    headline_vi: str
    is_signed: bool
    report_sha256: str | None
    is_unfinished: bool = False

    def to_json(self) -> str:
        """As a step's result."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Standing":
        """From a step's result."""
        values = json.loads(text)
        return cls(value=SignatureValue(values.pop("value")), **values)


NOT_SIGNED = Standing(
    SignatureValue.MISSING, Indication.NO_SIGNATURE.value, "Tài liệu chưa có chữ ký số.", False, None
)


def check_trust(trust: TrustSource) -> None:
    """Raise BadTrustBundle or DemoTrustRefused for a folder that cannot be used."""
    find_bundle(trust)


def find_bundle(trust: TrustSource) -> "TrustBundle | None":
    """The bundle as it lies in the folder now, read again when a file changed; None without a folder."""
    return None if trust.folder is None else _load(trust.folder, trust.allow_demo, _stamp(trust.folder))


def verify_in_child(
    pool: PagePool, path: Path, trust: TrustSource, at: datetime, plan: LookPlan = ALL_AT_ONCE
) -> Verified:
    """Verify a PDF in a warm child that may be killed: a crash, too much time or memory is a verdict too."""
    seconds = _SECONDS + _SECONDS_A_MEGABYTE * path.stat().st_size / 2**20
    try:
        verified: Verified = pool.run(VERIFY_FILE, path, trust, at, plan, timeout=seconds)
    except EngineTimedOut:
        return _undecided(path, at, "timed_out")
    except OutOfMemory:
        return _undecided(path, at, "out_of_memory")
    except EngineCrashed as exc:
        if exc.context.get("pool") == "closed":
            raise  # the service ends: no verdict on the file
        return _undecided(path, at, "verifier_crashed")
    return verified


def verify_file(path: Path, trust: TrustSource, at: datetime, plan: LookPlan = ALL_AT_ONCE) -> Verified:
    """Verify every signature of a PDF as of `at`; never raises for what the file holds. Runs in a child."""
    from signing.verify import verify_pdf  # a second of imports, for the child alone

    bundle = find_bundle(trust)
    others = () if trust.folder is None else _find_others(trust.folder)
    fetcher = None if bundle is None else Fetcher(trust.fetch)
    data = path.read_bytes()
    return _tell(verify_pdf(data, trust=bundle, at=at, fetcher=fetcher, other_bundles=others, plan=plan))


def _tell(report: SignatureReport) -> Verified:
    """A report in the record's words."""
    return Verified(
        value=judge_value(report),
        indication=str(report.summary.indication),
        headline_vi=report.summary.headline_vi,
        is_signed=_is_signed(report),
        report=json.dumps(report.to_dict(), ensure_ascii=False, sort_keys=True).encode(),
        is_unfinished=any(entry.code == "COMPARING" for entry in report.signatures),
    )


def _undecided(path: Path, at: datetime, reason: str) -> Verified:
    """INDETERMINATE with the reason; whether it is signed is not known, so it is treated as if it were."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    facts = DocumentFacts(digest, path.stat().st_size)
    policy = Policy(POLICY_ID, POLICY_VERSION, None, format_time(at) or "", online=False)
    return replace(_tell(build_undecided(facts, policy, reason)), is_signed=True)


def judge_value(report: SignatureReport) -> SignatureValue:
    """The legal value under the given trust; what cannot be told is undetermined, never valid."""
    summary = report.summary
    if summary.integrity == IntegrityVerdict.ALTERED or summary.indication == Indication.TOTAL_FAILED:
        return SignatureValue.INVALID
    if summary.indication == Indication.TOTAL_PASSED:
        return SignatureValue.VALID
    if summary.indication == Indication.NO_SIGNATURE:
        return SignatureValue.MISSING
    return SignatureValue.UNDETERMINED


def _is_signed(report: SignatureReport) -> bool:
    """Whether there is, or was, a signature on the file as it arrived."""
    counts = report.summary.counts
    return any((counts.signatures, counts.timestamps, counts.unreadable, counts.unreferenced)) or (
        report.summary.indication == Indication.TOTAL_FAILED
    )


def _stamp(folder: Path) -> int:
    """Changes when the administrator replaces a file of the bundle, by an older one too, or of a version."""
    facts: list[tuple[str, int, int]] = []
    for path in sorted((folder, *folder.glob("*"), *folder.glob("versions/*/*"))):
        with suppress(OSError):  # a file just being replaced
            found = path.stat()
            facts.append((str(path), found.st_mtime_ns, found.st_size))
    return hash(tuple(facts))


@lru_cache(maxsize=4)
def _load(folder: Path, allow_demo: bool, _stamp_ns: int) -> "TrustBundle":
    from signing.trust import load_bundle

    return load_bundle(folder, allow_demo=allow_demo)


def _find_others(folder: Path) -> "tuple[TrustBundle, ...]":
    """The bundle beside `vgca` or `neac`, read again when a file of it changes."""
    beside = [folder.parent / name for name in ("vgca", "neac") if name != folder.name]
    return _load_others(folder, hash(tuple(_stamp(path) if path.is_dir() else 0 for path in beside)))


@lru_cache(maxsize=4)
def _load_others(folder: Path, _stamp_ns: int) -> "tuple[TrustBundle, ...]":
    from signing.trust import load_others

    return load_others(folder)
