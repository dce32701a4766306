"""Tagged PDF: the structure tree may grow for a new signature field and in no other way."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from demo_pki import DemoPki
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from signed_samples import sign_with

from signing.verify import verify_pdf
from tests.pki.fixtures import NOON


@pytest.fixture(scope="module")
def tagged(pki: DemoPki) -> bytes:
    """A signed, tagged page: Document > P, and its parent tree."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    page.StructParents = 0
    root = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    top = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document, P=root)
    )
    part = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.P, P=top, K=0, Pg=page.obj)
    )
    top.K = pikepdf.Array([part])
    root.K = pikepdf.Array([top])
    root.ParentTree = document.make_indirect(
        pikepdf.Dictionary(Nums=pikepdf.Array([0, pikepdf.Array([part])]))
    )
    root.ParentTreeNextKey = 1
    document.Root.StructTreeRoot = root
    document.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
    output = io.BytesIO()
    document.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return sign_with(output.getvalue(), pki.signer("leader"), "NguoiKy")


def verdict(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> str:
    """State of the signature after one more revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return verify_pdf(output.getvalue(), trust=None, at=NOON).signatures[0].state


def add_element(writer: IncrementalPdfFileWriter, target: Any) -> None:
    """A structure element that refers to `target`, with its parent tree entry."""
    tree: Any = writer.root["/StructTreeRoot"]
    top: Any = tree["/K"][0]
    pointer = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): target})
    element = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): tree["/K"].raw_get(0),
                pdf_name("/K"): pointer,
            }
        )
    )
    top["/K"].append(element)
    tree["/ParentTree"]["/Nums"].extend([generic.NumberObject(1), element])
    tree["/ParentTreeNextKey"] = generic.NumberObject(2)
    for item in (top, tree, tree["/ParentTree"]):
        writer.update_container(item)


def add_field(writer: IncrementalPdfFileWriter) -> Any:
    """A new empty signature field, as a reference."""
    append_signature_field(writer, SigFieldSpec("CoQuan", on_page=0, box=(300, 100, 400, 150)))
    return writer.root["/AcroForm"]["/Fields"].raw_get(1)


def test_tag_for_a_new_signature_field_is_extended(tagged: bytes) -> None:
    """A new signature field with its tag is a permitted addition."""
    assert verdict(tagged, lambda writer: add_element(writer, add_field(writer))) == "extended"


def test_tag_for_anything_else_is_altered(tagged: bytes) -> None:
    """An added element that refers to a page is no signature's tag."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        add_field(writer)
        add_element(writer, writer.root["/Pages"]["/Kids"].raw_get(0))

    assert verdict(tagged, change) == "altered"


def test_removed_tag_is_altered(tagged: bytes) -> None:
    """An element taken out of the tree fails, also beside a permitted addition."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        add_element(writer, add_field(writer))
        top: Any = writer.root["/StructTreeRoot"]["/K"][0]
        del top["/K"][0]
        writer.update_container(top)

    assert verdict(tagged, change) == "altered"


def test_entry_redirected_in_the_parent_tree_is_altered(tagged: bytes) -> None:
    """An old parent tree entry that now points elsewhere fails."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        add_element(writer, add_field(writer))
        tree: Any = writer.root["/StructTreeRoot"]
        tree["/ParentTree"]["/Nums"][1] = generic.ArrayObject([tree["/K"].raw_get(0)])
        writer.update_container(tree["/ParentTree"])

    assert verdict(tagged, change) == "altered"
