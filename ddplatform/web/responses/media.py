"""Files of the labels of a questionnaire, for those who were asked it."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.gate import requires
from ddplatform.models.questionnaires import Assignment
from ddplatform.queries.form_media import get_media, list_media
from ddplatform.queries.questionnaires import get_version
from ddplatform.queries.responses import Filled, get_request
from ddplatform.web.label_media import LabelMedia, serve
from ddplatform.web.responses.blueprint import bp


@bp.get("/<uuid:assignment_id>/media/<name>")
@requires(Permission.RESPONSE_ANSWER)
def media(assignment_id: UUID, name: str) -> ResponseReturnValue:
    """One file of the questionnaire that the acting organisation is asked."""
    asked = get_request(assignment_id)
    return serve(get_media(get_version(asked.assignment.version_id), name))


def media_of(filled: Filled) -> LabelMedia:
    """What the labels of a round show or play."""
    assignment: Assignment = filled.assignment
    files = list_media(get_version(assignment.version_id))
    return LabelMedia(
        filled.form,
        frozenset(one.name for one in files),
        lambda name: url_for("responses.media", assignment_id=assignment.id, name=name),
    )
