"""What people type about maps, nodes, links and lists: format only, rules stand in services."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, Length, NumberRange, Optional

from ddplatform.infrastructure.forms.choices import country_choices, sector_choices
from ddplatform.infrastructure.forms.numbers import NumberField
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.value_chain.approvals.services.requests import LONGEST_REASON
from ddplatform.value_chain.saved_views.services import NAME_LENGTH
from ddplatform.value_chain.words.map_fields import KIND_WORDS
from supply_chain.graph.labels import GROUP_LENGTH, MOST_TAGS, TAG_LENGTH
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind

LINK_WORDS: Mapping[LinkKind, str] = {
    LinkKind.SUPPLIES: "Supplies goods",
    LinkKind.PROCESSES_FOR: "Processes for",
    LinkKind.PROVIDES_LABOUR: "Provides labour",
    LinkKind.FINANCES: "Finances",
    LinkKind.SELLS_ON: "Sells on",
    LinkKind.DISTRIBUTES: "Distributes",
}
FLOW_WORDS: Mapping[FlowEvidence, str] = {
    FlowEvidence.CONFIRMED: "Confirmed (contract, invoice, traced)",
    FlowEvidence.PROBABLE: "Probable (named by the supplier)",
    FlowEvidence.POSSIBLE: "Possible (trade data, same area)",
    FlowEvidence.UNMAPPED: "Not known",
}
ID_LENGTH = 40
_EXAMPLES: Mapping[NodeKind, str] = {NodeKind.SITE: " (factory, farm, mine, warehouse)"}


def _choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class SavedViewForm(FlaskForm):  # type: ignore[misc]
    """The name of a view of a map."""

    name = StringField(
        "Name of the view",
        description="For example “High risk in West Africa”. All who read this map see it.",
        validators=[DataRequired("Give the view a name."), Length(max=NAME_LENGTH)],
    )


class ChainForm(FlaskForm):  # type: ignore[misc]
    """A new map."""

    name = StringField(
        "Name of the map",
        description="For example the product or the business unit: “Cocoa”, “Spring collection”.",
        validators=[DataRequired("Give the map a name."), Length(max=200)],
    )
    description = TextAreaField("What it covers", validators=[Length(max=2000)])
    own_business = StringField(
        "Your own business in it",
        description="The company or site at the end of this chain. Suppliers are linked to it.",
        validators=[DataRequired("Name your own business."), Length(max=300)],
    )
    country = SelectField("Country of your own business")

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.country.choices = _choices(country_choices())


class ChainNameForm(FlaskForm):  # type: ignore[misc]
    """Another name for a map."""

    name = StringField(
        "Name of the map", validators=[DataRequired("Give the map a name."), Length(max=200)]
    )
    description = TextAreaField("What it covers", validators=[Length(max=2000)])


class NodeForm(FlaskForm):  # type: ignore[misc]
    """A new business, site, intermediary, platform or investee."""

    name = StringField("Name", validators=[DataRequired("Give it a name."), Length(max=300)])
    kind = SelectField(
        "Kind",
        choices=_choices((k.value, word + _EXAMPLES.get(k, "")) for k, word in KIND_WORDS.items()),
        validators=[DataRequired("Choose a kind.")],
    )
    country = SelectField("Country")
    region = StringField("Region", validators=[Length(max=200)])
    address = StringField(
        "Address",
        description="Of the business or site, never a home address.",
        validators=[Length(max=500)],
    )
    latitude = NumberField(
        "Latitude",
        description="Degrees, for example 5.36.",
        validators=[Optional(), NumberRange(-90, 90, "Degrees between -90 and 90.")],
    )
    longitude = NumberField(
        "Longitude",
        description="Degrees, for example -4.01.",
        validators=[Optional(), NumberRange(-180, 180, "Degrees between -180 and 180.")],
    )
    sector_ref = SelectField("Sector")
    commodities = StringField(
        "Commodities",
        description="Names or HS codes, separated by commas: “cocoa, palm oil”.",
        validators=[Length(max=500)],
    )
    operated_by = StringField(
        "Operated by",
        description="Name or id of a business in this map.",
        validators=[Length(max=300)],
    )
    own_operation = BooleanField("This is our own operation")
    is_origin = RadioField(
        "Does the chain begin here?",
        choices=[
            SelectChoice("", "Decide by kind and activity"),
            SelectChoice("yes", "Yes"),
            SelectChoice("no", "No"),
        ],
        default="",
    )
    approval_reason = TextAreaField(
        "Why the chain begins here",
        description="Only for “Yes”: what was seen. A second person decides by it; until then "
        "it stays as it was.",
        validators=[Length(max=LONGEST_REASON)],
    )
    approval_until = DateField(
        "Marked as a beginning until",
        description="Only for “Yes”: at most twelve months ahead.",
        validators=[Optional()],
    )
    contact_email = StringField(
        "Business contact",
        description="An address of the business, no private one.",
        validators=[Optional(), Email("Enter an e-mail address."), Length(max=254)],
    )

    os_id = StringField(
        "OS ID",
        description="Of Open Supply Hub: two letters, seven digits, six signs.",
        validators=[Length(max=ID_LENGTH)],
    )
    lei = StringField(
        "LEI",
        description="Legal entity identifier, 20 signs.",
        validators=[Length(max=ID_LENGTH)],
    )
    duns = StringField(
        "DUNS", description="Of Dun & Bradstreet, nine digits.", validators=[Length(max=ID_LENGTH)]
    )
    gln = StringField(
        "GLN",
        description="Global location number of GS1, 13 digits.",
        validators=[Length(max=ID_LENGTH)],
    )

    owner_id = SelectField(
        "Who answers for it", default="", description="Gets the tasks to look at it anew."
    )
    group_name = StringField(
        "Group",
        description="One name for sites that are handled together: “Cotton mills East”.",
        validators=[Length(max=GROUP_LENGTH)],
    )
    tags = StringField(
        "Tags",
        description="Free words, separated by commas: “cotton, high volume”.",
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
        self.owner_id.choices = _choices([("", "Nobody yet"), *people])


class NodeChangeForm(VersionForm, NodeForm):
    """The same for one that is in the map, as it stood when the page was opened."""


class LinkTerms(FlaskForm):  # type: ignore[misc]
    """What flows from a supplier to a buyer."""

    kind = SelectField(
        "What flows",
        choices=_choices((kind.value, word) for kind, word in LINK_WORDS.items()),
        validators=[DataRequired("Choose what flows.")],
    )
    commodity = StringField("Commodity", validators=[Length(max=200)])
    share = NumberField(
        "Share of the buyer's input, in per cent",
        description="Leave it empty when it is not known: that counts as not known, not as zero.",
        validators=[Optional(), NumberRange(0, 100, "Between 0 and 100.")],
    )
    flow_evidence = SelectField(
        "How it is known",
        choices=_choices((flow.value, word) for flow, word in FLOW_WORDS.items()),
        default=FlowEvidence.UNMAPPED.value,
        validators=[DataRequired("Choose how it is known.")],
    )
    approval_reason = TextAreaField(
        "What confirms it",
        description="Only for a confirmed flow: the contract, invoice or trace that was seen. "
        "A second person decides by it; until then the flow is probable.",
        validators=[Length(max=LONGEST_REASON)],
    )
    approval_until = DateField(
        "Confirmed until",
        description="Only for a confirmed flow: at most twelve months ahead.",
        validators=[Optional()],
    )
    valid_from = DateField("From", validators=[Optional()])
    valid_to = DateField("Until", validators=[Optional()])


class LinkForm(LinkTerms):
    """A new link of a supplier or site with another one."""

    other = StringField(
        "Name or id of the other end",
        description="It must be in this map already.",
        validators=[Length(max=300)],
    )


class LinkChangeForm(VersionForm, LinkTerms):
    """A link that is in the map, as it stood when the page was opened."""


class ImportForm(FlaskForm):  # type: ignore[misc]
    """Files of one import."""

    files = MultipleFileField(
        "Files",
        description="CSV, XLSX, XLS or value-chain JSON, up to 10 MB each. "
        "Several files are one import, for example suppliers and who supplies whom.",
        validators=[FileRequired("Choose at least one file.")],
    )
    link_to_own = BooleanField(
        "Link suppliers without a buyer to our own business",
        description="For plain lists of direct suppliers. Rows that name a buyer keep it.",
        default=True,
    )


class ApplyForm(FlaskForm):  # type: ignore[misc]
    """The last step before an import changes the map."""

    skip_faulty = BooleanField("Leave the rows with problems out")
    archive_links = BooleanField(
        "Archive links between suppliers that the list no longer names",
        description="Only for complete lists of who supplies whom.",
    )


class CorrectionsForm(FlaskForm):  # type: ignore[misc]
    """The workbook of problems, mended."""

    file = FileField(
        "The workbook of problems, mended",
        description="Its rows take the place of those in the list, and the list is read again.",
        validators=[FileRequired("Choose the workbook.")],
    )


class ExportForm(FlaskForm):  # type: ignore[misc]
    """In which form a map goes out."""

    form = RadioField(
        "File format",
        choices=[
            SelectChoice("xlsx", "Excel workbook"),
            SelectChoice("csv", "CSV, two tables in a ZIP"),
            SelectChoice("json", "JSON, to bring the map into another organisation"),
            SelectChoice("graphml", "GraphML, for graph programs"),
        ],
        default="xlsx",
        validators=[DataRequired("Choose a file format.")],
    )
