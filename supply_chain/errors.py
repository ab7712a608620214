"""Errors of the value-chain core."""


class SupplyChainError(Exception):
    """Base of all errors this package raises on purpose."""


class FileRefused(SupplyChainError):
    """A whole file cannot be read: `code` for programs, `message` and `advice` for people."""

    def __init__(self, code: str, message: str, advice: str) -> None:
        super().__init__(message)
        self.code, self.message, self.advice = code, message, advice


class ReferenceFault(SupplyChainError):
    """A shipped data file is broken; the message names file, row and column."""


class ChainRefused(SupplyChainError):
    """Nodes and links do not make a value chain; `problems` holds one sentence for each fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)
