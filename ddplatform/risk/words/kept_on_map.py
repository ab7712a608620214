"""What is common to what people keep about a map: plans and what-ifs."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class KeptOnMap:
    """Something worked out on one version of a map, and kept under a name."""

    id: UUID
    chain_id: UUID
    chain_name: str
    name: str
    chain_version: int
    """Of the map today."""
    map_version: int
    """Of the map when it was worked out."""
    as_of: date
    created_at: datetime
    created_by: str

    @property
    def is_stale(self) -> bool:
        """Whether the map changed since."""
        return self.map_version != self.chain_version
