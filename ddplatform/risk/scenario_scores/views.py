"""Waiting page while a large map is scored."""

from flask import render_template

from ddplatform.infrastructure.jobs.models import Job
from ddplatform.value_chain.mapping.models import ValueChain


def wait_page(chain: ValueChain, back: str, job: Job | None = None) -> str:
    """Instead of a page for which the map has to be scored first.

    Args:
        back: the address of that page; what was asked for and typed stands in it.
        job: the work, once somebody asked for it.
    """
    return render_template(
        "risk/scenario_scores/wait.html",
        chain=chain,
        back=back,
        job=job,
        running=job is not None and job.is_going_on,
    )
