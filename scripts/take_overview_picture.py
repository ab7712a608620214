"""Picture of README.md: a page of a running platform with the sample company.

Usage: python -m scripts.take_overview_picture [--port 8000] [--page PATH] [--out FILE]

`make run` must be running. The picture is made small enough for a page that is read online.
"""

import argparse
import io
import json
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
ROLE = "sustainability_manager"
SIZE: ViewportSize = {"width": 1360, "height": 850}
COLOURS = 192


def sign_in_of(role: str) -> dict[str, str]:
    """The first sample sign-in of a role."""
    instance = Path(os.environ.get("INSTANCE_PATH") or ROOT / "instance")
    rows = json.loads((instance / "demo_sign_ins.json").read_text(encoding="utf-8"))
    found: dict[str, str] = next(row for row in rows if row["role"] == role)
    return found


def picture_of(address: str, page_path: str | None) -> bytes:
    """A page as the sustainability manager sees it, as PNG."""
    person = sign_in_of(ROLE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(f"{address}/sign-in")
        page.fill("[name=email]", person["email"])
        page.fill("[name=password]", person["password"])
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{address}/o/**")
        page.goto(address + (page_path or person["start"]), wait_until="networkidle")
        return page.screenshot()


def smaller(png: bytes) -> bytes:
    """The same picture with a table of colours."""
    buffer = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def main() -> int:
    """Write the picture and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--page", help="path of the page; without it where the person starts")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images" / "overview.png")
    given = parser.parse_args()
    picture = smaller(picture_of(f"http://127.0.0.1:{given.port}", given.page))
    given.out.write_bytes(picture)
    sys.stdout.write(f"{given.out}: {len(picture) // 1024} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
