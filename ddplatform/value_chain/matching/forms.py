"""Forms of the pages on likely duplicates."""

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import AnyOf, InputRequired, NumberRange

from ddplatform.infrastructure.forms.bounded import DecimalField, IntegerField
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.matching.models import PairState
from ddplatform.value_chain.merging.services.many import LEAST_SCORE

DECISIONS = tuple(state.value for state in (PairState.SAME, PairState.DIFFERENT, PairState.LATER))


class DecideForm(VersionForm):
    """Same, different or later; for *same* which of the two stays."""

    decision = HiddenField(
        _("Decision"), validators=[AnyOf(DECISIONS, _("Choose same, different or later."))]
    )
    keep = HiddenField(_("Record to keep"))


class ManyForm(FlaskForm):  # type: ignore[misc]
    """The second step before many pairs are merged at once."""

    score = DecimalField(
        _("Minimum score, in per cent"),
        validators=[
            InputRequired(_("Enter a score.")),
            NumberRange(
                100 * LEAST_SCORE,
                100,
                _("Enter a score from %(least)s to 100.", least=f"{100 * LEAST_SCORE:.0f}"),
            ),
        ],
    )
    seen = IntegerField(validators=[InputRequired(_("Open this page again."))])
