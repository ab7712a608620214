"""`flask serve`: the web process."""

from typing import Any
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import with_appcontext

from ddplatform.config import ENCRYPTED, Kind, Settings
from ddplatform.infrastructure.process_log import log_to_standard_error
from ddplatform.infrastructure.web.headers import bare_headers
from ddplatform.infrastructure.web_server.body_limit import limit_by_address
from ddplatform.infrastructure.web_server.server import UNIX, Bounds, start_server


@click.command()
@click.option(
    "--listen",
    default="127.0.0.1:8000",
    show_default=True,
    help="HOST:PORT or unix:/PATH, several in quotes parted by blanks.",
)
@click.option("--threads", default=Bounds.threads, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--trusted-proxy",
    help="The one proxy in front whose X-Forwarded-For is believed: its address, or localhost "
    "where it asks over the Unix socket.",
)
@with_appcontext
def serve(listen: str, threads: int, trusted_proxy: str | None) -> None:
    """Answer browsers, with limits on bodies, headers, waiting and connections."""
    log_to_standard_error()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    require_protected(listen, app.extensions["settings"])
    try:
        made = start_server(
            app.wsgi_app,
            listen,
            limit_by_address(app),
            Bounds(threads=threads),
            error_headers=bare_headers(app.extensions["settings"]),
            **behind_proxy(trusted_proxy),
        )
    except (OSError, ValueError) as fault:
        raise click.BadParameter(f"{listen}: {fault}", param_hint="'--listen'") from fault
    for warning in warnings_of(app.extensions["settings"]):
        click.echo(f"Warning: {warning}", err=True)
    click.echo(f"Listening on {listen}", err=True)
    made.run()


def require_protected(listen: str, settings: Settings) -> None:
    """Refuse to speak HTTP in the clear over a network in production, that of the machine included.

    Raises:
        click.BadParameter: names the addresses and both ways out.
    """
    if settings.kind is not Kind.PRODUCTION or settings.network_to_proxy == ENCRYPTED:
        return
    open_ones = [one for one in listen.split() if not one.startswith(UNIX)]
    if open_ones:
        raise click.BadParameter(
            f"{', '.join(open_ones)} can be reached over a network, and the server speaks without "
            "encryption. Listen on unix:/run/waymark/web.sock behind a proxy with TLS on this "
            "machine, or set NETWORK_TO_PROXY=encrypted where whatever lies between is encrypted.",
            param_hint="'--listen'",
        )


def warnings_of(settings: Settings) -> list[str]:
    """What production does without and the operator should know at each start."""
    if settings.kind is not Kind.PRODUCTION:
        return []
    lasting = {"DATABASE_URL": settings.database_url, "MAIL_URL": settings.mail_url}
    said = [
        f"{name} holds a lasting password. docs/operations.md says how to do without: the user of "
        "the system or a certificate."
        for name, url in lasting.items()
        if url and urlsplit(url).password
    ]
    if settings.breached_passwords is None:
        said.append(
            "BREACHED_PASSWORDS is not set: new passwords are not held against breached ones. "
            "docs/operations.md says how to get the file."
        )
    return said


def behind_proxy(address: str | None) -> dict[str, Any]:
    """Settings of waitress that believe the address of a browser from this one proxy alone."""
    if not address:
        return {}
    return {
        "trusted_proxy": address,
        "trusted_proxy_headers": "x-forwarded-for",
        "trusted_proxy_count": 1,
    }
