"""Settings that are unsafe stop the start, all of them in one message."""

from pathlib import Path

import pytest

from ddplatform.config import Kind, Settings, UnsafeSettings, read_settings
from ddplatform.factory import create_app
from ddplatform.infrastructure.adapters.installed import install

GOOD = {
    "APP_KIND": "production",
    "DATABASE_URL": "postgresql+psycopg://app@db/platform?sslmode=verify-full",
    "SECRET_KEY": "kJ8s2-vQ0xZr7LwPq9TnYb3Hc6MdEfGa5Uo1Ri4",
    "MAIL_URL": "smtps://mail.example",
    "BASE_URL": "https://platform.example",
    "TRUSTED_HOSTS": "platform.example",
    "SECURE_COOKIES": "on",
}
UNSAFE = {
    "FLASK_DEBUG": ("FLASK_DEBUG", "1"),
    "SECURE_COOKIES": ("SECURE_COOKIES", ""),
    "BASE_URL": ("BASE_URL", "http://platform.example"),
    "TRUSTED_HOSTS": ("TRUSTED_HOSTS", ""),
    "MAIL_URL": ("MAIL_URL", ""),
    "SECRET_KEY": ("SECRET_KEY", "x" * 40),
    "DATABASE_URL": ("DATABASE_URL", "mysql://db"),
    "BACKUP_DATABASE_URL": ("BACKUP_DATABASE_URL", "mysql://db"),
    "SECRET_KEY_FALLBACKS": ("SECRET_KEY_FALLBACKS", "short"),
    "METRICS": ("METRICS", "guessed"),
    "WEBHOOK_HOSTS": ("WEBHOOK_HOSTS", "https://erp.example"),
}


def settings(tmp_path: Path, **changes: str) -> Settings:
    return read_settings({**GOOD, "INSTANCE_PATH": str(tmp_path), **changes})


def test_good_settings_of_a_production_installation_are_accepted(tmp_path: Path):
    found = settings(tmp_path)

    assert found.kind is Kind.PRODUCTION
    assert found.trusted_hosts == ("platform.example",)
    assert found.secure_cookies and not found.debug


@pytest.mark.parametrize(("named", "change"), UNSAFE.items())
def test_each_unsafe_setting_is_refused_by_name(tmp_path: Path, named: str, change):
    name, value = change

    with pytest.raises(UnsafeSettings, match=named):
        settings(tmp_path, **{name: value})


def test_all_faults_stand_in_one_message(tmp_path: Path):
    with pytest.raises(UnsafeSettings) as refused:
        settings(tmp_path, **dict(UNSAFE.values()))

    assert len(refused.value.faults) == len(UNSAFE)
    assert all(name in str(refused.value) for name in UNSAFE)


def test_missing_secret_is_refused_in_production_and_made_in_development(tmp_path: Path):
    with pytest.raises(UnsafeSettings, match="SECRET_KEY"):
        settings(tmp_path, SECRET_KEY="")
    assert not (tmp_path / "secret_key").exists()

    made = settings(tmp_path, SECRET_KEY="", APP_KIND="development")
    again = settings(tmp_path, SECRET_KEY="", APP_KIND="development")

    assert made.secret_key == again.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_owner_of_the_tables_is_another_role_of_the_same_kind_of_database(tmp_path: Path):
    owner = "postgresql+psycopg://owner@db/platform?sslmode=verify-full"

    assert settings(tmp_path, MIGRATION_DATABASE_URL=owner).migration_database_url == owner
    for wrong in (
        {"MIGRATION_DATABASE_URL": "sqlite:///platform.db"},
        {"MIGRATION_DATABASE_URL": owner, "DATABASE_URL": "sqlite:///platform.db"},
    ):
        with pytest.raises(UnsafeSettings, match="MIGRATION_DATABASE_URL"):
            settings(tmp_path, **wrong)


def test_unknown_kind_of_installation_is_refused(tmp_path: Path):
    with pytest.raises(UnsafeSettings, match="APP_KIND"):
        settings(tmp_path, APP_KIND="prod")


