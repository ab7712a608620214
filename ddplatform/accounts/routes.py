"""URL prefixes of the pages of organisations and people."""

from flask import Flask

from ddplatform.accounts.api_tokens import routes as api_token_routes
from ddplatform.accounts.blueprints.account import bp as account
from ddplatform.accounts.blueprints.organisations import bp as organisations
from ddplatform.accounts.founding.routes import bp as founding
from ddplatform.accounts.leaving import routes as leaving_routes
from ddplatform.accounts.officers import routes as officers_routes
from ddplatform.accounts.organisation_factors import routes as organisation_factor_routes
from ddplatform.accounts.organisations import routes as organisations_routes
from ddplatform.accounts.own_sessions import routes as own_sessions_routes
from ddplatform.accounts.passkeys import routes as passkey_routes
from ddplatform.accounts.second_factor import routes as own_factor_routes
from ddplatform.accounts.sign_in.routes import account as account_routes
from ddplatform.accounts.sign_in.routes import confirm as confirm_routes
from ddplatform.accounts.sign_in.routes.code import bp as sign_in_code
from ddplatform.accounts.sign_in.routes.links import bp as links
from ddplatform.accounts.sign_in.routes.sign_in import bp as sign_in
from ddplatform.accounts.single_sign_on import routes as single_sign_on_routes
from ddplatform.accounts.single_sign_on.routes import bp as single_sign_on


def register(app: Flask) -> None:
    """Add these pages to the application."""
    app.register_blueprint(account)
    app.register_blueprint(sign_in)
    app.register_blueprint(sign_in_code)
    app.register_blueprint(links)
    app.register_blueprint(single_sign_on)
    app.register_blueprint(organisations, url_prefix="/o/<organisation>")
    app.register_blueprint(founding)
