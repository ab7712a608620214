"""Estimated time for the rest of a questionnaire, from the open questions of each page."""

from collections.abc import Collection

from ddplatform.supplier_engagement.responses.queries.responses import Filled
from questionnaires import Page, seconds_left


def seconds_left_on(page: Page, filled: Filled, documents: Collection[str]) -> int:
    """Seconds for the open questions on a page of a round.

    Args:
        documents: paths that have a document.
    """
    given = {path for path, answer in filled.answers.items() if answer.raw and answer.given_at}
    return seconds_left(page, given=given, documents=documents)
