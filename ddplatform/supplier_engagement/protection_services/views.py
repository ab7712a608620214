"""Guidance for people who report a child in danger, in the language of the page.

The words are those of `questionnaires/data/red_flags.toml`; a test holds them equal. An
assessor on a visit gets other texts: that person is no part of the place, and nobody reads the
checklist yet.
"""

from collections.abc import Iterable

from ddplatform.core.due_diligence.protection_services import ProtectionService
from ddplatform.languages import day_in_words, gettext
from ddplatform.languages import lazy_gettext as _
from questionnaires import Answerer, Notice

MESSAGES = (
    _(
        "Thank you for telling us. Please keep the child safe and do not send the child away "
        "or stop the family's income. Someone will contact you today to plan help together. "
        "Your orders are not at risk because you said this."
    ),
    _(
        "Thank you for telling us. Please do not question the child and do not confront "
        "anyone. If there is danger now, call the emergency number. Trained people will "
        "contact you and take the next steps with you."
    ),
    _(
        "Thank you for telling us. Please move the young worker to a safe task today and keep "
        "paying the same. Do not dismiss anyone. We will help you to change this task for "
        "good."
    ),
    _(
        "Thank you for telling us. Please give the papers back to their owners within 24 "
        "hours. If you want them kept safe, we can show you a way in which each worker holds "
        "the key."
    ),
    _(
        "Thank you for telling us. Please stop taking this money now. We will make a plan "
        "with you to pay it back step by step, and we will look at what buyers can add."
    ),
    _(
        "Thank you for telling us. Please make sure that everyone can leave freely, from now "
        "on. If someone is hurt or in danger, call the emergency number. Trained people will "
        "contact you to help."
    ),
    _(
        "Thank you for telling us. Please do not question the child and do not look into it "
        "yourself. Keep the child safe and tell as few people as possible. A specialist will "
        "contact you."
    ),
    _(
        "Thank you for telling us. Please do not open, copy or send the material to anyone, "
        "also not to us. Report it to the body the law names. We will tell you which one it "
        "is."
    ),
    _(
        "Thank you for telling us. Your safety comes first: take no risk to find out more. "
        "New orders wait while we look at the situation with you, so that nobody is put in "
        "danger."
    ),
    _(
        "Thank you for telling us. Please let the child stay in a safe place with someone who "
        "cares. Trained people will contact you and help to find the family or a guardian."
    ),
    _(
        "Thank you for telling us. Nobody may be punished for speaking. A person who is "
        "independent of your buyer will contact you and decide with you what is safe."
    ),
    _(
        "Thank you for telling us. A visit that could not be finished can be made up. Please "
        "keep all records as they are. We will contact you and find out what is needed to "
        "open the doors."
    ),
    _(
        "Thank you for telling us. False papers are often the only way a young person sees to "
        "earn money. Please do not punish or dismiss anyone for it. We will help you with a "
        "safer way to check age."
    ),
    _(
        "Thank you for telling us. We are sorry. If anyone still needs help, call the "
        "emergency number first. We will call you at once and stand by the family and by you."
    ),
    _(
        "Thank you for telling us. Please do not speak to the customer about it. Report it in "
        "the way the law names for your firm. We can help you to find the right office."
    ),
)

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
