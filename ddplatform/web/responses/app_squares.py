"""The square that a phone scans: the settings of ODK Collect as a QR code.

Source: docs.getodk.org, Collect settings as QR code (JSON, zlib, base64).
"""

import base64
import io
import json
import zlib

import segno
from markupsafe import Markup


def collect_settings(address: str) -> str:
    """What ODK Collect reads from its QR code."""
    settings = {"general": {"protocol": "odk_default", "server_url": address}, "admin": {}}
    packed = zlib.compress(json.dumps(settings, separators=(",", ":")).encode())
    return base64.b64encode(packed).decode()


def app_square(address: str) -> Markup:
    """The code as SVG, black on white whatever the colours of the page."""
    target = io.BytesIO()
    code = segno.make_qr(collect_settings(address), error="m")
    code.save(
        target, kind="svg", scale=4, border=4, light="#fff", xmldecl=False, svgns=True, nl=False
    )
    return Markup(target.getvalue().decode())
