"""Log of a process on standard error: moments in UTC, and no line that a text has forged.

OWASP ASVS 5.0, 16.2.2 and 16.4.1: what people send may stand in the text of an error, so every
line after the first of a record begins with a tab.
"""

import logging
import time


class UtcFormatter(logging.Formatter):
    """One record: moment (ISO 8601, UTC), level, text; further lines indented by a tab."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        """Also of a traceback, whose last line is the text of the error."""
        return "\n\t".join(super().format(record).splitlines())


def log_to_standard_error() -> None:
    """Let this process write what is worth telling its operator; a second call changes nothing."""
    handler = logging.StreamHandler()
    handler.setFormatter(UtcFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
