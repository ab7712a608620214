"""Further steps for the selected sites, carried out by later packages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.registry import Registry


@dataclass(frozen=True)
class FurtherStep:
    """A step below those of the page itself, for readers with the permission."""

    permission: Permission
    template: str
    """Drawn with `chain`, with `chosen`, with their number `many`, and with `shown`."""
    load: Callable[[int], Mapping[str, Any]]
    """The values for `shown`, by the number of selected sites."""


FURTHER_STEPS: Registry[FurtherStep] = Registry("further steps for many sites")
