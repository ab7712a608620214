"""Keys of an installation stay with it, whatever address it is called by."""

from pathlib import Path

from ddplatform.infrastructure.adapters.keys import KeyFolder


def test_a_log_keeps_its_name_and_key_when_the_address_of_the_installation_changes(
    tmp_path: Path,
) -> None:
    first = KeyFolder(tmp_path / "keys", origin="ddplatform/127.0.0.1:8000").log_signer()
    later = KeyFolder(tmp_path / "keys", origin="ddplatform/rights.example").log_signer()
    assert later.name == first.name == "ddplatform/127.0.0.1:8000"
    assert later.public_key.text() == first.public_key.text()


def test_two_installations_have_keys_of_their_own(tmp_path: Path) -> None:
    one = KeyFolder(tmp_path / "one", origin="ddplatform/a").log_signer()
    other = KeyFolder(tmp_path / "other", origin="ddplatform/a").log_signer()
    assert one.public_key.text() != other.public_key.text()
