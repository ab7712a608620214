"""Forms of a supplier about its own suppliers."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, Length, Optional

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.cascade.models import ShareBand
from ddplatform.supplier_engagement.cascade.services.cascade import MAX_NAME
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import NodeKind

KIND_WORDS = {
    NodeKind.BUSINESS_ENTITY: _("Business or trader"),
    NodeKind.SITE: _("Factory, farm or mine"),
    NodeKind.LABOUR_INTERMEDIARY: _("Provider of workers"),
}
"""The kinds that a supplier can name."""
SHARE_WORDS = {
    ShareBand.UNDER_5: _("less than 5 per cent"),
    ShareBand.FROM_5_TO_25: _("5 to 25 per cent"),
    ShareBand.FROM_25_TO_50: _("25 to 50 per cent"),
    ShareBand.OVER_50: _("more than 50 per cent"),
    ShareBand.NOT_KNOWN: _("not known"),
}


class OwnSupplierForm(FlaskForm):  # type: ignore[misc]
    """One business that this organisation buys from."""

    name = StringField(
        _("Name of the business"),
        description=_("Never the name of a worker or a child."),
        validators=[DataRequired(_("Write the name of the business.")), Length(max=MAX_NAME)],
    )
    country = SelectField(
        _("Country where it works"), validators=[DataRequired(_("Choose the country."))]
    )
    kind = RadioField(_("What is it?"), default=NodeKind.BUSINESS_ENTITY.value)
    share_band = RadioField(
        _("How much of what you use comes from there?"), default=ShareBand.NOT_KNOWN.value
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = load_reference().countries
        named = sorted(((code, country_name(code)) for code in codes), key=lambda one: one[1])
        self.country.choices = [("", _("Choose")), *named]
        self.kind.choices = [SelectChoice(k.value, words) for k, words in KIND_WORDS.items()]
        self.share_band.choices = [SelectChoice(b.value, w) for b, w in SHARE_WORDS.items()]


class ForwardForm(FlaskForm):  # type: ignore[misc]
    """Questions that are passed on."""

    version = SelectField(_("Which questions?"))
    email = EmailField(
        _("E-mail address of your contact there"),
        description=_("An address of the business, not a private one."),
        validators=[
            DataRequired(_("Write the e-mail address.")),
            Email(_("This is not an e-mail address. Example: name@company.com")),
            Length(max=254),
        ],
    )
    message = TextAreaField(_("A word from you"), validators=[Optional(), Length(max=1000)])
