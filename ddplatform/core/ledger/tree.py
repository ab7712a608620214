"""The Merkle tree of RFC 6962: hashes, roots and publicly verifiable proofs.

All hashes are 32 bytes of SHA-256. A leaf's position is counted from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

EMPTY_ROOT: Final = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash one entry, marked as a leaf (RFC 6962, 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class CompactTree:
    """All that must be kept to append and to know the root: one hash a perfect subtree.

    Attributes:
        size: number of leaves.
        peaks: roots of the perfect subtrees, the largest (leftmost) first; as many as
            `size` has binary ones.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"A tree of {self.size} leaves cannot have {len(self.peaks)} peaks.")

    def append(self, leaf: bytes) -> "CompactTree":
        """The tree with one more leaf hash, in at most log2(size) + 1 hashes."""
        peaks, carry = list(self.peaks), self.size
        while carry & 1:
            leaf = node_hash(peaks.pop(), leaf)
            carry >>= 1
        return CompactTree(self.size + 1, (*peaks, leaf))

    @property
    def root(self) -> bytes:
        """The Merkle tree hash; of an empty tree the hash of nothing."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes, in their order."""
    return tree_of(leaves).root


def tree_of(leaves: Sequence[bytes]) -> CompactTree:
    """The tree over leaf hashes, in their order."""
    tree = CompactTree()
    for leaf in leaves:
        tree = tree.append(leaf)
    return tree


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of one leaf, from the leaf's sibling upwards (RFC 6962, 2.1.1).

    Raises:
        IndexError: the tree has no leaf at `index`.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"A tree of {len(leaves)} leaves has no leaf {index}.")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(index, leaves[:split]), root_of(leaves[split:])]
    return [*inclusion_proof(index - split, leaves[split:]), root_of(leaves[:split])]


def verify_inclusion(
    leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the leaf hash is at `index` of the tree with that size and root.

    Source:
        RFC 9162, 2.1.3.2, which spells out the check for the tree of RFC 6962.
    """
    if not 0 <= index < size:
        return False
    position, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The proof that the tree of the first `old_size` leaves grew into this one.

    Empty where the sizes are equal or the old tree was empty (RFC 6962, 2.1.2).

    Raises:
        IndexError: `old_size` is negative or larger than the tree.
    """
    if not 0 <= old_size <= len(leaves):
        raise IndexError(f"A tree of {len(leaves)} leaves never had {old_size}.")
    return _subproof(old_size, leaves, is_whole=True) if old_size else []


def _subproof(old_size: int, leaves: Sequence[bytes], *, is_whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if is_whole else [root_of(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        left = _subproof(old_size, leaves[:split], is_whole=is_whole)
        return [*left, root_of(leaves[split:])]
    right = _subproof(old_size - split, leaves[split:], is_whole=False)
    return [*right, root_of(leaves[:split])]


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the new tree holds the old one unchanged as its beginning.

    Source:
        RFC 9162, 2.1.4.2, which spells out the check for the tree of RFC 6962.
    """
    if not 0 <= old_size <= new_size:
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if old_size == new_size:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    return bool(path) and _replay(old_size - 1, new_size - 1, path) == (old_root, new_root)


def _replay(position: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Old and new root that the path leads to; None where its length is wrong."""
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two smaller than `size`, which must be at least 2."""
    return 1 << ((size - 1).bit_length() - 1)
