"""The difference policy (chính sách so sánh): pyHanko's whitelist plus other vendors' harmless habits.

Three habits are explained on top: rewriting the document security store (PAdES LTV renewal, EN 319 142-1
clause 5.4), writing or freeing objects that nothing refers to, and tagging a new signature field.
"""

from collections.abc import Iterable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, StandardDiffPolicy
from pyhanko.sign.diff_analysis.form_rules_api import FormUpdatingRule
from pyhanko.sign.diff_analysis.policy_api import SuspiciousModification
from pyhanko.sign.diff_analysis.rules.form_field_rules import (
    DSSCompareRule,
    GenericFieldModificationRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
)
from pyhanko.sign.diff_analysis.rules_api import QualifiedWhitelistRule, ReferenceUpdate, WhitelistRule

from signing.objects import collect_references
from signing.structure import StructureGrowthRule
from signing.vendors import InvisibleStampRule

_STORE_KEYS = {"/Type", "/VRI", "/Certs", "/CRLs", "/OCSPs", "/Cert", "/CRL", "/OCSP", "/TU", "/TS"}


class SecurityStoreRule(WhitelistRule):
    """Clears any rewrite of the document security store (kho dữ liệu kiểm tra lâu dài).

    The store is never drawn, so entries may come, go and be renamed; only objects that serve nothing
    but the store, before and after, are cleared, and the store itself may not vanish.
    """

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        """Yield the store's objects; raises SuspiciousModification when the store was removed or is odd."""
        old_store, new_store = _raw(old.root, "/DSS"), _raw(new.root, "/DSS")
        if old_store is None and new_store is None:
            return
        if new_store is None:
            raise SuspiciousModification("/DSS was removed")
        _check_store(new_store)
        inside = collect_references(old, old_store) | collect_references(new, new_store)
        for reference in inside - _outside(old) - _outside(new):
            yield ReferenceUpdate(reference)


class UnreachableObjectRule(WhitelistRule):
    """Clears objects written or freed that nothing refers to (đối tượng không còn được dùng).

    What cut an object off, if it was in use before, is a change of its own and judged by itself. An object
    that an earlier revision already pointed at is in reach, and so never cleared here.
    """

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:  # noqa: ARG002
        """Yield the revision's objects that are out of reach of its trailer."""
        touched = new.explicit_refs_in_revision() | new.refs_freed_in_revision()
        for reference in touched - collect_references(new, new.trailer_view):
            yield ReferenceUpdate(reference)


def _raw(root: generic.DictionaryObject, key: str) -> generic.PdfObject | None:
    return root.raw_get(key) if key in root else None


def _outside(resolver: HistoricalResolver) -> set[generic.Reference]:
    """References of everything but the store; a /Data entry may point back at the catalog (DocMDP)."""
    root = resolver.root
    rest = generic.DictionaryObject({key: root.raw_get(key) for key in root if key != "/DSS"})
    return collect_references(resolver, rest, frozenset({resolver.root_ref}))


def _check_store(store: generic.PdfObject) -> None:
    """Refuse a store with foreign keys, which could carry anything."""
    value = store.get_object()
    if not isinstance(value, generic.DictionaryObject) or not set(value.keys()) <= _STORE_KEYS:
        raise SuspiciousModification("/DSS is not a security store")


def _global_rules() -> list[QualifiedWhitelistRule]:
    """pyHanko's global rules with its own store rule replaced."""
    kept = [
        rule
        for rule in DEFAULT_DIFF_POLICY.global_rules
        if not isinstance(getattr(rule, "rule", None), DSSCompareRule)
    ]
    own = (SecurityStoreRule(), UnreachableObjectRule(), InvisibleStampRule())
    quiet = [rule.as_qualified(ModificationLevel.LTA_UPDATES) for rule in own]
    return [*kept, *quiet, StructureGrowthRule().as_qualified(ModificationLevel.FORM_FILLING)]


def _make_policy(*, seals_after_certifying: bool) -> StandardDiffPolicy:
    fields = (
        SigFieldCreationRule(allow_new_visible_after_certify=seals_after_certifying),
        SigFieldModificationRule(),
        GenericFieldModificationRule(),
    )
    return StandardDiffPolicy(
        global_rules=_global_rules(),
        form_rule=FormUpdatingRule(field_rules=list(fields)),
        reject_object_freeing=False,
        ignore_orphaned_objects=False,
    )


DIFF_POLICY = _make_policy(seals_after_certifying=False)
"""What may follow a signature without changing what it showed."""

SEAL_POLICY = _make_policy(seals_after_certifying=True)
"""The same, and new visible signatures after a certification that permits signing (ISO 32000-2, 12.8.2.2):
the sneaky-signature attack looks like the stamp of a receiving office, so that a person has to look.
"""
