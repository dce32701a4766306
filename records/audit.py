"""The audit log proves itself (nhật ký kiểm toán): signed heads, a second place for them, verification.

Rows are leaves of a Merkle tree after RFC 6962 (`records.merkle`). A head, size and root signed with Ed25519,
fixes everything before it; heads also go to a file outside the database, so that the newest entries cannot
be cut off together with the heads that cover them. Entries after the newest head are not yet protected.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from records.errors import AuditBroken, BlobStoreUnavailable, RecordNotFound
from records.merkle import Frontier, build_consistency_proof, build_inclusion_proof, hash_leaf
from records.model import TreeHead
from records.ports import AuditStore, Clock, Store

HEAD_CONTEXT = "sohoa audit head v1"
FINDINGS_KEPT = 100


class HeadSigner:
    """Signs tree heads with the service's Ed25519 key (khoá ký đầu cây nhật ký), a 0600 PEM file."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()
        self.key_id = build_key_id(self.public_key)

    @classmethod
    def load_or_create(cls, path: Path) -> "HeadSigner":
        """The key in `path`, made there first when there is none; `BlobStoreUnavailable`, `AuditBroken`."""
        try:
            if not path.exists():
                _create_key(path)
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except OSError as exc:
            raise BlobStoreUnavailable("Không đọc được khoá ký nhật ký.", errno=exc.errno) from exc
        except ValueError as exc:
            raise AuditBroken("Tệp khoá ký nhật ký bị hỏng.") from exc
        if not isinstance(key, Ed25519PrivateKey):
            raise AuditBroken("Khoá ký nhật ký không phải Ed25519.")
        return cls(key)

    def sign(self, size: int, root: str, at: datetime) -> TreeHead:
        """The signed head of a tree."""
        head = TreeHead(size=size, root=root, at=at, key_id=self.key_id, signature="")
        return replace(head, signature=self._key.sign(_signed_bytes(head)).hex())

    @property
    def public_keys(self) -> dict[str, bytes]:
        """This signer's public key by its id, as `verify_log` takes it."""
        return {self.key_id: self.public_key}


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing wrong with the log (điểm không toàn vẹn): `kind` is stable, `place` counts from 0."""

    kind: str
    text_vi: str
    place: int | None = None
    row_id: str | None = None
    size: int | None = None


@dataclass(slots=True)
class AuditReport:
    """What verification found (kết quả kiểm tra nhật ký): whole only when there is no finding.

    `protected` entries lie under a good signed head, `unprotected` were written since. `count` counts every
    finding, `findings` keeps the first 100.
    """

    size: int = 0
    root: str = ""
    heads: int = 0
    protected: int = 0
    unprotected: int = 0
    count: int = 0
    findings: list[AuditFinding] = field(default_factory=list[AuditFinding])

    @property
    def is_whole(self) -> bool:
        """Whether nothing is altered, removed or cut off."""
        return self.count == 0

    def add(self, finding: AuditFinding) -> None:
        """Note something wrong."""
        self.count += 1
        if len(self.findings) < FINDINGS_KEPT:
            self.findings.append(finding)


def build_key_id(public_key: bytes) -> str:
    """A key's name: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def is_signed_by(head: TreeHead, public_key: bytes) -> bool:
    """Whether the head's signature is of that key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(bytes.fromhex(head.signature), _signed_bytes(head))
    except (InvalidSignature, ValueError):
        return False
    return True


def sequence_all(store: Store) -> int:
    """Give every committed row its place in the log; returns how many got one."""
    done = 0
    while True:
        with store.write() as unit_of_work:
            count = unit_of_work.audit.sequence()
            unit_of_work.commit()
        if count == 0:
            return done
        done += count


def sign_head(store: Store, signer: HeadSigner, clock: Clock, second_place: Path) -> TreeHead:
    """Sequence, sign the tree as it is, keep the head in the log and in the second place.

    Nothing new since the last head: that head is returned and only the second place is caught up.
    """
    sequence_all(store)
    with store.write() as unit_of_work:
        size, root = unit_of_work.audit.root()
        heads = list(unit_of_work.audit.heads())
        if not heads or (heads[-1].size, heads[-1].root) != (size, root):
            heads.append(signer.sign(size, root, clock.now()))
            unit_of_work.audit.add_head(heads[-1])
            unit_of_work.commit()
    # After the commit: a head in the second place that the log lacks would read as a removed one.
    copy_heads(heads, second_place)
    return heads[-1]


def copy_heads(heads: Sequence[TreeHead], second_place: Path) -> int:
    """Append the heads that the second place lacks, fsynced; returns how many."""
    try:
        second_place.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(second_place, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(file, "r+b") as target:
            fcntl.flock(target, fcntl.LOCK_EX)
            data = _whole_lines(target.read())
            target.truncate(len(data))
            there = set(_parse_lines(data))
            missing = [head for head in heads if head not in there]
            target.write(b"".join(_head_line(head) for head in missing))
            target.flush()
            os.fsync(target.fileno())
    except OSError as exc:
        raise BlobStoreUnavailable("Không ghi được tệp đầu cây nhật ký.", errno=exc.errno) from exc
    return len(missing)


def read_heads(second_place: Path) -> list[TreeHead]:
    """Heads of the second place, oldest first; a line that is no head raises `AuditBroken`."""
    try:
        return _parse_lines(_whole_lines(second_place.read_bytes()))
    except FileNotFoundError as exc:
        raise RecordNotFound("Không có tệp đầu cây nhật ký.") from exc
    except OSError as exc:
        raise BlobStoreUnavailable(errno=exc.errno) from exc


def verify_log(
    log: AuditStore, keys: Mapping[str, bytes], second_heads: Iterable[TreeHead] | None = None
) -> AuditReport:
    """Recompute the whole tree from the rows and compare it with places, hashes and heads.

    `keys`: public keys by id. `second_heads`: heads from the second place, None when there is none. Finds any
    altered, removed or cut-off entry under a head, any altered, forged or removed head.
    """
    report = AuditReport()
    heads = list(log.heads())
    others = [] if second_heads is None else list(second_heads)
    if second_heads is not None:
        _compare_places(heads, others, report)
    every_head = list(dict.fromkeys([*heads, *others]))
    roots = _rebuild(log, {head.size for head in every_head}, report)
    for head in every_head:
        _judge_head(head, keys, roots, report)
    _judge_stored_root(log, report)
    report.heads = len(every_head)
    report.unprotected = max(0, report.size - report.protected) + log.unsequenced()
    return report


def check_log(report: AuditReport) -> None:
    """Raise `AuditBroken` unless the log is whole."""
    if not report.is_whole:
        raise AuditBroken(report.findings[0].text_vi, findings=report.count)


def prove_inclusion(log: AuditStore, place: int, size: int) -> list[str]:
    """Hashes that show the entry at `place` lies under the head of that size."""
    return build_inclusion_proof(place, size, log.subtree)


def prove_consistency(log: AuditStore, old: int, new: int) -> list[str]:
    """Hashes that show the log of `old` entries is the beginning of the log of `new` entries."""
    return build_consistency_proof(old, new, log.subtree)


def _rebuild(log: AuditStore, sizes: set[int], report: AuditReport) -> dict[int, str]:
    """Roots at the wanted sizes, computed from the rows' own content; notes altered and missing rows."""
    frontier = Frontier()
    roots = {0: frontier.root}
    expected = 0
    for place, row_id, canonical, stored in log.iter_leaves():
        if place != expected:
            report.add(AuditFinding("removed", "Thiếu dòng nhật ký trước vị trí này.", place, row_id))
        expected = place + 1
        leaf = hash_leaf(canonical)
        if leaf != stored:
            report.add(AuditFinding("altered", "Dòng nhật ký đã bị sửa.", place, row_id))
        frontier.append(leaf)
        if frontier.size in sizes:
            roots[frontier.size] = frontier.root
    report.size, report.root = frontier.size, frontier.root
    return roots


