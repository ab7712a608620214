"""`flask single-sign-on`: providers of organisations, set by the operator alone."""

from datetime import UTC, datetime
from typing import Any, TextIO

import click
from flask.cli import with_appcontext

from ddplatform.accounts.organisations.queries import get_organisation_by_slug
from ddplatform.accounts.single_sign_on.queries import Provider, count_identities, get_provider
from ddplatform.accounts.single_sign_on.services.fetching import exchange
from ddplatform.accounts.single_sign_on.services.protocol import read_metadata
from ddplatform.accounts.single_sign_on.services.providers import (
    Registration,
    remove_provider,
    require_usable,
    set_provider,
)
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.commands import answer, command_unit, json_option
from ddplatform.infrastructure.db import begin_change
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.tenancy import across_tenants, acting_in


@click.group("single-sign-on")
def single_sign_on() -> None:
    """Sign-in of organisations at their own OpenID Connect providers."""


@single_sign_on.command("set")
@click.option("--organisation", required=True)
@click.option("--issuer", required=True, help="As the provider states it, with https://.")
@click.option("--client-id", required=True)
@click.option("--domains", required=True, help="Mail domains of its people, with commas between.")
@click.option(
    "--client-secret-file",
    "secret_file",
    type=click.File(),
    default="-",
    help="Its first line is the secret; standard input when left out.",
)
@click.option(
    "--factor-acr",
    "factor_acrs",
    multiple=True,
    help="A value of acr that means a second factor; may be given more than once.",
)
@json_option
@with_appcontext
def set_(
    organisation: str,
    issuer: str,
    client_id: str,
    domains: str,
    secret_file: TextIO,
    factor_acrs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Set or change the provider at which members of an organisation sign in."""
    registration = Registration(
        issuer=issuer,
        client_id=client_id.strip(),
        secret=secret_file.readline().strip(),
        domains=tuple(sorted(set(filter(None, map(str.strip, domains.lower().split(",")))))),
        factor_acrs=factor_acrs,
    )
    with command_unit(reads_first=True):
        tenant = get_organisation_by_slug(organisation)
        require_usable(registration, tenant)
        with exchange():
            read_metadata(registration.issuer)
        begin_change()
        with acting_in(tenant.id):
            act = Act(system_identity(tenant.id), datetime.now(UTC))
            set_provider(tenant, registration, act=act)
        found = _shown(tenant.slug)
    answer(found, as_json=as_json, text=_text(found))


@single_sign_on.command()
@click.option("--organisation", required=True)
@json_option
@with_appcontext
def show(organisation: str, as_json: bool) -> None:
    """Show the provider of an organisation; the secret is never shown."""
    with command_unit():
        get_organisation_by_slug(organisation)
        found = _shown(organisation)
    answer(found, as_json=as_json, text=_text(found))


@single_sign_on.command()
@click.option("--organisation", required=True)
@json_option
@with_appcontext
def remove(organisation: str, as_json: bool) -> None:
    """Remove the provider; its people sign in with their passwords."""
    with command_unit():
        tenant = get_organisation_by_slug(organisation)
        with acting_in(tenant.id):
            remove_provider(tenant, act=Act(system_identity(tenant.id), datetime.now(UTC)))
    text = f"'{organisation}' has no provider any more. Its people sign in with their passwords."
    answer({"organisation": organisation}, as_json=as_json, text=text)


def _shown(slug: str) -> dict[str, Any]:
    with across_tenants():
        provider = _find(slug)
    return {
        "organisation": slug,
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "domains": list(provider.domains),
        "factor_acrs": list(provider.factor_acrs),
        "redirect_uri": f"{adapters().base_url}/sign-in/organisation/{slug}",
        "connected": count_identities(provider.issuer),
    }


def _find(slug: str) -> Provider:
    try:
        return get_provider(slug)
    except NotFound:
        raise NotFound(
            f"'{slug}' has no provider.", "Set one with: flask single-sign-on set"
        ) from None


def _text(found: dict[str, Any]) -> str:
    return (
        f"{found['organisation']} signs in at {found['issuer']} as {found['client_id']}.\n"
        f"Mail domains: {', '.join(found['domains'])}. Connected: {found['connected']}.\n"
        f"Register this redirect address at the provider: {found['redirect_uri']}"
    )
