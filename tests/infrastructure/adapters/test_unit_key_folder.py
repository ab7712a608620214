"""Keys of an installation stay with it, whatever address it is called by."""

import os
from pathlib import Path

import pytest

from ddplatform.infrastructure.adapters.keys import CASE_MASTER, KeyFolder, key_on_paper, log_name


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


def test_the_history_of_public_keys_goes_on_when_the_signing_key_changes(tmp_path: Path):
    keys = KeyFolder(tmp_path / "keys", origin="ddplatform/a")
    first = keys.log_signer().public_key

    prepared = keys.prepare_log_signer()

    assert keys.log_signer().public_key == first, "not in force yet"
    assert keys.prepare_log_signer() == prepared, "the same one until it is in force"
    keys.change_log_signer()
    assert keys.log_signer().public_key == prepared
    assert KeyFolder(tmp_path / "keys", origin="x").log_public_keys() == (first, prepared)


def test_a_change_in_another_process_is_seen_at_once(tmp_path: Path):
    web, command = (KeyFolder(tmp_path / "keys", origin="ddplatform/a") for _ in range(2))
    old = web.case_master()

    command.begin_change(CASE_MASTER)

    new = web.case_master()
    assert new != old and web.case_masters() == (new, old)
    command.finish_change(CASE_MASTER)
    assert web.case_masters() == (new,)


@pytest.mark.parametrize("step", ["link", "replace"])
def test_a_change_of_the_master_key_goes_on_where_it_was_interrupted(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
):
    keys = KeyFolder(tmp_path / "keys", origin="ddplatform/a")
    old = keys.case_master()

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    def link(source: Path, target: Path) -> None:
        power_cut() if target.name.endswith(".before") else real(source, target)

    real, where = os.link, os if step == "link" else Path
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(where, step, link if step == "link" else power_cut)
        keys.begin_change(CASE_MASTER)

    assert old in keys.case_masters(), "what is wrapped with it can be read"
    keys.begin_change(CASE_MASTER)
    new, before = keys.case_masters()
    assert before == old and new != old


def test_key_files_are_readable_by_their_owner_alone(tmp_path: Path):
    keys = KeyFolder(tmp_path / "keys", origin="ddplatform/a")
    keys.case_master()
    keys.log_public_keys()
    keys.prepare_log_signer()

    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}
    assert set(modes.values()) == {0o600} and len(modes) == 5
