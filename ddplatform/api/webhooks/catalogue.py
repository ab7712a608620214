"""Which events webhooks send, under which type, and what a subject takes (`events.yaml`)."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from ddplatform.infrastructure.access.permissions import Permission


class Subject(StrEnum):
    """What a webhook can tell of."""

    NODES = "nodes"
    RISKS = "risks"
    QUESTIONNAIRES = "questionnaires"
    FINDINGS = "findings"
    ACTIONS = "actions"
    REPORTS = "reports"


SCOPES: Mapping[Subject, Permission] = {
    Subject.NODES: Permission.VALUE_CHAIN_READ,
    Subject.RISKS: Permission.RISK_READ,
    Subject.QUESTIONNAIRES: Permission.QUESTIONNAIRE_READ,
    Subject.FINDINGS: Permission.FINDING_READ,
    Subject.ACTIONS: Permission.FINDING_READ,
    Subject.REPORTS: Permission.REPORT_READ,
}
"""The permission to read a subject: who makes a webhook for it has to hold it all the time."""
TEST_TYPE = "webhook.test"


@cache
def event_types() -> Mapping[Subject, Mapping[str, str]]:
    """Subject -> action of the log -> type under which it is sent."""
    file = Path(__file__).with_name("events.yaml")
    read: dict[str, dict[str, list[str]]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {
        Subject(subject): {action: kind for kind, actions in types.items() for action in actions}
        for subject, types in read.items()
    }


def types_of(subjects: Collection[str]) -> Mapping[str, str]:
    """Action of the log -> type, for these subjects."""
    return {
        action: kind
        for subject, types in event_types().items()
        if subject in subjects
        for action, kind in types.items()
    }
