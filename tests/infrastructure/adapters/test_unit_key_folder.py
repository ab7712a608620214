"""Keys of an installation stay with it, whatever address it is called by."""

from pathlib import Path

import pytest

from ddplatform.infrastructure.adapters.keys import KeyFolder, key_on_paper, log_name


def test_a_log_keeps_its_name_and_key_when_the_address_of_the_installation_changes(
    tmp_path: Path,
) -> None:
    first = KeyFolder(tmp_path / "keys", origin="ddplatform/127.0.0.1:8000").log_signer()
    later = KeyFolder(tmp_path / "keys", origin="ddplatform/rights.example").log_signer()
    assert later.name == first.name == "ddplatform/127.0.0.1:8000"
    assert later.public_key.text() == first.public_key.text()


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        ("http://127.0.0.1:8000", "ddplatform-log"),
        ("http://localhost", "ddplatform-log"),
        ("http://[::1]:8000", "ddplatform-log"),
        ("https://rights.example", "ddplatform/rights.example"),
    ],
)
def test_a_log_is_called_by_an_address_only_where_one_was_set(base_url: str, name: str) -> None:
    assert log_name(base_url) == name


def test_reports_name_no_machine_though_an_old_log_is_called_by_it(tmp_path: Path) -> None:
    named = ("ddplatform/127.0.0.1:8000", "ddplatform/rights.example")
    old, new = (KeyFolder(tmp_path / one[-4:], origin=one).log_signer() for one in named)

    assert key_on_paper(old) == f"ddplatform-log+{old.public_key.key_id.hex()}"
    assert key_on_paper(new) == f"ddplatform/rights.example+{new.public_key.key_id.hex()}"


def test_two_installations_have_keys_of_their_own(tmp_path: Path) -> None:
    one = KeyFolder(tmp_path / "one", origin="ddplatform/a").log_signer()
    other = KeyFolder(tmp_path / "other", origin="ddplatform/a").log_signer()
    assert one.public_key.text() != other.public_key.text()
