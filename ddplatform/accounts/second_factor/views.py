"""The page of set-up: the QR code and the key of a secret."""

from dataclasses import dataclass

import pyotp
from markupsafe import Markup

from ddplatform.documents.drawings.qr import qr_svg
from ddplatform.infrastructure.web.page_context import PRODUCT


@dataclass(frozen=True)
class Shown:
    """A secret as an app takes it: as a square to scan, and as a key to type."""

    square: Markup
    key: str


def shown_secret(secret: str, *, email: str) -> Shown:
    """What the page of set-up shows of a secret.

    The address in the square is that of Key URI Format, which authenticator apps read.
    """
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=PRODUCT)
    key = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return Shown(Markup(qr_svg(address)), key)
