"""Documents of the OpenRosa protocol (docs.getodk.org: form list, manifest, response)."""

from collections.abc import Iterable
from hashlib import md5
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, current_app, make_response
from werkzeug.http import http_date

from ddplatform.supplier_engagement.own_forms.queries.media import MediaFile

VERSION = "1.0"
LIST = "http://openrosa.org/xforms/xformsList"
MANIFEST = "http://openrosa.org/xforms/xformsManifest"
RESPONSE = "http://openrosa.org/http/response"


def answer(document: Element | bytes | None, status: int) -> Response:
    """A document with the headers that every OpenRosa answer carries."""
    body = document if isinstance(document, bytes) else b""
    if isinstance(document, Element):
        body = tostring(document, encoding="utf-8", xml_declaration=True)
    response = make_response(body, status)
    response.headers["Content-Type"] = "text/xml; charset=utf-8"
    response.headers["X-OpenRosa-Version"] = VERSION
    response.headers["X-OpenRosa-Accept-Content-Length"] = str(
        current_app.config["MAX_CONTENT_LENGTH"]
    )
    response.headers["Date"] = http_date()
    return response


def message(text: str, *, nature: str = "") -> Element:
    """The app's message to the person after a submission."""
    document = Element("OpenRosaResponse", xmlns=RESPONSE)
    said = SubElement(document, "message")
    if nature:
        said.set("nature", nature)
    said.text = text
    return document


def form_list(form: dict[str, str]) -> Element:
    """The one form that a link is for."""
    document = Element("xforms", xmlns=LIST)
    one = SubElement(document, "xform")
    for name, text in form.items():
        SubElement(one, name).text = text
    return document


def manifest(files: Iterable[tuple[MediaFile, str]]) -> Element:
    """The media of the form, each with its sum and its address; the protocol asks for MD5."""
    document = Element("manifest", xmlns=MANIFEST)
    for file, address in files:
        one = SubElement(document, "mediaFile")
        SubElement(one, "filename").text = file.name
        SubElement(one, "hash").text = f"md5:{file.md5}"
        SubElement(one, "downloadUrl").text = address
    return document


def hash_of_form(content: bytes) -> str:
    """The sum by which an app sees that a form changed; the protocol asks for MD5."""
    return "md5:" + md5(content, usedforsecurity=False).hexdigest()
