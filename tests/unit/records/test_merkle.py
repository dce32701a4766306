"""Tree hashing and proofs after RFC 6962."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.merkle import (
    EMPTY_ROOT,
    Frontier,
    build_consistency_proof,
    build_inclusion_proof,
    build_root,
    hash_children,
    hash_leaf,
    iter_peaks,
    load_frontier,
    verify_consistency,
    verify_inclusion,
)

# The leaves and roots of Certificate Transparency's reference implementation (merkletree tests).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Tree:
    """A tree with every complete subtree kept, as the store keeps it."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.frontier = Frontier()
        self.nodes: dict[tuple[int, int], str] = {}
        self.roots = [EMPTY_ROOT]
        for place, data in enumerate(leaves):
            self.nodes[0, place] = hash_leaf(data)
            closed = self.frontier.append(hash_leaf(data))
            self.nodes |= {(level, index): value for level, index, value in closed}
            self.roots.append(self.frontier.root)

    def subtree(self, level: int, index: int) -> str:
        """The kept hash."""
        return self.nodes[level, index]


def reference_root(leaves: list[bytes]) -> str:
    """MTH of RFC 6962 §2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return hash_leaf(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hash_children(reference_root(leaves[:split]), reference_root(leaves[split:]))


leaf_lists = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def test_roots_are_those_of_certificate_transparency() -> None:
    """The known leaves give the known roots at every size."""
    tree = Tree([bytes.fromhex(leaf) for leaf in LEAVES])
    assert tree.roots[1:] == ROOTS


@given(leaf_lists)
def test_growing_equals_the_definition(leaves: list[bytes]) -> None:
    """The incremental root is the RFC's recursive one, also after loading the frontier again."""
    tree = Tree(leaves)
    assert tree.frontier.root == reference_root(leaves)
    assert load_frontier(len(leaves), tree.subtree) == tree.frontier
    assert build_root(0, len(leaves), tree.subtree) == tree.frontier.root


@given(leaf_lists, st.data())
def test_inclusion_holds_for_the_entry_alone(leaves: list[bytes], data: Any) -> None:
    """A proof shows its own leaf at its own place, and no other leaf, place or root."""
    tree, size = Tree(leaves), len(leaves)
    place = data.draw(st.integers(0, size - 1))
    proof = build_inclusion_proof(place, size, tree.subtree)
    leaf, root = hash_leaf(leaves[place]), tree.roots[size]
    assert verify_inclusion(leaf, place, size, proof, root)
    assert not verify_inclusion(hash_leaf(leaves[place] + b"x"), place, size, proof, root)
    assert not verify_inclusion(leaf, place, size, [*proof, root], root)
    assert not verify_inclusion(leaf, place, size, proof, hash_leaf(b"other root"))
    assert not verify_inclusion(leaf, size, size, proof, root)
    if proof:
        assert not verify_inclusion(leaf, place, size, proof[:-1], root)


@given(leaf_lists, st.data())
def test_consistency_holds_for_the_beginning_alone(leaves: list[bytes], data: Any) -> None:
    """A proof links the old root to the new one; a changed old leaf breaks it."""
    tree, new = Tree(leaves), len(leaves)
    old = data.draw(st.integers(1, new))
    proof = build_consistency_proof(old, new, tree.subtree)
    assert verify_consistency(old, new, proof, tree.roots[old], tree.roots[new])
    changed = [*leaves[: old - 1], leaves[old - 1] + b"x"]
    assert not verify_consistency(old, new, proof, Tree(changed).roots[old], tree.roots[new])
    assert not verify_consistency(old, new, [*proof, EMPTY_ROOT], tree.roots[old], tree.roots[new])
    if old < new:
        assert not verify_consistency(old, new, [], tree.roots[old], hash_leaf(b"other"))


@settings(max_examples=50)
@given(st.integers(0, 100_000))
def test_peaks_cover_the_tree_once(size: int) -> None:
    """The peaks are complete subtrees, side by side, from the first leaf to the last."""
    place = 0
    for level, index in iter_peaks(size):
        assert index << level == place
        place += 1 << level
    assert place == size


def test_a_leaf_cannot_pass_for_a_node() -> None:
    """Two children as a leaf's data hash differently (second-preimage protection)."""
    left, right = hash_leaf(b"a"), hash_leaf(b"b")
    assert hash_leaf(bytes.fromhex(left + right)) != hash_children(left, right)


def test_refuses_places_outside() -> None:
    """Proofs for what is not in the tree are not made and not believed."""
    tree = Tree([b"a", b"b", b"c"])
    with pytest.raises(ValueError, match="outside"):
        build_inclusion_proof(3, 3, tree.subtree)
    with pytest.raises(ValueError, match="order"):
        build_consistency_proof(4, 3, tree.subtree)
    assert not verify_consistency(0, 3, [], EMPTY_ROOT, tree.roots[3])
    assert not verify_consistency(2, 3, [], tree.roots[2], tree.roots[3])
    assert not verify_consistency(3, 5, [], tree.roots[3], tree.roots[3])
    assert verify_consistency(3, 3, [], tree.roots[3], tree.roots[3])
