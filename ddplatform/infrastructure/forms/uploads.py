"""Uploaded files of a form, read completely and released at once."""

from werkzeug.datastructures import FileStorage


def read_upload(upload: FileStorage) -> bytes:
    """The bytes of an upload. Large ones lie in a temporary file until they are closed."""
    content: bytes = upload.read()
    upload.close()
    return content
