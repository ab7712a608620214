"""Which jobs there are. Their names stand in the database: one that is changed is never done."""

import pytest

from ddplatform import registration
from ddplatform.infrastructure.jobs.handlers import HANDLERS, list_periodic, title_of

ASKED_FOR = {
    "action:mail",
    "answers:read_returned_books",
    "answers:tell_brought_book",
    "approval:carry-out",
    "approval:carry-out-end",
    "bulk:change",
    "bulk:undo",
    "campaign:send",
    "campaign:tell_owner",
    "case:mail",
    "case:tell",
    "concern:mail_late",
    "concern:tell",
    "evidence:destroy",
    "evidence:search",
    "figure_question:tell",
    "figure_question:tell_answer",
    "invitation:send",
    "map:past-day",
    "matching:merge-many",
    "matching:search",
    "matching:undo-many",
    "officer:begin",
    "officer:tell",
    "person:tell_officers",
    "questionnaire:remind",
    "questionnaire:tell_escalated",
    "questionnaire:tell_returned",
    "report:build",
    "response:receive",
    "review_sample:accept_rest",
    "risk:assess",
    "sample:drop_files",
    "account:tell",
    "retention:tell",
    "sharing:tell_ended",
    "supplier_figures:renew",
    "supplier_figures:tell",
    "value_chain:apply-import",
    "value_chain:preview-import",
    "visit_plan:make",
    "webhook:tell",
    "webhook:test",
    "what_if:score-map",
}
COME_BY_THEMSELVES = {
    "action:remind": 86_400,
    "approval:expire": 86_400,
    "audit:checkpoint": 900,
    "audit:refusals": 900,
    "campaign:continue": 900,
    "campaign:remind": 21_600,
    "cascade:refresh": 3_600,
    "concern:remind": 86_400,
    "case:remind": 900,
    "files:sweep": 86_400,
    "questionnaire:chase": 21_600,
    "reassessment:look": 86_400,
    "retention:apply": 86_400,
    "risk:renew": 86_400,
    "screening:run": 3_600,
    "session:expire": 3_600,
    "sharing:expire": 3_600,
    "supplier_figures:look": 86_400,
    "webhook:send": 900,
}
"""Name -> seconds between two runs, for each organisation."""


@pytest.fixture(autouse=True)
def registered() -> None:
    registration.register()


def test_every_job_that_a_database_may_hold_is_still_done() -> None:
    assert {name for name, _handler in HANDLERS.items()} == ASKED_FOR | set(COME_BY_THEMSELVES)


def test_periodic_jobs_come_as_often_as_operators_were_told() -> None:
    assert dict(list_periodic()) == COME_BY_THEMSELVES


def test_a_job_that_nobody_does_any_more_has_no_title() -> None:
    assert title_of("risk:assess") == "The risks of the map are being assessed"
    assert title_of("report:build") == title_of("gone:years_ago") == ""
