"""Errors of report generation."""


class ReportError(Exception):
    """Base of all errors this package raises on purpose."""


class DefinitionRefused(ReportError):
    """A report definition is broken; `faults` names every place and the way to correct it."""

    def __init__(self, ref: str, faults: tuple[str, ...]) -> None:
        super().__init__(f"Report definition '{ref}' is broken:\n" + "\n".join(faults))
        self.ref, self.faults = ref, faults


class FactsRefused(ReportError):
    """The facts do not have the shape of docs/report-facts.md; the message names the key."""
