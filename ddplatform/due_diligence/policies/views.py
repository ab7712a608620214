"""What the pages of policies say."""

from collections.abc import Sequence
from datetime import date, timedelta

from ddplatform.core.due_diligence.policy_checklist import policy_checklist
from ddplatform.due_diligence.policies.models import PolicyState
from ddplatform.due_diligence.policies.queries import PolicyRow
from ddplatform.languages import current_locale, day_in_words, gettext


def language_names(codes: Sequence[str]) -> str:
    """Names of languages in the language of the page; the code where it has none."""
    locale = current_locale()
    return ", ".join(locale.languages.get(code, code) for code in codes)


def review_notices(rows: Sequence[PolicyRow], today: date) -> list[str]:
    """What is said of approved versions whose review is near or late, the first first."""
    until = today + timedelta(days=policy_checklist().notice_days)
    due = [row for row in rows if row.state is PolicyState.APPROVED and row.review_on <= until]
    return [_review_notice(row, today) for row in sorted(due, key=lambda row: row.review_on)]


def _review_notice(row: PolicyRow, today: date) -> str:
    day = day_in_words(row.review_on)
    if row.review_on < today:
        return gettext(
            "The review of the policy “%(title)s” was due on %(day)s. It counts as evidence again "
            "once a new version is approved.",
            title=row.title,
            day=day,
        )
    return gettext("The policy “%(title)s” is due for review on %(day)s.", title=row.title, day=day)
