"""Forms of actions."""

from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from ddplatform.core.due_diligence.tracking import IndicatorKind, tracking_words
from ddplatform.due_diligence.findings.forms import NO_CHILD, Expected, needed_text
from ddplatform.infrastructure.adapters.uploads import ALLOWED_WORDS
from ddplatform.infrastructure.forms.bounded import DateField, FloatField, IntegerField
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.languages import lazy_gettext as _
from supply_chain.risk.control_names import CONTROL_NAMES

CARRIERS = [
    SelectChoice("us", _("A colleague in our organisation")),
    SelectChoice("supplier", _("The supplier")),
]
EFFECT_KINDS = {
    IndicatorKind.OUTCOME: _("outcome"),
    IndicatorKind.PROCESS: _("process"),
    IndicatorKind.INPUT: _("input"),
}
CONTROL_CHOICES = [
    SelectChoice("", _("None of these")),
    *(SelectChoice(ref, f"{ref} {name}") for ref, name in CONTROL_NAMES.items()),
]
FILES_HINT = _(
    "At least one, unless some were sent before. %(allowed_words)s, up to 25 MB.",
    allowed_words=ALLOWED_WORDS,
)


def _indicators() -> list[SelectChoice]:
    found = tracking_words().indicators.items()
    named = (
        SelectChoice(ref, f"{ref} {one.title} ({EFFECT_KINDS[one.kind]})") for ref, one in found
    )
    return [SelectChoice("", _("None of these")), *named]


def _evidence_levels() -> list[SelectChoice]:
    levels = tracking_words().evidence_levels.items()
    return [SelectChoice(f"{level:g}", title) for level, title in levels]


class PlanForm(FlaskForm):  # type: ignore[misc]
    """A new action."""

    title = StringField(
        _("What is done"), validators=[InputRequired(_("Enter a title.")), Length(max=160)]
    )
    description = needed_text(
        _("How, where, with whom"),
        _("Enter what is to be done."),
        longest=2000,
        hint=_("The supplier can read this where the supplier carries it out."),
    )
    carrier = RadioField(
        _("Who carries it out"),
        choices=CARRIERS,
        default="us",
        validators=[InputRequired(_("Choose who carries it out."))],
    )
    owner_id = SelectField(
        _("Owner"),
        choices=[],
        validators=[Expected()],
        description=_("Not needed where the supplier carries it out."),
    )
    is_own_practice = BooleanField(
        _("It changes our own purchasing practices"),
        description=_("Such as price, lead time, volume or payment terms."),
    )
    control = SelectField(
        _("Control it strengthens"),
        choices=CONTROL_CHOICES,
        validators=[Optional()],
        description=_("Once verified, the residual risk is recalculated with it."),
    )
    indicator = SelectField(
        _("Indicator that shows the effect"),
        choices=_indicators,
        validators=[Optional()],
        description=_("Prefer an outcome: what changes for children."),
    )
    success_measure = needed_text(
        _("How success is measured"),
        _("Say how success is measured."),
        hint=_("Baseline, target and unit."),
    )
    budget_amount = IntegerField(
        _("Budget in whole units"),
        description=_("0 if it costs nothing."),
        validators=[Optional(), NumberRange(min=0, max=10**12)],
    )
    budget_currency = StringField(
        _("Currency"),
        description=_("Three letters, for example EUR."),
        validators=[Optional(), Regexp(r"^[A-Z]{3}$", message=_("Three capital letters, as EUR."))],
    )
    due_on = DateField(_("Due date"), validators=[InputRequired(_("Choose a day."))])


class ExtendForm(VersionForm):
    """Another day, with the reason."""

    due_on = DateField(_("New due date"), validators=[InputRequired(_("Choose a day."))])
    reason = needed_text(_("Reason for the extension"), _("Give the reason."))


class MoveForm(VersionForm):
    """A step of an action that needs a reason."""

    reason = needed_text(_("Reason"), _("Give the reason."))


class ProgressForm(FlaskForm):  # type: ignore[misc]
    """Progress of an action."""

    text = needed_text(_("How far is it?"), _("Write how far it is."), hint=NO_CHILD)


class ReportForm(VersionForm):
    """Completion, with evidence."""

    note = needed_text(_("What was done"), _("Write what was done."), hint=NO_CHILD)
    files = MultipleFileField(
        _("Photos or documents that show it"), description=FILES_HINT, validators=[Expected()]
    )


class VerifyForm(VersionForm):
    """The verifier's observations."""

    coverage = FloatField(
        _("Share of the people, sites or volume reached, in %"),
        validators=[InputRequired(_("Enter the share.")), NumberRange(min=0, max=100)],
    )
    evidence_level = RadioField(
        _("What the evidence shows"),
        choices=_evidence_levels,
        validators=[InputRequired(_("Choose one of the five levels."))],
    )
    note = needed_text(_("What was seen that supports this"), _("Write what was seen."))
