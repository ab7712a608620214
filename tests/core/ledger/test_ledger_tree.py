"""The Merkle tree against the published vectors, and its proofs against tampering."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.core.ledger.tree import (
    EMPTY_ROOT,
    CompactTree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The reference leaves and roots of the Certificate Transparency test suite for RFC 6962.
LEAVES = [
    leaf_hash(bytes.fromhex(text))
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATH_OF_LEAF_0 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
PROOF_2_TO_5 = [
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
]

sizes = st.integers(1, 70)


def make_leaves(size: int) -> list[bytes]:
    return [leaf_hash(bytes([number])) for number in range(size)]


def flip(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


@pytest.mark.parametrize("size", range(9))
def test_root_equals_the_published_one(size):
    assert root_of(LEAVES[:size]).hex() == ROOTS[size]


def test_root_of_the_empty_tree_is_the_hash_of_nothing():
    assert CompactTree().root == EMPTY_ROOT == sha256(b"").digest()


def test_inclusion_proof_equals_the_published_one():
    proof = inclusion_proof(0, LEAVES)

    assert [part.hex() for part in proof] == PATH_OF_LEAF_0
    assert verify_inclusion(LEAVES[0], index=0, size=8, proof=proof, root=root_of(LEAVES))


def test_consistency_proofs_equal_the_published_ones():
    assert [part.hex() for part in consistency_proof(1, LEAVES)] == PATH_OF_LEAF_0
    assert [part.hex() for part in consistency_proof(2, LEAVES[:5])] == PROOF_2_TO_5


@given(sizes)
def test_compact_tree_keeps_one_peak_for_each_binary_one(size):
    tree = CompactTree()
    for leaf in make_leaves(size):
        tree = tree.append(leaf)

    assert len(tree.peaks) == size.bit_count()
    assert CompactTree(tree.size, tree.peaks) == tree


@pytest.mark.parametrize(("size", "peaks"), [(1, ()), (3, (b"a",)), (-1, (b"a",))])
def test_compact_tree_with_a_wrong_number_of_peaks_is_refused(size, peaks):
    with pytest.raises(ValueError, match="peaks"):
        CompactTree(size, peaks)


@given(sizes, st.data())
def test_each_leaf_is_proven_only_at_its_place_and_in_its_tree(size, data):
    leaves = make_leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(index, leaves), root_of(leaves)

    assert verify_inclusion(leaves[index], index=index, size=size, proof=proof, root=root)
    assert not verify_inclusion(flip(leaves[index]), index=index, size=size, proof=proof, root=root)
    assert not verify_inclusion(leaves[index], index=index, size=size, proof=proof, root=flip(root))
    for wrong in range(size):
        if wrong != index:
            assert not verify_inclusion(
                leaves[index], index=wrong, size=size, proof=proof, root=root
            )
    longer = [*proof, leaves[0]]
    assert not verify_inclusion(leaves[index], index=index, size=size, proof=longer, root=root)
    if proof:
        shorter = proof[:-1]
        assert not verify_inclusion(leaves[index], index=index, size=size, proof=shorter, root=root)


@pytest.mark.parametrize("index", [-1, 8])
def test_leaf_outside_the_tree_has_no_proof(index):
    with pytest.raises(IndexError, match="8 leaves"):
        inclusion_proof(index, LEAVES)
    assert not verify_inclusion(LEAVES[0], index=index, size=8, proof=[], root=root_of(LEAVES))


@given(sizes, st.data())
def test_growth_is_proven_and_any_change_of_the_proof_is_seen(size, data):
    leaves = make_leaves(size)
    old_size = data.draw(st.integers(0, size))
    heads = {
        "old_size": old_size,
        "old_root": root_of(leaves[:old_size]),
        "new_size": size,
        "new_root": root_of(leaves),
    }
    proof = consistency_proof(old_size, leaves)

    assert verify_consistency(**heads, proof=proof)
    assert not verify_consistency(**heads | {"old_root": flip(heads["old_root"])}, proof=proof)
    assert not verify_consistency(**heads, proof=[*proof, leaves[0]])
    for place in range(len(proof)):
        changed = [*proof[:place], flip(proof[place]), *proof[place + 1 :]]
        assert not verify_consistency(**heads, proof=changed)
        assert not verify_consistency(**heads, proof=proof[:place])


@given(st.integers(2, 70), st.data())
def test_rewritten_beginning_has_no_proof_of_growth(size, data):
    leaves = make_leaves(size)
    old_size = data.draw(st.integers(1, size - 1))
    forged = [flip(leaves[0]), *leaves[1:]]

    assert not verify_consistency(
        old_size=old_size,
        old_root=root_of(leaves[:old_size]),
        new_size=size,
        new_root=root_of(forged),
        proof=consistency_proof(old_size, forged),
    )


def test_tree_does_not_shrink():
    assert not verify_consistency(
        old_size=5, old_root=root_of(LEAVES[:5]), new_size=4, new_root=root_of(LEAVES[:4]), proof=[]
    )
    with pytest.raises(IndexError, match="never had 9"):
        consistency_proof(9, LEAVES)
