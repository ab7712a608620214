"""The application factory, without behaviour of its own."""

from typing import Any

from flask import Flask
from flask_migrate import Migrate

import ddplatform.models  # noqa: F401  (makes every table known)
from ddplatform import commands, registration, routes
from ddplatform.accounts.api_tokens import services as api_tokens
from ddplatform.accounts.limits import door
from ddplatform.accounts.limits.services import settle_tries
from ddplatform.accounts.second_factor.asking import ask_for_factor
from ddplatform.accounts.sessions import flask_session
from ddplatform.accounts.sessions.flask_session import is_fresh
from ddplatform.accounts.sessions.services import was_signed_in
from ddplatform.accounts.sign_in.again import ask_to_confirm, ask_to_sign_in_again
from ddplatform.audit import security_events
from ddplatform.audit.services.refusals import record_refusal
from ddplatform.config import ROOT, Kind, Settings, read_settings
from ddplatform.infrastructure import gate
from ddplatform.infrastructure.access.body_limits import FILES_BYTES, FORM_BYTES
from ddplatform.infrastructure.adapters.installed import install
from ddplatform.infrastructure.adapters.private_files import close_folder, make_private_folder
from ddplatform.infrastructure.database_roles.check import refuse_unsafe_roles
from ddplatform.infrastructure.db import db, prepare_engine
from ddplatform.infrastructure.health import metrics
from ddplatform.infrastructure.tenancy import guard_engine
from ddplatform.infrastructure.web.signing import sign_with_sha256


def create_app(settings: Settings | None = None, *, serves: bool = True) -> Flask:
    """The application for these settings, or those of the environment.

    Args:
        serves: False where a command checks a restored database, in a role that sees every row.

    Raises:
        UnsafeSettings: a setting is missing or unsafe.
        UndeclaredAccess: an endpoint declares no access.
    """
    settings = settings or read_settings()
    _close_instance(settings)
    app = Flask(
        "ddplatform",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(settings.instance_path),
    )
    app.config.update(_flask_settings(settings))
    app.extensions["settings"] = settings
    app.extensions["factory"] = create_app  # a restore is checked by an application of its own
    install(settings)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "ddplatform" / "migrations"))
    with app.app_context():
        prepare_engine(db.engine)
        guard_engine(db.engine, settings.secret_key)
        if serves and settings.kind is Kind.PRODUCTION and db.engine.dialect.name == "postgresql":
            refuse_unsafe_roles(db.engine)
    sign_with_sha256()
    flask_session.register(app)
    gate.open_gate(
        app,
        record_refusal=record_refusal,
        ask_again=ask_to_sign_in_again,
        ask_factor=ask_for_factor,
        ask_confirmation=ask_to_confirm,
        is_fresh=is_fresh,
        settle_tries=settle_tries,
        was_signed_in=was_signed_in,
        tokens=api_tokens,
    )
    door.register(app)
    registration.register()
    security_events.register(app, settings)
    metrics.register(app, settings)
    routes.register(app)
    commands.register(app)
    gate.close_gate(app)
    return app


def _close_instance(settings: Settings) -> None:
    make_private_folder(settings.instance_path)
    close_folder(settings.instance_path)


def _flask_settings(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
    if settings.database_url.startswith("sqlite"):
        connection = {"check_same_thread": False, "timeout": 15}
        options = {"connect_args": connection, "hide_parameters": True}
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        # Form tokens: the last one signs, each one opens.
        "WTF_CSRF_SECRET_KEY": [*reversed(settings.secret_key_fallbacks), settings.secret_key],
        "TESTING": settings.kind is Kind.TESTING,
        "DEBUG": settings.debug,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": options,
        "MAX_CONTENT_LENGTH": FILES_BYTES,
        "MAX_FORM_MEMORY_SIZE": FORM_BYTES,
        "MAX_FORM_PARTS": 2000,
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "SESSION_COOKIE_NAME": "__Host-session" if settings.secure_cookies else "session",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "WTF_CSRF_TIME_LIMIT": None,
    }
