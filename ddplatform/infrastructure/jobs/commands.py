"""`flask worker`: processing of the job queue."""

import click
from flask import current_app
from flask.cli import with_appcontext

from ddplatform.infrastructure.jobs.worker import Worker
from ddplatform.infrastructure.process_log import log_to_standard_error
from ddplatform.infrastructure.tenancy import nobody


@click.command()
@click.option("--drain", is_flag=True, help="Stop when nothing is due any more.")
@with_appcontext
def worker(drain: bool) -> None:
    """Do the work that pages put off: imports, assessments, mail, reports."""
    log_to_standard_error()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    made = Worker(app)
    if not drain:
        made.run()
        return
    with nobody():
        while made.work_once():
            pass
