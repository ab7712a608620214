"""Guidance for people who report a child in danger, in the language of the page.

The words are those of `questionnaires/data/red_flags.toml`, which are marked for translation. An
assessor on a visit gets other texts: that person is no part of the place, and nobody reads the
checklist yet.
"""

from collections.abc import Iterable

from ddplatform.core.due_diligence.protection_services import ProtectionService
from ddplatform.languages import day_in_words, gettext
from ddplatform.languages import lazy_gettext as _
from questionnaires import Answerer, Notice

ON_A_VISIT = _(
    "This answer speaks of danger. Make sure first that nobody is harmed today: do not question "
    "the child, do not say who told you, call the contacts for help that you tried before the "
    "visit. Then tell who sent you, today: this checklist arrives only when you send it."
)

UNTIL_SENT = _(
    "Your buyer reads this only when you send your answers. If a child is in danger now, do not "
    "wait for that: get help first."
)


def words_of_help(
    flags: Iterable[Notice], answerer: Answerer, services: Iterable[ProtectionService]
) -> list[str]:
    """Guidance and contacts for the reported dangers; each stated once.

    Args:
        services: the child-protection services of the country of the place.
    """
    told = list(flags)
    words = [help_in_words(one.message, answerer) for one in told]
    if any(one.red_flag.issues for one in told):
        words += whom_to_call(services)
    return list(dict.fromkeys(words))


def whom_to_call(services: Iterable[ProtectionService]) -> list[str]:
    """The services of a country, one sentence each; none where none is listed."""
    return [_call(one) for one in services]


def _call(one: ProtectionService) -> str:
    words = {"name": one.name, "phones": " / ".join(one.phones)}
    if one.said_on is None:
        return gettext(
            "Whom to call for a child: %(name)s, %(phones)s (from a source without a date).",
            **words,
        )
    return gettext(
        "Whom to call for a child: %(name)s, %(phones)s (as of %(day)s).",
        day=day_in_words(one.said_on),
        **words,
    )


def help_in_words(message: str, answerer: Answerer) -> str:
    """Words of help in the language of the page, and that nobody else has read of it yet."""
    if answerer is Answerer.ASSESSOR:
        return str(ON_A_VISIT)
    return f"{gettext(message)} {UNTIL_SENT}"
