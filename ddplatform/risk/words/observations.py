"""How people say what they observed, and who told it."""

from collections.abc import Mapping
from typing import Final

SOURCE_TYPES: Final[Mapping[str, str]] = {
    "site_work": "Unannounced visit with worker interviews",
    "audit": "Announced audit or certification",
    "worker_voice": "Workers, families or community members",
    "media_ngo": "Media or civil-society organisation",
    "official": "Government, United Nations or other public body",
}
"""Who may tell, in words."""
GRADES: Final[Mapping[str, str]] = {
    "1": "Clearly present",
    "0.75": "Largely present",
    "0.5": "Partly present, or indications",
    "0.25": "Minor",
    "0": "Looked for and not found",
}
"""s of a factor that is no figure (RM-2.0 3.5): .5 is neither good nor bad news."""
