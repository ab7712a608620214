"""Registrations of organisations and people with earlier packages."""

from ddplatform.accounts.organisations import queries
from ddplatform.accounts.organisations.models import User
from ddplatform.audit.queries.actors import Actors, give_actors
from ddplatform.infrastructure.access.accounts import give_accounts


def register() -> None:
    """Register the accounts interface for the gate, commands, jobs and the log."""
    give_accounts(queries)
    give_actors(Actors(User, User.id, User.name, queries.list_people))
