"""Errors of the due-diligence core."""


class DueDiligenceError(Exception):
    """Base of all errors this package raises on purpose."""


class DataFault(DueDiligenceError):
    """A shipped data file is broken; the message names the file and the place in it."""


class StepNotAllowed(DueDiligenceError):
    """A record cannot take this step now.

    Attributes:
        machine: ref of the table of steps, for example "ST-IMPACT".
        state: where the record stands.
        to: where it was asked to go.
        missing: what to do first, one plain sentence each; empty when the table
            knows no such step at all.
        reachable: states that the table does know from here.
    """

    def __init__(
        self,
        machine: str,
        state: str,
        to: str,
        *,
        missing: tuple[str, ...] = (),
        reachable: tuple[str, ...] = (),
    ) -> None:
        self.machine, self.state, self.to = machine, state, to
        self.missing, self.reachable = missing, reachable
        if missing:
            way_out = "First: " + " ".join(missing)
        elif reachable:
            way_out = "From here it can go to: " + ", ".join(reachable) + "."
        else:
            way_out = "Nothing follows this state."
        super().__init__(f"{machine}: the step from '{state}' to '{to}' is not open. {way_out}")


class InvolvementUndecided(DueDiligenceError):
    """A question of the involvement test has no answer or no reason; `problems` names each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class UnknownFramework(DueDiligenceError):
    """No framework file carries this ref; the message lists those that exist."""
