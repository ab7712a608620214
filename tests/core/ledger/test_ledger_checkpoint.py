"""Signed heads of a log."""

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ddplatform.core.ledger.checkpoint import Checkpoint, Signer, open_checkpoint, read_public_key
from ddplatform.core.ledger.errors import BadSignature, InconsistentHead, UnreadableNote
from ddplatform.core.ledger.tree import consistency_proof, leaf_hash, root_of

LEAVES = [leaf_hash(bytes([number])) for number in range(6)]
SIGNER = Signer("audit.example", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))


def head(size: int, origin: str = "audit.example/acme") -> Checkpoint:
    return Checkpoint(origin, size, root_of(LEAVES[:size]))


NOTE = SIGNER.sign(head(4), last=None)
SIGNATURE_LINE = NOTE.split("\n\n")[1]


def test_signed_note_has_the_form_of_the_specification():
    text, signature = NOTE.split("\n\n")

    assert text.split("\n") == ["audit.example/acme", "4", b64encode(head(4).root).decode()]
    assert signature.startswith("— audit.example ")
    assert len(b64decode(signature.split(" ")[2])) == 4 + 64
    assert NOTE.endswith("\n")


def test_public_key_of_the_specification_is_read_and_written_alike():
    # The example key of the signed-note specification's reference implementation.
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

    key = read_public_key(text)

    assert (key.name, key.key_id.hex(), key.text()) == ("PeterNeumann", "c74f20a3", text)


def test_note_of_the_specification_is_verified():
    # The example note of the same reference implementation.
    key = read_public_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    mark = b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )

    assert mark[:4] == key.key_id
    assert key.has_signed(text, mark[4:])
    assert not key.has_signed(text + " ", mark[4:])


def test_checkpoint_opens_with_the_key_that_signed_it():
    assert open_checkpoint(NOTE, [OTHER.public_key, SIGNER.public_key]) == head(4)


def test_checkpoint_with_a_witness_beside_opens_too():
    witness = OTHER.sign(head(4), last=None).split("\n\n")[1]

    assert open_checkpoint(NOTE + witness, [SIGNER.public_key]) == head(4)
    assert open_checkpoint(NOTE + witness, [OTHER.public_key]) == head(4)


def test_checkpoint_of_an_unknown_key_is_refused():
    with pytest.raises(BadSignature, match="No known key"):
        open_checkpoint(NOTE, [OTHER.public_key])


def test_checkpoint_with_a_changed_size_is_refused():
    with pytest.raises(BadSignature, match=r"'audit\.example' is false"):
        open_checkpoint(NOTE.replace("\n4\n", "\n5\n"), [SIGNER.public_key])


def test_head_that_grew_out_of_the_last_is_signed():
    note = SIGNER.sign(head(6), last=head(4), proof=consistency_proof(4, LEAVES))

    assert open_checkpoint(note, [SIGNER.public_key]) == head(6)


@pytest.mark.parametrize(
    "new",
    [
        Checkpoint("audit.example/acme", 6, root_of(LEAVES[::-1])),
        head(6, origin="audit.example/other"),
        head(3),
    ],
    ids=["rewritten", "another log", "cut"],
)
def test_head_that_does_not_continue_the_last_is_never_signed(new):
    with pytest.raises(InconsistentHead, match="signed head of 4 events"):
        SIGNER.sign(new, last=head(4), proof=consistency_proof(4, LEAVES))


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_key_name_that_would_break_a_note_is_refused(name):
    with pytest.raises(ValueError, match="no space and no plus"):
        Signer(name, SIGNER.key)


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("", "text, a blank line"),
        (NOTE[:-1], "text, a blank line"),
        ("a\n4\nx\n\n- audit.example abc\n", "signature line reads"),
        ("a\n4\nx\n\n— audit.example\n", "signature line reads"),
        ("a\n4\nx\n\n— audit.example $$\n", "signature is not in base64"),
    ],
)
def test_text_that_is_no_signed_note_is_refused(note, words):
    with pytest.raises(UnreadableNote, match=words):
        open_checkpoint(note, [SIGNER.public_key])


def sign_text(text: str) -> str:
    mark = SIGNER.public_key.key_id + SIGNER.key.sign(text.encode())
    return f"{text}\n— {SIGNER.name} {b64encode(mark).decode()}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("origin only\n", "three lines"),
        ("\n4\nAAAA\n", "three lines"),
        ("log\n04\nAAAA\n", "not '04'"),
        ("log\n-4\nAAAA\n", "not '-4'"),
        ("log\n٤\nAAAA\n", "whole number"),
        ("log\n4\nAAAA\n", "32 bytes"),
        ("log\n4\n!\n", "root is not in base64"),
    ],
)
def test_truly_signed_text_that_is_no_checkpoint_is_refused(text, words):
    with pytest.raises(UnreadableNote, match=words):
        open_checkpoint(sign_text(text), [SIGNER.public_key])


def test_extension_lines_of_a_checkpoint_are_passed_over():
    note = sign_text(head(4).text() + "extension\n")

    assert open_checkpoint(note, [SIGNER.public_key]) == head(4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name+00000000", "name.id.key"),
        ("name+00000000+AQ==", "no Ed25519 key"),
        ("name+00000000+" + b64encode(b"\x01" + bytes(32)).decode(), "does not belong"),
        ("name+00000000+?", "public key is not in base64"),
    ],
)
def test_text_that_is_no_public_key_is_refused(text, words):
    with pytest.raises(UnreadableNote, match=words):
        read_public_key(text)
