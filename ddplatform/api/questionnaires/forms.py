"""Questionnaires and requests as JSON."""

from marshmallow import Schema, fields, validate

from ddplatform.api.blueprint import Paged, Plain
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState
from ddplatform.languages import LANGUAGES
from ddplatform.supplier_engagement.library.queries import View
from ddplatform.supplier_engagement.requests.services.requests import MAX_AT_ONCE, MAX_MESSAGE
from questionnaires import Answerer


class QuestionnaireSchema(Schema):
    """The newest version of a questionnaire."""

    version_id = fields.UUID(required=True)
    ref = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    version = fields.String(required=True)
    questions = fields.Integer(attribute="question_count", required=True)
    answered_by = fields.Enum(Answerer, by_value=True, required=True)
    sent = fields.Integer(required=True, metadata={"description": "Requests sent so far"})


class QuestionnairesSchema(Schema):
    """The library of questionnaires."""

    items = fields.List(fields.Nested(QuestionnaireSchema), required=True)


class RequestsAskedSchema(Paged):
    """Which requests are asked for."""

    view = fields.Enum(View, by_value=True, load_default=View.ALL)
    node_id = fields.UUID(load_default=None)
    q = Plain(load_default="", validate=validate.Length(max=200))


class RequestSchema(Schema):
    """A questionnaire that was sent."""

    id = fields.UUID(required=True)
    node_id = fields.UUID(required=True)
    node_name = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.String(required=True)
    status = fields.Enum(QuestionnaireState, by_value=True, required=True)
    due_on = fields.Date(required=True)
    email = fields.String(attribute="invited_email", required=True)
    sections_done = fields.Integer(required=True)
    sections_total = fields.Integer(required=True)
    submitted_at = fields.DateTime(allow_none=True, required=True)
    round = fields.Integer(required=True)


class AddressSchema(Schema):
    """Whom to ask at a site."""

    node_id = fields.UUID(required=True)
    email = Plain(
        load_default="",
        validate=validate.Length(max=254),
        metadata={"description": "Where left out, the business contact of the site"},
    )


class NewRequestsSchema(Schema):
    """A questionnaire to send: to all of these sites, or on any problem to none."""

    version_id = fields.UUID(required=True)
    due_on = fields.Date(required=True)
    language = fields.String(load_default="en", validate=validate.OneOf(sorted(LANGUAGES)))
    light_mode = fields.Boolean(
        load_default=None,
        allow_none=True,
        truthy={True},
        falsy={False},
        metadata={"description": "Short version; left out: by the size of each site"},
    )
    message = Plain(load_default="", validate=validate.Length(max=MAX_MESSAGE))
    to = fields.List(
        fields.Nested(AddressSchema), required=True, validate=validate.Length(1, MAX_AT_ONCE)
    )


class SentSchema(Schema):
    """The requests that were sent."""

    ids = fields.List(fields.UUID(), required=True)
