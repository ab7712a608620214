"""`flask serve`: the web process."""

import click
from flask import current_app
from flask.cli import with_appcontext

from ddplatform.infrastructure.process_log import log_to_standard_error
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
    proxy = {
        "trusted_proxy": trusted_proxy,
        "trusted_proxy_headers": "x-forwarded-for",
        "trusted_proxy_count": 1,
    }
    more = proxy if trusted_proxy else {}
    try:
        made = start_server(
            app.wsgi_app, listen, limit_by_address(app), Bounds(threads=threads), **more
        )
    except (OSError, ValueError) as fault:
        raise click.BadParameter(f"{listen}: {fault}", param_hint="'--listen'") from fault
    click.echo(f"Listening on {listen}", err=True)
    made.run()
