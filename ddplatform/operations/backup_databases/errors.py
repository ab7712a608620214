"""Errors of backups, with the remedy for operators."""

from ddplatform.infrastructure.errors import Conflict, Invalid


class BackupError(Invalid):
    """A backup cannot be made, read or restored; `code` names the fault."""

    def __init__(self, code: str, message: str, advice: str = "") -> None:
        super().__init__(message, advice)
        self.code = code


class PlaceTaken(Conflict):
    """There is data where a backup would be restored, or another backup command is running."""

    code = "place_taken"
