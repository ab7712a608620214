"""Access tokens for programs: made, revoked, and looked at when a program comes in.

A token acts for the person who made it and never has more rights than that person has at that
moment; its scopes narrow them. It ends by itself, at the latest after a year.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from ddplatform.accounts.api_tokens.models import ApiToken
from ddplatform.accounts.api_tokens.queries import count_tokens, find_token
from ddplatform.accounts.second_factor.services.own_factor import require_factor_of_maker
from ddplatform.accounts.sessions.services import hash_of, new_secret
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.accounts import OrganisationFacts, accounts
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.permissions import Permission as P
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import gettext

SCOPES = (
    P.VALUE_CHAIN_READ,
    P.VALUE_CHAIN_EDIT,
    P.RISK_READ,
    P.RISK_ASSESS,
    P.QUESTIONNAIRE_READ,
    P.QUESTIONNAIRE_ASSIGN,
    P.FINDING_READ,
    P.FINDING_EDIT,
    P.ACTION_EDIT,
    P.REPORT_READ,
    P.REPORT_REQUEST,
    P.REPORT_EXPORT,
)
"""What a program may be given. Cases, restricted evidence, people and the log are not among it."""
BEGINNING = "wm_"
"""How every token begins, so that a search for leaked secrets finds it."""
SHOWN = 8
MOST = 20
LONGEST = timedelta(days=366)


def make_token(
    name: str, scopes: Sequence[P], *, expires_on: date, act: Act
) -> tuple[ApiToken, str]:
    """Make a token; returns it with its secret, which cannot be read again.

    Raises:
        Conflict: its maker lacks the second factor that an organisation asks for.
        Invalid: no scope, one that the role of its maker does not hold, or a last day that is
            past or more than a year away.
        Conflict: the organisation has twenty working tokens.
    """
    require_factor_of_maker(act=act)
    today = act.at.date()
    faults = {}
    if not scopes or any(scope not in scopes_for(act.by) for scope in scopes):
        faults["scopes"] = gettext("Choose what the program may do, within what your role may do.")
    if not today <= expires_on <= today + LONGEST:
        faults["expires_on"] = gettext("Choose a day from today on, at most a year away.")
    if faults:
        raise Invalid(fields=faults)
    if count_tokens(today) >= MOST:
        raise Conflict(
            gettext("There are %(most)s tokens already, the maximum.", most=MOST),
            gettext("Revoke one that is no longer used."),
        )
    assert act.by.user_id is not None, "a person makes a token"
    secret = f"{BEGINNING}{new_secret()}"
    token = ApiToken(
        name=name.strip(),
        secret_hash=hash_of(secret),
        beginning=secret[:SHOWN],
        scopes=sorted(scope.value for scope in scopes),
        expires_on=expires_on,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(token)
    db.session.flush()  # the event names it
    audit.record(
        "api_token:make", token, act=act, name=token.name, scopes=token.scopes, until=expires_on
    )
    return token, secret


def scopes_for(by: Identity) -> tuple[P, ...]:
    """The scopes that a person may give a token: those that their role holds."""
    return tuple(scope for scope in SCOPES if by.has(scope))


def revoke_token(token: ApiToken, *, act: Act) -> None:
    """End a token at once.

    Raises:
        Conflict: it is revoked already.
    """
    if token.revoked_at is not None:
        raise Conflict(gettext("This token is revoked already."))
    token.revoked_at, token.revoked_by_id = act.at, act.by.user_id
    audit.record("api_token:revoke", token, act=act, name=token.name)


def identify_token(
    secret: str, *, at: datetime, request_ref: str
) -> tuple[OrganisationFacts, Identity] | None:
    """The organisation and the identity behind a token that works; asked across tenants.

    None where the token is unknown, revoked or past its day, or its maker has lost the account
    or the membership, or lacks the second factor that an organisation asks for.
    """
    token = find_token(hash_of(secret))
    today = at.date()
    if token is None or token.revoked_at is not None or today > token.expires_on:
        return None
    account = accounts().get_account_to_admit(token.created_by_id, today=today)
    standing = accounts().get_membership_facts_in(token.created_by_id, token.organisation_id)
    if account is None or not account.is_active or account.lacks_second_factor:
        return None
    if standing is None:
        return None
    return standing.organisation, Identity(
        user_id=account.id,
        organisation_id=token.organisation_id,
        role_id=standing.role_id,
        name=account.name,
        session_ref=f"token {token.beginning}",
        access_until=standing.access_until,
        request_ref=request_ref,
        scopes=frozenset(P(scope) for scope in token.scopes),
    )


def is_used_today(secret: str, *, at: datetime) -> bool:
    """Whether the log knows already that a token was used on this day."""
    token = find_token(hash_of(secret))
    return token is None or token.last_used_on == at.date()


def note_use(secret: str, *, act: Act) -> None:
    """Let the log know that a token is used on this day."""
    token = find_token(hash_of(secret))
    assert token is not None, "the program came in by it"
    token.last_used_on = act.at.date()
    audit.record("api_token:use", token, act=act, name=token.name)
