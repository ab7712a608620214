"""Record as input of the matcher: the words of a list, without its layout."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Record:
    """A company or site as one list names it; "" and `None` mean that the list does not say.

    `id` is unique among the records that are compared. `country` is an ISO 3166-1 alpha-2 code;
    latitude and longitude are degrees (WGS 84); `company` is who operates or owns the site;
    `external_ids` holds scheme -> value, for example {"lei": "5493001KJTIIGC8Y1R12"}.
    """

    id: str
    name: str
    address: str = ""
    country: str = ""
    city: str = ""
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None
    company: str = ""
    external_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
