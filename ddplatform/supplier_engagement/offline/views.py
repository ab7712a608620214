"""The QR code for phones: the settings of ODK Collect.

Source: docs.getodk.org, Collect settings as QR code (JSON, zlib, base64). A setting that is not in
it goes back to the default of the app, which neither fetches forms nor sends answers by itself.
"""

import base64
import json
import zlib

from markupsafe import Markup

from ddplatform.documents.drawings.qr import qr_svg

MOST_OF_NAME = 60
"""Letters of the name of a project; a longer one makes the squares too fine for a phone."""


def collect_settings(address: str, name: str) -> str:
    """Settings that ODK Collect reads from its QR code: server, automatic actions, its `name`."""
    general = {
        "protocol": "odk_default",
        "server_url": address,
        "form_update_mode": "match_exactly",
        "autosend": "wifi_and_cellular",
    }
    settings = {"general": general, "admin": {}, "project": {"name": name[:MOST_OF_NAME]}}
    packed = zlib.compress(json.dumps(settings, separators=(",", ":")).encode())
    return base64.b64encode(packed).decode()


def app_square(address: str, name: str) -> Markup:
    """The code as SVG."""
    return Markup(qr_svg(collect_settings(address, name)))
