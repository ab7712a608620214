"""The QR code for phones: the settings of ODK Collect.

Source: docs.getodk.org, Collect settings as QR code (JSON, zlib, base64). A setting that is not in
it goes back to the default of the app, which neither fetches forms nor sends answers by itself.
"""

import base64
import io
import json
import zlib

import segno
from markupsafe import Markup

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
    """The code as SVG, black on white whatever the colours of the page.

    With a box and a width alone it shrinks as a whole on a narrow screen, where a size without a
    box would cut it off.
    """
    target = io.BytesIO()
    code = segno.make_qr(collect_settings(address, name), error="m")
    size: dict[str, int] = {"scale": 4, "border": 4}
    code.save(target, kind="svg", light="#fff", xmldecl=False, nl=False, omitsize=True, **size)
    width, _height = code.symbol_size(**size)
    return Markup(target.getvalue().decode().replace("<svg ", f'<svg width="{width}" ', 1))
