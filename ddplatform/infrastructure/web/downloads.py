"""Files on their way out: the form that was asked for, and the answer with the file."""

from collections.abc import Collection

from flask import Response, request

from ddplatform.documents.exports import MEDIA_TYPES, AnalysisForm, ExportedFile
from ddplatform.infrastructure.errors import NotFound


def asked_form(forms: Collection[AnalysisForm] = MEDIA_TYPES) -> AnalysisForm:
    """The form of file that the sent form names, one of `forms`, or NotFound."""
    for form in forms:
        if request.form.get("form") == form:
            return form
    raise NotFound()


def as_download(file: ExportedFile) -> Response:
    """The answer with a file, only ever as an attachment."""
    response = Response(file.content, mimetype=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response
