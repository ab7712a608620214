"""Delivery of media files for every page that shows a form."""

from io import BytesIO

from flask import Response, send_file

from ddplatform.supplier_engagement.own_forms.queries.media import MediaFile
from ddplatform.supplier_engagement.own_forms.services.media import read

KEPT_S = 3600
"""The cache time of a file on a phone: a version never changes its files."""
POLICY = "default-src 'none'; sandbox"


def serve(file: MediaFile) -> Response:
    """The bytes, whole or the part that a player asks for, and nothing that could run.

    Whoever calls has asked whether the form may be read.
    """
    answer = send_file(
        BytesIO(read(file)),
        mimetype=file.media_type,
        download_name=file.name,
        conditional=True,
        etag=file.sha256,
    )
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_S}"
    return answer
