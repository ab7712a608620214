"""Forms of maps, nodes, links and lists: format only, the rules are in services."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, Length, NumberRange, Optional

from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.infrastructure.forms.choices import country_choices, sector_choices
from ddplatform.infrastructure.forms.numbers import NumberField
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.approvals.services.requests import LONGEST_REASON
from ddplatform.value_chain.saved_views.services import NAME_LENGTH
from ddplatform.value_chain.words.map_fields import KIND_WORDS
from supply_chain.graph.labels import GROUP_LENGTH, MOST_TAGS, TAG_LENGTH
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind

LINK_WORDS: Mapping[LinkKind, str] = {
    LinkKind.SUPPLIES: _("Supplies goods"),
    LinkKind.PROCESSES_FOR: _("Processes for"),
    LinkKind.PROVIDES_LABOUR: _("Provides labour"),
    LinkKind.FINANCES: _("Finances"),
    LinkKind.SELLS_ON: _("Sells on"),
    LinkKind.DISTRIBUTES: _("Distributes"),
}
FLOW_WORDS: Mapping[FlowEvidence, str] = {
    FlowEvidence.CONFIRMED: _("Confirmed (contract, invoice, traced)"),
    FlowEvidence.PROBABLE: _("Probable (named by the supplier)"),
    FlowEvidence.POSSIBLE: _("Possible (trade data, same area)"),
    FlowEvidence.UNMAPPED: _("Not known"),
}
ID_LENGTH = 40
_KIND_CHOICES: Mapping[NodeKind, str] = {
    **KIND_WORDS,
    NodeKind.SITE: _("Site (factory, farm, mine, warehouse)"),
}


def _choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class SavedViewForm(FlaskForm):  # type: ignore[misc]
    """The name of a view of a map."""

    name = StringField(
        _("Name of the view"),
        description=_("For example “High risk in West Africa”. All who read this map see it."),
        validators=[DataRequired(_("Give the view a name.")), Length(max=NAME_LENGTH)],
    )


class ChainForm(FlaskForm):  # type: ignore[misc]
    """A new map."""

    name = StringField(
        _("Name of the map"),
        description=_(
            "For example the product or the business unit: “Cocoa”, “Spring collection”."
        ),
        validators=[DataRequired(_("Give the map a name.")), Length(max=200)],
    )
    description = TextAreaField(_("Scope"), validators=[Length(max=2000)])
    own_business = StringField(
        _("Your own business in it"),
        description=_("The company or site at the end of this chain. Suppliers are linked to it."),
        validators=[DataRequired(_("Name your own business.")), Length(max=300)],
    )
    country = SelectField(_("Country of your own business"))

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.country.choices = _choices(country_choices())


class ChainNameForm(FlaskForm):  # type: ignore[misc]
    """Another name for a map."""

    name = StringField(
        _("Name of the map"), validators=[DataRequired(_("Give the map a name.")), Length(max=200)]
    )
    description = TextAreaField(_("Scope"), validators=[Length(max=2000)])


class NodeForm(FlaskForm):  # type: ignore[misc]
    """A new business, site, intermediary, platform or investee."""

    name = StringField(_("Name"), validators=[DataRequired(_("Give it a name.")), Length(max=300)])
    kind = SelectField(
        _("Kind"),
        choices=_choices((kind.value, word) for kind, word in _KIND_CHOICES.items()),
        validators=[DataRequired(_("Choose a kind."))],
    )
    country = SelectField(_("Country"))
    region = StringField(_("Region"), validators=[Length(max=200)])
    address = StringField(
        _("Address"),
        description=_("Of the business or site, never a home address."),
        validators=[Length(max=500)],
    )
    latitude = NumberField(
        _("Latitude"),
        description=_("Degrees, for example 5.36."),
        validators=[Optional(), NumberRange(-90, 90, _("Degrees between -90 and 90."))],
    )
    longitude = NumberField(
        _("Longitude"),
        description=_("Degrees, for example -4.01."),
        validators=[Optional(), NumberRange(-180, 180, _("Degrees between -180 and 180."))],
    )
    sector_ref = SelectField(_("Sector"))
    commodities = StringField(
        _("Commodities"),
        description=_("Names or HS codes, separated by commas: “cocoa, palm oil”."),
        validators=[Length(max=500)],
    )
    operated_by = StringField(
        _("Operated by"),
        description=_("Name or ID of a business in this map."),
        validators=[Length(max=300)],
    )
    own_operation = BooleanField(_("This is our own operation"))
    is_origin = RadioField(
        _("Beginning of the chain"),
        choices=[
            SelectChoice("", _("Decide by kind and activity")),
            SelectChoice("yes", _("Yes")),
            SelectChoice("no", _("No")),
        ],
        default="",
    )
    approval_reason = TextAreaField(
        _("Reason for the mark"),
        description=_(
            "Only for “Yes”: what was seen. A second person decides on this basis; until then "
            "the site stays as it was."
        ),
        validators=[Length(max=LONGEST_REASON)],
    )
    approval_until = DateField(
        _("Mark valid until"),
        description=_("Only for “Yes”: at most twelve months ahead."),
        validators=[Optional()],
    )
    contact_email = StringField(
        _("Business contact"),
        description=_("An e-mail address of the business, not a private one."),
        validators=[Optional(), Email(_("Enter an e-mail address.")), Length(max=254)],
    )

    os_id = StringField(
        _("OS ID"),
        description=_("Of Open Supply Hub: two letters, seven digits, six characters."),
        validators=[Length(max=ID_LENGTH)],
    )
    lei = StringField(
        _("LEI"),
        description=_("Legal entity identifier, 20 characters."),
        validators=[Length(max=ID_LENGTH)],
    )
    duns = StringField(
        _("DUNS"),
        description=_("Of Dun & Bradstreet, nine digits."),
        validators=[Length(max=ID_LENGTH)],
    )
    gln = StringField(
        _("GLN"),
        description=_("Global location number of GS1, 13 digits."),
        validators=[Length(max=ID_LENGTH)],
    )

    owner_id = SelectField(
        _("Owner"), default="", description=_("Receives the reassessment tasks of the site.")
    )
    group_name = StringField(
        _("Group"),
        description=_("One name for sites that are handled together: “Cotton mills East”."),
        validators=[Length(max=GROUP_LENGTH)],
    )
    tags = StringField(
        _("Tags"),
        description=_("Free words, separated by commas: “cotton, high volume”."),
        validators=[Length(max=MOST_TAGS * (TAG_LENGTH + 2))],
    )

    def __init__(
        self,
        *,
        sector: str | None = None,
        owners: Iterable[tuple[UUID, str]] = (),
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.country.choices = _choices(country_choices())
        self.sector_ref.choices = _choices(sector_choices(sector))
        people = [(str(key), name) for key, name in owners]
        self.owner_id.choices = _choices([("", gettext("Unassigned")), *people])


class NodeChangeForm(VersionForm, NodeForm):
    """The same for one that is in the map, as it stood when the page was opened."""


class LinkTerms(FlaskForm):  # type: ignore[misc]
    """The flow from a supplier to a buyer."""

    kind = SelectField(
        _("Flow"),
        choices=_choices((kind.value, word) for kind, word in LINK_WORDS.items()),
        validators=[DataRequired(_("Choose the kind of flow."))],
    )
    commodity = StringField(_("Commodity"), validators=[Length(max=200)])
    share = NumberField(
        _("Share of the buyer's input, in per cent"),
        description=_(
            "Leave it empty when it is not known: that counts as not known, not as zero."
        ),
        validators=[Optional(), NumberRange(0, 100, _("Between 0 and 100."))],
    )
    flow_evidence = SelectField(
        _("Evidence"),
        choices=_choices((flow.value, word) for flow, word in FLOW_WORDS.items()),
        default=FlowEvidence.UNMAPPED.value,
        validators=[DataRequired(_("Choose the evidence."))],
    )
    approval_reason = TextAreaField(
        _("Basis of the confirmation"),
        description=_(
            "Only for a confirmed flow: the contract, invoice or trace that was seen. "
            "A second person decides on this basis; until then the flow is probable."
        ),
        validators=[Length(max=LONGEST_REASON)],
    )
    approval_until = DateField(
        _("Confirmed until"),
        description=_("Only for a confirmed flow: at most twelve months ahead."),
        validators=[Optional()],
    )
    valid_from = DateField(_("From"), validators=[Optional()])
    valid_to = DateField(_("Until"), validators=[Optional()])


class LinkForm(LinkTerms):
    """A new link of a supplier or site with another one."""

    other = StringField(
        _("Name or ID of the other end"),
        description=_("It must be in this map already."),
        validators=[Length(max=300)],
    )


class LinkChangeForm(VersionForm, LinkTerms):
    """A link that is in the map, as it stood when the page was opened."""


class ImportForm(FlaskForm):  # type: ignore[misc]
    """Files of one import."""

    files = MultipleFileField(
        _("Files"),
        description=_(
            "CSV, XLSX, XLS or value-chain JSON, up to 10 MB each. Author and company are removed "
            "from XLSX files. An XLS file keeps them: choose one only if you agree to that. "
            "Several files are one import, for example suppliers and who supplies whom."
        ),
        validators=[FileRequired(_("Choose at least one file."))],
    )
    link_to_own = BooleanField(
        _("Link suppliers without a buyer to our own business"),
        description=_("For plain lists of direct suppliers. Rows that name a buyer keep it."),
        default=True,
    )


class ApplyForm(FlaskForm):  # type: ignore[misc]
    """The last step before an import changes the map."""

    skip_faulty = BooleanField(_("Leave out rows with problems"))
    archive_links = BooleanField(
        _("Archive links between suppliers that are no longer in the list"),
        description=_("Only for complete lists of who supplies whom."),
    )


class CorrectionsForm(FlaskForm):  # type: ignore[misc]
    """The workbook of problems, corrected."""

    file = FileField(
        _("Corrected workbook of problems"),
        description=_("Its rows replace those of the list, and the list is read again."),
        validators=[FileRequired(_("Choose the workbook."))],
    )


class ExportForm(FlaskForm):  # type: ignore[misc]
    """The format of an exported map."""

    form = RadioField(
        _("File format"),
        choices=[
            SelectChoice("xlsx", _("Excel workbook")),
            SelectChoice("csv", _("CSV, two tables in a ZIP")),
            SelectChoice("json", _("JSON, to transfer the map to another organisation")),
            SelectChoice("graphml", _("GraphML, for graph software")),
            SelectChoice("node-link", _("Node-link JSON, for NetworkX and D3")),
        ],
        default="xlsx",
        validators=[DataRequired(_("Choose a file format."))],
    )
