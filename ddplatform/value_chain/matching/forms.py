"""Forms of the pages on likely duplicates."""

from flask_wtf import FlaskForm
from wtforms import DecimalField, HiddenField, IntegerField
from wtforms.validators import AnyOf, InputRequired, NumberRange

from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.value_chain.matching.models import PairState
from ddplatform.value_chain.merging.services.many import LEAST_SCORE

DECISIONS = tuple(state.value for state in (PairState.SAME, PairState.DIFFERENT, PairState.LATER))


class DecideForm(VersionForm):
    """Same, different or later; for *same* which of the two stays."""

    decision = HiddenField(
        "Decision", validators=[AnyOf(DECISIONS, "Choose same, different or later.")]
    )
    keep = HiddenField("Which of the two stays")


class ManyForm(FlaskForm):  # type: ignore[misc]
    """The second step before many pairs are merged at once."""

    score = DecimalField(
        "Least score, in percent",
        validators=[
            InputRequired("Give a score."),
            NumberRange(100 * LEAST_SCORE, 100, f"A score from {100 * LEAST_SCORE:.0f} to 100."),
        ],
    )
    seen = IntegerField(validators=[InputRequired("Open this page again.")])
