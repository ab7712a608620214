"""The form of one questionnaire as a phone app takes it, in all languages that it speaks."""

from ddplatform.queries.questionnaires import get_version
from ddplatform.queries.responses import Request, find_response
from questionnaires.phone_form import xform_of
from questionnaires.translations import spoken_beside


def load_phone_form(asked: Request) -> bytes:
    """The XForm that knows whose answers it takes, opened in the language of the supplier.

    The same questions give the same bytes whatever language a page speaks, or an app would get
    the form anew each time it looks.
    """
    version = get_version(asked.assignment.version_id)
    row = find_response(asked.assignment.id)
    return xform_of(
        version.definition,
        f".{version.media_type}",
        reference=str(asked.assignment.id),
        translations=spoken_beside(asked.plan.form),
        language=row.language if row else asked.assignment.language,
    ).encode()
