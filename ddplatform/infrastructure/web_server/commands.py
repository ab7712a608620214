"""`flask serve`: the web process."""

from ipaddress import ip_address
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from ddplatform.config import ENCRYPTED, Kind, Settings
from ddplatform.infrastructure.process_log import log_to_standard_error
from ddplatform.infrastructure.web.headers import bare_headers
from ddplatform.infrastructure.web_server.body_limit import limit_by_address
from ddplatform.infrastructure.web_server.server import Bounds, start_server


@click.command()
@click.option(
    "--listen",
    default="127.0.0.1:8000",
    show_default=True,
    help="HOST:PORT, several in quotes parted by blanks.",
)
@click.option("--threads", default=Bounds.threads, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--trusted-proxy",
    help="Address of the one proxy in front whose X-Forwarded-For is believed.",
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
    """Refuse to speak HTTP in the clear with another machine in production.

    Raises:
        click.BadParameter: names the addresses and both ways out.
    """
    if settings.kind is not Kind.PRODUCTION or settings.network_to_proxy == ENCRYPTED:
        return
    open_ones = [one for one in listen.split() if not _is_loopback(one)]
    if open_ones:
        raise click.BadParameter(
            f"{', '.join(open_ones)} can be reached from other machines, and the server speaks "
            "without encryption. Listen on 127.0.0.1 behind a proxy with TLS on this machine, or "
            "set NETWORK_TO_PROXY=encrypted where whatever lies between is encrypted.",
            param_hint="'--listen'",
        )


def warnings_of(settings: Settings) -> list[str]:
    """What production does without and the operator should know at each start."""
    if settings.kind is not Kind.PRODUCTION or settings.breached_passwords is not None:
        return []
    return [
        "BREACHED_PASSWORDS is not set: new passwords are not held against breached ones. "
        "docs/operations.md says how to get the file."
    ]


def _is_loopback(address: str) -> bool:
    """Whether nothing but this machine reaches HOST:PORT; a name is taken for what it says."""
    host = address.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def behind_proxy(address: str | None) -> dict[str, Any]:
    """Settings of waitress that believe the address of a browser from this one proxy alone."""
    if not address:
        return {}
    return {
        "trusted_proxy": address,
        "trusted_proxy_headers": "x-forwarded-for",
        "trusted_proxy_count": 1,
    }
