"""What can go wrong in the value-chain bedrock."""


class SupplyChainError(Exception):
    """Base of all errors this package raises on purpose."""


class FileRefused(SupplyChainError):
    """A whole file cannot be read: `code` for programs, `message` and `advice` for people."""

    def __init__(self, code: str, message: str, advice: str) -> None:
        super().__init__(message)
        self.code, self.message, self.advice = code, message, advice


class ReferenceFault(SupplyChainError):
    """A shipped data file is broken; the message names file, row and column."""
