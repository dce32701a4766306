"""Habits of other signing programs (thói quen của phần mềm khác) that the difference analysis has to know.

PDFBox, and EU DSS on top of it, gives the number of a cross-reference stream away again in the next revision,
and a zero-sized document time-stamp an appearance of its own.
"""

from collections.abc import Callable, Iterable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis.rules_api import ReferenceUpdate, WhitelistRule

from signing.objects import as_dictionary, collect_references, find_value

_OWN_ANSWER: Callable[[HistoricalResolver, generic.Reference], bool] = HistoricalResolver.is_ref_unassignable


def install() -> None:
    """Let pyHanko know numbers of cross-reference streams as free for later objects; twice is as once."""
    HistoricalResolver.is_ref_unassignable = _is_unassignable


def _is_unassignable(self: HistoricalResolver, ref: generic.Reference) -> bool:
    """pyHanko's answer, or the number was a cross-reference stream's and nothing in the revision names it.

    A number that something names before it has an object is how hidden content is prepared, and stays taken.
    """
    if _OWN_ANSWER(self, ref):
        return True
    xrefs = self.reader.xrefs
    upto = range(self.revision + 1)
    if ref not in {xrefs.get_xref_container_info(number).stream_ref for number in upto}:
        return False
    return ref not in collect_references(self, self.trailer_view)


class InvisibleStampRule(WhitelistRule):
    """Clears what hangs on the look of a new signature field without area (trường không hiển thị)."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        """Yield the new objects of such appearances; nothing draws them."""
        known = {item.reference for item in _list_fields(old)}
        for item in _list_fields(new):
            field = as_dictionary(item)
            if item.reference in known or find_value(field, "/FT") != "/Sig" or _has_area(field):
                continue
            if "/AP" in field:
                look = field.raw_get("/AP")
                for reference in new.collect_dependencies(look, since_revision=old.revision + 1):
                    yield ReferenceUpdate(reference)


def _list_fields(resolver: HistoricalResolver) -> list[generic.IndirectObject]:
    """References of the form's fields at the top, where new signature fields stand."""
    fields = find_value(find_value(resolver.root, "/AcroForm"), "/Fields")
    if not isinstance(fields, generic.ArrayObject):
        return []
    listed = [fields.raw_get(index) for index in range(len(fields))]
    return [item for item in listed if isinstance(item, generic.IndirectObject)]


def _has_area(field: generic.DictionaryObject) -> bool:
    rect = find_value(field, "/Rect")
    if not isinstance(rect, generic.ArrayObject) or len(rect) != 4:
        return False
    left, bottom, right, top = (float(edge) for edge in rect)
    return left != right and bottom != top