def _judge_head(
    head: TreeHead, keys: Mapping[str, bytes], roots: Mapping[int, str], report: AuditReport
) -> None:
    key = keys.get(head.key_id)
    if key is None or not is_signed_by(head, key):
        report.add(AuditFinding("head_forged", "Đầu cây có chữ ký không đúng.", size=head.size))
    elif head.size > report.size:
        report.add(AuditFinding("cut_off", "Nhật ký bị cắt: ngắn hơn đầu cây đã ký.", size=head.size))
    elif roots.get(head.size) != head.root:
        report.add(
            AuditFinding("head_mismatch", "Nội dung nhật ký không khớp đầu cây đã ký.", size=head.size)
        )
    else:
        report.protected = max(report.protected, head.size)


def _compare_places(heads: Sequence[TreeHead], others: Sequence[TreeHead], report: AuditReport) -> None:
    """Every head of the second place is in the log. The other way round a crash may leave a gap, which
    the next head closes."""
    here = set(heads)
    for head in others:
        if head not in here:
            report.add(AuditFinding("head_removed", "Đầu cây bị xoá hoặc sửa trong nhật ký.", size=head.size))
    if heads and not others:
        report.add(AuditFinding("second_place_empty", "Tệp đầu cây thứ hai bị xoá nội dung."))


def _judge_stored_root(log: AuditStore, report: AuditReport) -> None:
    """The stored subtree hashes, of which proofs are made, give the same tree."""
    try:
        stored = log.root()
    except (RecordNotFound, ValueError):
        stored = (-1, "")
    if stored != (report.size, report.root):
        report.add(AuditFinding("tree_mismatch", "Cây băm lưu trữ không khớp các dòng nhật ký."))


def _signed_bytes(head: TreeHead) -> bytes:
    values = [HEAD_CONTEXT, head.size, head.root, head.at.astimezone(UTC).isoformat(), head.key_id]
    return json.dumps(values, separators=(",", ":")).encode()


def _head_line(head: TreeHead) -> bytes:
    values = {
        "size": head.size,
        "root": head.root,
        "at": head.at.astimezone(UTC).isoformat(),
        "key_id": head.key_id,
        "signature": head.signature,
    }
    return json.dumps(values, sort_keys=True).encode() + b"\n"


def _whole_lines(data: bytes) -> bytes:
    """Without the half line that a crash may have left at the end."""
    return data[: data.rfind(b"\n") + 1]


def _parse_lines(data: bytes) -> list[TreeHead]:
    try:
        return [_parse_head(json.loads(line)) for line in data.splitlines() if line.strip()]
    except (ValueError, KeyError, TypeError) as exc:
        raise AuditBroken("Tệp đầu cây nhật ký có dòng hỏng.") from exc


def _parse_head(values: dict[str, Any]) -> TreeHead:
    at = datetime.fromisoformat(values["at"])
    return TreeHead(
        int(values["size"]), str(values["root"]), at, str(values["key_id"]), str(values["signature"])
    )


def _create_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Written whole under another name first: two processes that start together end with one key.
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(pem)
        target.flush()
        os.fsync(target.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
