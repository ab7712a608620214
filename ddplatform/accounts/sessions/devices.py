"""The kind of a device in words, read from its user agent, which itself is not kept.

Source of the marks and their order: MDN, "Browser detection using the user agent string".
"""

from dataclasses import dataclass

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""Mark -> name. A browser also bears the marks of those that stand below it."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""Mark -> name of the device or its system; these names are the same in every language."""


@dataclass(frozen=True)
class Device:
    """Names of browser and system; empty where the user agent tells none that is known."""

    browser: str
    system: str


UNKNOWN = Device("", "")


def device_of(user_agent: str) -> Device:
    """The kind of device that a user agent tells of."""
    return Device(_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))


def _first(marks: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in marks if mark in user_agent), "")
