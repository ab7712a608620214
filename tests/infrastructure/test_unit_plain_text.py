"""What people write about sites and measures leads to nobody and has its length."""

import pytest

from ddplatform.infrastructure.plain_text import fault_in, faults_in


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Three boys carried sacks at the gate.", None),
        ("  ", "Enter the reason."),
        ("x" * 51, "Shorten the reason to 50 characters."),
    ],
)
def test_a_text_is_asked_for_and_kept_short(text, fault):
    assert fault_in(text, label="the reason", longest=50) == fault


def test_a_text_that_may_be_missing_is_not_asked_for():
    assert fault_in("", label="the reason", longest=50, required=False) is None


def test_an_address_that_leads_to_a_person_is_refused_with_advice():
    fault = fault_in("Write to ama@example.org", label="the reason", longest=50)

    assert fault is not None
    assert fault.endswith("Write what happened without anything that leads to a person.")


def test_faults_stand_at_their_fields():
    assert faults_in({"why": ("", "why", 50), "how": ("By talks", "how", 50)}) == {
        "why": "Enter why."
    }
