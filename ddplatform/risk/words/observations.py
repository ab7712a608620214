"""Observations in words: their values and their sources."""

from collections.abc import Mapping
from typing import Final

from ddplatform.languages import lazy_gettext as _

SOURCE_TYPES: Final[Mapping[str, str]] = {
    "site_work": _("Unannounced visit with worker interviews"),
    "audit": _("Announced audit or certification"),
    "worker_voice": _("Workers, families or community members"),
    "media_ngo": _("Media or civil-society organisation"),
    "official": _("Government, United Nations or other public body"),
}
"""The types of sources, in words."""
GRADES: Final[Mapping[str, str]] = {
    "1": _("Clearly present"),
    "0.75": _("Largely present"),
    "0.5": _("Partly present, or indications"),
    "0.25": _("Minor"),
    "0": _("Looked for and not found"),
}
"""s of a factor that is no figure (RM-2.0 3.5): .5 is neither good nor bad news."""
