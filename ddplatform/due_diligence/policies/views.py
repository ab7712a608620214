"""What the pages of policies say."""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date

from ddplatform.languages import current_locale, gettext


def language_names(codes: Sequence[str]) -> str:
    """Names of languages in the language of the page; the code where it has none."""
    locale = current_locale()
    return ", ".join(locale.languages.get(code, code) for code in codes)


def review_notice(title: str, review_on: date, today: date) -> str:
    """What is said on every page before the review of a policy is due, and after."""
    day = format_date(review_on, locale=current_locale())
    if review_on < today:
        return gettext(
            "The review of the policy “%(title)s” was due on %(day)s. It counts as evidence again "
            "once a new version is approved.",
            title=title,
            day=day,
        )
    return gettext("The policy “%(title)s” is due for review on %(day)s.", title=title, day=day)