@pytest.mark.parametrize(
    ("named", "change"),
    [
        ("FLASK_DEBUG", {"FLASK_DEBUG": "True"}),
        ("FLASK_DEBUG", {"FLASK_DEBUG": "yes"}),
        ("BASE_URL", {"BASE_URL": "httpsx://platform.example"}),
        ("host of BASE_URL", {"TRUSTED_HOSTS": "elsewhere.example"}),
        ("MAIL_URL", {"MAIL_URL": "smtp://mail.example"}),
        ("MAIL_URL", {"MAIL_URL": "smtp://localhost:25"}),
    ],
)
def test_setting_that_looks_safe_and_is_not_is_refused(
    tmp_path: Path, named: str, change: dict[str, str]
):
    with pytest.raises(UnsafeSettings, match=named):
        settings(tmp_path, **change)


def test_host_names_may_have_spaces_between_them(tmp_path: Path):
    hosts = "www.platform.example, platform.example"
    found = settings(tmp_path, TRUSTED_HOSTS=hosts)

    assert found.trusted_hosts == ("www.platform.example", "platform.example")


CLEAR = "postgresql+psycopg://app@db/platform"


@pytest.mark.parametrize(
    ("named", "value"),
    [
        ("DATABASE_URL", CLEAR),
        ("DATABASE_URL", f"{CLEAR}?sslmode=require"),
        ("DATABASE_URL", f"{CLEAR}?sslmode=verify-full&sslmode=disable"),
        ("DATABASE_URL", "postgresql+psycopg://app@/platform?host=db.example"),
        ("MIGRATION_DATABASE_URL", f"{CLEAR}?sslmode=prefer"),
        ("BACKUP_DATABASE_URL", CLEAR),
        ("DATABASE_URL", "postgresql+psycopg://app@localhost/platform"),
        ("DATABASE_URL", "postgresql+psycopg://app@[::1]/platform?sslmode=prefer"),
        ("VIRUS_SCANNER", "tcp:scanner.example:3310"),
        ("VIRUS_SCANNER", "tcp:127.0.0.1:3310"),
    ],
)
def test_connection_in_the_clear_is_refused_also_within_the_machine(
    tmp_path: Path, named: str, value: str
):
    with pytest.raises(UnsafeSettings, match=f"- {named} must") as refused:
        settings(tmp_path, **{named: value})

    assert len(refused.value.faults) == 1


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://app@localhost/platform?sslmode=verify-full",
        "postgresql+psycopg://app@/platform?host=/run/postgresql",
        f"{CLEAR}?sslmode=verify-full&sslrootcert=/etc/ca.pem",
    ],
)
def test_connection_over_a_unix_socket_or_to_a_proved_server_is_accepted(tmp_path: Path, url: str):
    found = settings(tmp_path, DATABASE_URL=url, VIRUS_SCANNER="unix:/run/clamav/clamd.ctl")

    assert found.database_url == url


def test_mistyped_kind_hides_no_other_fault(tmp_path: Path):
    with pytest.raises(UnsafeSettings) as refused:
        settings(tmp_path, APP_KIND="prod", SECURE_COOKIES="")

    assert len(refused.value.faults) == 2


def test_debugger_cannot_be_on_in_a_started_production_application(tmp_path: Path):
    app = create_app(settings(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'platform.db'}"))

    assert app.debug is False
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert app.config["MAX_CONTENT_LENGTH"] and app.config["MAX_FORM_MEMORY_SIZE"]


def test_a_file_of_breached_passwords_that_cannot_be_searched_stops_the_start(tmp_path: Path):
    path = tmp_path / "breached.txt"
    path.write_text("password\n", encoding="utf-8")

    with pytest.raises(UnsafeSettings, match=r"BREACHED_PASSWORDS: .* SHA-1"):
        install(settings(tmp_path, BREACHED_PASSWORDS=str(path)))
