"""Signatures of a file on the line (chữ ký số của tệp): verified in a child, told in the record's words."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from records.states import SignatureValue
from signing.report import Indication, IntegrityVerdict, SignatureReport
from signing.trust import TrustBundle, load_bundle
from signing.verify import verify_pdf


@dataclass(frozen=True, slots=True)
class TrustSource:
    """Where the trusted roots lie (nguồn chứng thư tin cậy); no folder: nobody is trusted."""

    folder: Path | None = None
    allow_demo: bool = False
    offline: bool = True


@dataclass(frozen=True, slots=True)
class Verified:
    """A file's verdict (kết quả kiểm tra chữ ký) in the record's words, and the whole report as JSON."""

    value: SignatureValue
    indication: str
    headline_vi: str
    is_signed: bool
    report: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """What a job remembers of a verdict (kết quả ghi nhớ); the report by its hash."""

    value: SignatureValue
    indication: str
    headline_vi: str
    is_signed: bool
    report_sha256: str | None

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


def verify_file(path: Path, trust: TrustSource, at: datetime) -> Verified:
    """Verify every signature of a PDF as of `at`; never raises for what the file holds. Runs in a child."""
    bundle = None if trust.folder is None else _load(trust.folder, trust.allow_demo, _stamp(trust.folder))
    report = verify_pdf(path.read_bytes(), trust=bundle, at=at, offline=trust.offline)
    return Verified(
        value=judge_value(report),
        indication=str(report.summary.indication),
        headline_vi=report.summary.headline_vi,
        is_signed=_is_signed(report),
        report=json.dumps(report.to_dict(), ensure_ascii=False, sort_keys=True).encode(),
    )


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
    """Changes when the administrator replaces the bundle."""
    return (folder / "bundle.toml").stat().st_mtime_ns if (folder / "bundle.toml").exists() else 0


@lru_cache(maxsize=4)
def _load(folder: Path, allow_demo: bool, _stamp_ns: int) -> TrustBundle:
    return load_bundle(folder, allow_demo=allow_demo)
