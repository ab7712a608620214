"""Media files of questionnaire labels, for the people asked."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires
from ddplatform.supplier_engagement.blueprints.responses import bp
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import get_version
from ddplatform.supplier_engagement.own_forms.queries.media import get_media, list_media
from ddplatform.supplier_engagement.own_forms.serving import serve
from ddplatform.supplier_engagement.own_forms.views import LabelMedia
from ddplatform.supplier_engagement.responses.queries.responses import Filled, get_request


@bp.get("/<uuid:assignment_id>/media/<name>")
@requires(Permission.RESPONSE_ANSWER)
def media(assignment_id: UUID, name: str) -> ResponseReturnValue:
    """One file of the questionnaire that the acting organisation is asked."""
    asked = get_request(assignment_id)
    return serve(get_media(get_version(asked.assignment.version_id), name))


def media_of(filled: Filled) -> LabelMedia:
    """Media files of the labels of a round."""
    assignment: Assignment = filled.assignment
    files = list_media(get_version(assignment.version_id))
    return LabelMedia(
        filled.form,
        frozenset(one.name for one in files),
        lambda name: url_for("responses.media", assignment_id=assignment.id, name=name),
    )
