"""What a verdict rests on (căn cứ của kết luận): rules and trusted roots, as one comparable text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.signatures import TrustSource, find_bundle
from signing.rules import POLICY_ID, POLICY_VERSION, load_rules

_NO_TRUST = "-"
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Basis:
    """Rules and bundle (căn cứ): `policy` and `trust` as a person reads them, `trust` None without one.

    `content`: SHA-256 of what the bundle trusts, so that the same name with other roots is another basis.
    """

    policy: str
    trust: str | None
    content: str = ""

    def __str__(self) -> str:
        """As it is compared and indexed."""
        return f"{self.policy}|{self.trust or _NO_TRUST}|{self.content[:_DIGITS]}"


def find_basis(trust: TrustSource) -> Basis:
    """What a check would rest on now; raises `BadTrustBundle` for a folder that cannot be used."""
    bundle = find_bundle(trust)
    policy = _name_policy(POLICY_ID, POLICY_VERSION, load_rules().version)
    return Basis(policy, None) if bundle is None else Basis(policy, bundle.label, bundle.sha256)


def read_basis(report: Mapping[str, Any]) -> Basis:
    """What a stored report rests on; older reports name neither rules nor content."""
    policy = report["policy"]
    named = _name_policy(policy["id"], policy["version"], policy.get("rules", ""))
    return Basis(named, policy["trust_store"], policy.get("trust_sha256", ""))


def _name_policy(name: str, version: str, rules: str) -> str:
    return " ".join(part for part in (name, version, rules) if part)
