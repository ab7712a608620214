"""Emergency contacts for a child in danger, for the countries that answers are about."""

import logging
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from ddplatform.accounts.organisations.models import Organisation
from ddplatform.core.due_diligence.errors import DataFault
from ddplatform.core.due_diligence.protection_services import (
    ByCountry,
    ProtectionService,
    joined,
    read_services,
    shipped_services,
)
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.library.models import Assignment

log = logging.getLogger(__name__)


def services_near(assignment: Assignment) -> Sequence[ProtectionService]:
    """The services of the country of the place that a questionnaire is about."""
    return services_in(assignment.node_country)


def services_in(country: str | None) -> Sequence[ProtectionService]:
    """The services of a country; of that of the acting organisation where none is known."""
    return services_in_force().get(country or _own_country() or "", ())


def countries_with_services() -> Sequence[str]:
    """The countries for which a service is known, and that of the acting organisation."""
    return sorted({*services_in_force(), *filter(None, [_own_country()])})


def services_by_country() -> Mapping[str, Sequence[ProtectionService]]:
    """Country -> its services, for each place that the acting organisation was asked about.

    A country without any is listed with none, so that the page can say so.
    """
    asked = db.session.scalars(
        select(Assignment.node_country)
        .where(Assignment.respondent_organisation_id == current_organisation())
        .distinct()
    )
    countries = {country for country in (*asked, _own_country()) if country}
    known = services_in_force()
    return {country: known.get(country, ()) for country in sorted(countries)}


def _own_country() -> str | None:
    own = select(Organisation.country).where(Organisation.id == current_organisation())
    return db.session.scalar(own)


def services_in_force() -> ByCountry:
    """Shipped contacts and the operator's; an invalid file is noted in the log and left out."""
    file = adapters().protection_services
    try:
        own = read_services(file.read())
    except (DataFault, OSError, UnicodeDecodeError) as fault:
        log.warning("%s is not read: %s", file.name, fault)
        own = {}
    return joined(own, shipped_services())
