"""QR codes as SVG."""

import io

import segno

SCALE, QUIET = 4, 4
"""Pixels of a module, and modules of the quiet zone around the code (ISO/IEC 18004)."""


def qr_svg(text: str) -> str:
    """A text as a QR code, black on white whatever the colours of the page.

    With a box and a width alone it shrinks as a whole on a narrow screen, where a size without a
    box would cut it off.
    """
    target = io.BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(
        target,
        kind="svg",
        light="#fff",
        xmldecl=False,
        nl=False,
        omitsize=True,
        scale=SCALE,
        border=QUIET,
    )
    width, _height = code.symbol_size(scale=SCALE, border=QUIET)
    return target.getvalue().decode().replace("<svg ", f'<svg width="{width}" ', 1)
