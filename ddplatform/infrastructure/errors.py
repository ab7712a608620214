"""Application errors, with the one table from error to HTTP status."""

from collections.abc import Mapping

from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.languages import LazyText, gettext, ngettext
from ddplatform.languages import lazy_gettext as _
from questionnaires.errors import QuestionnaireError
from supply_chain.errors import FileRefused, SupplyChainError


class PlatformError(Exception):
    """Base of expected errors: `message` is the error, `advice` the remedy."""

    title: str | LazyText = _("Something is wrong")

    def __init__(self, message: str = "", advice: str = "") -> None:
        self._words, self.advice = message or self.title, advice
        super().__init__(self._words)

    @property
    def message(self) -> str:
        """The error message; translated on request, since many errors are never displayed."""
        return str(self._words)


class NotFound(PlatformError):
    """It does not exist, or it belongs to somebody else: the answer is the same."""

    title = _("This page does not exist")


class NotSignedIn(PlatformError):
    """A program sent no token that works."""

    title = _("No valid token was sent")


class NotAllowed(PlatformError):
    """The role of this person does not hold the permission."""

    title = _("Your role does not allow this")


class Conflict(PlatformError):
    """The state does not permit this change, often since somebody else was quicker.

    `theirs` and `mine` hold both versions by field label, `version` the number of the newer one.
    """

    title = _("This cannot be done now")

    def __init__(
        self,
        message: str = "",
        advice: str = "",
        *,
        theirs: Mapping[str, str] | None = None,
        mine: Mapping[str, str] | None = None,
        version: int | None = None,
    ) -> None:
        super().__init__(message, advice)
        self.theirs, self.mine, self.version = dict(theirs or {}), dict(mine or {}), version
        if self.theirs:
            self.title = _("Somebody else changed this meanwhile")


class Invalid(PlatformError):
    """The input breaks a rule; `fields` maps fields to remedies."""

    title = _("Some of the input needs a correction")

    def __init__(
        self, message: str = "", advice: str = "", *, fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, advice)
        self.fields = dict(fields or {})


class TooMany(PlatformError):
    """A rate limit is reached; `retry_after_s` seconds until the next try.

    `more` adds another way out.
    """

    title = _("Too many tries")
    keeps_form = False
    """Whether the page offers what was typed once more."""

    def __init__(self, retry_after_s: int, more: str = "") -> None:
        minutes = max(1, -(-retry_after_s // 60))  # rounded up: earlier would be refused again
        wait = ngettext("Try again in %(num)s minute.", "Try again in %(num)s minutes.", minutes)
        if retry_after_s < 60:
            wait = ngettext(
                "Try again in %(num)s second.", "Try again in %(num)s seconds.", retry_after_s
            )
        super().__init__(gettext("Too many tries in a short time."), f"{wait} {more}".strip())
        self.retry_after_s = retry_after_s


class Busy(FileRefused):
    """A file that was not read since too many are read at this moment; nothing is wrong with it."""

    RETRY_AFTER_S = 60

    def __init__(self, message: str) -> None:
        advice = gettext("Choose it again in a minute. What else you typed is still here.")
        super().__init__("busy", message, advice)


STATUS: dict[type[Exception], int] = {
    NotSignedIn: 401,
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    StepNotAllowed: 409,
    Invalid: 422,
    FileRefused: 422,
    Busy: 503,
    QuestionnaireError: 422,
    SupplyChainError: 422,
    TooMany: 429,
}


def status_of(error: Exception) -> int:
    """The HTTP status of an error; 500 for everything that is not expected."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500
