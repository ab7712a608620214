"""The sample company, whose passwords are public, is refused where real people sign in."""

import json
import shutil
from pathlib import Path

from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import User
from ddplatform.factory import create_app
from ddplatform.infrastructure.db import db
from tests.infrastructure.health.test_settings import settings


def test_a_production_installation_refuses_the_sample_in_clear_words(
    tmp_path: Path, sqlite_template: Path
):
    shutil.copy(sqlite_template, tmp_path / "platform.db")
    url = f"sqlite:///{tmp_path / 'platform.db'}"
    app = create_app(settings(tmp_path, DATABASE_URL=url))

    result = app.test_cli_runner().invoke(args=["demo", "load", "--json"])

    assert result.exit_code == 1
    told = json.loads(result.stdout)["error"]
    assert told["message"] == (
        "This is a production installation, and the passwords of the sample are public."
    )
    assert "APP_KIND=development" in told["advice"]
    assert not (tmp_path / "demo_sign_ins.json").exists()
    with app.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 0
        db.engine.dispose()
