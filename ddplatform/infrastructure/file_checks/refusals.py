"""The refusal of a file, as the child process reports it."""

from typing import Final

TOO_LARGE: Final = "too_large"
BROKEN: Final = "broken"
ENCRYPTED: Final = "encrypted"
MISMATCH: Final = "content_differs"
UNSAFE_ARCHIVE: Final = "unsafe_archive"
ENTITIES: Final = "entities"
ENCODING: Final = "encoding"
MACROS: Final = "macros"
ACTIVE: Final = "active_content"
EMBEDDED: Final = "embedded_file"
EXTERNAL: Final = "external_content"
CONNECTIONS: Final = "data_connection"
DDE: Final = "dde"
IMPORTED: Final = "imported_document"
LINK: Final = "unsafe_link"
PART: Final = "unknown_part"

LONGEST_PLACE: Final = 120


class Refused(Exception):
    """The file may not come in.

    Attributes:
        reason: one of the codes above.
        where: the part of the file that shows it, or nothing.
    """

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason, where)
        self.reason, self.where = reason, where[:LONGEST_PLACE]
