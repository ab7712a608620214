"""Who becomes safeguarding officer, and who ceases to be one: always two people."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from ddplatform.accounts.officers.models import OfficerProposal, ProposalStatus
from ddplatform.accounts.officers.queries import (
    find_membership,
    get_proposal,
    list_officers,
    list_open_proposals,
)
from ddplatform.accounts.officers.services import operator, proposals
from ddplatform.accounts.officers.services.mailboxes import is_same_mailbox, mailbox_of
from ddplatform.accounts.organisations.models import Membership
from ddplatform.accounts.organisations.queries import (
    get_membership,
    get_person,
    get_user,
    list_open_invitations,
)
from ddplatform.accounts.organisations.services import people
from ddplatform.config import Kind, Settings, UnsafeSettings
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed, NotFound
from ddplatform.infrastructure.tenancy import acting_in, nobody
from tests.answering import mails
from tests.conftest import NOW, SECRET
from tests.factories import (
    PASSWORD,
    Tenant,
    client_of,
    csrf_token,
    make_officer,
    signed_in_client,
)
from tests.infrastructure.jobs.test_jobs import work
from tests.sampling import examples

OFFICER = RoleId.SAFEGUARDING_OFFICER
WAIT = timedelta(hours=72)


@pytest.fixture
def officer(tenant: Tenant) -> Identity:
    return tenant[OFFICER]


@pytest.fixture
def admin(tenant: Tenant) -> Identity:
    return tenant[RoleId.ADMIN]


def membership_of(person: Identity) -> Membership:
    return get_membership(get_person(person.user_id).membership_id)


def propose_analyst(tenant: Tenant) -> OfficerProposal:
    email = tenant.email(RoleId.ANALYST)
    return proposals.propose(email=email, name="", act=Act(tenant[RoleId.ADMIN], NOW))


def agreed(tenant: Tenant) -> OfficerProposal:
    proposal = propose_analyst(tenant)
    proposals.agree(proposal, act=Act(tenant[OFFICER], NOW))
    return proposal


def officer_ids() -> set[UUID]:
    return {user_id for user_id, _ in list_officers(today=NOW.date())}


def work_all() -> None:
    db.session.expunge_all()  # the worker is another process
    with nobody():
        while work():
            pass


def test_nobody_gives_the_role_of_officer_alone(context: Flask, tenant: Tenant, admin: Identity):
    act, new = Act(admin, NOW), {"email": "own-second@acme.example", "name": "Second mailbox"}
    with acting_in(tenant.id):
        with pytest.raises(Conflict, match="decided by two people"):
            people.add_person(**new, role=OFFICER, password=PASSWORD, act=act)
        with pytest.raises(Conflict, match="decided by two people"):
            people.invite(**new, role=OFFICER, act=act)
        with pytest.raises(Conflict, match="decided by two people"):
            people.change_role(membership_of(tenant.analyst), role=OFFICER, act=act)


def test_nobody_takes_the_role_of_officer_alone(
    context: Flask, tenant: Tenant, admin: Identity, officer: Identity
):
    yesterday, act = NOW.date() - timedelta(days=1), Act(admin, NOW)
    with acting_in(tenant.id), unit_of_work():
        make_officer(tenant, "second@acme.example", "Second officer", at=NOW)
        member = membership_of(officer)
        with pytest.raises(Conflict, match="decided by two people"):
            people.remove_person(member, act=act)
        with pytest.raises(Conflict, match="decided by two people"):
            people.change_role(member, role=RoleId.ANALYST, act=act)
        with pytest.raises(Conflict, match="decided by two people"):
            people.change_role(member, role=OFFICER, access_until=yesterday, act=act)


def test_form_for_roles_does_not_offer_the_officer(app: Flask, tenant: Tenant):
    page = signed_in_client(app, tenant, RoleId.ADMIN).get(f"/o/{tenant.slug}/people/invite").text

    assert "Safeguarding officer" not in page
    assert "Sustainability manager" in page


def test_member_becomes_officer_after_agreement_and_wait_and_not_a_moment_before(
    context: Flask, tenant: Tenant
):
    with acting_in(tenant.id), unit_of_work():
        proposal = agreed(tenant)
        assert not proposals.begin(proposal, at=NOW + WAIT - timedelta(seconds=1))
        assert tenant.analyst.user_id not in officer_ids()

        assert proposals.begin(proposal, at=NOW + WAIT)
        assert tenant.analyst.user_id in officer_ids()
        assert not proposals.begin(proposal, at=NOW + WAIT), "a second run changes nothing"


def test_somebody_from_outside_is_invited_only_after_the_wait_and_joins_as_officer(
    context: Flask, tenant: Tenant, admin: Identity, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        email = "officer@partner.example"
        proposal = proposals.propose(email=email, name="Pat Partner", act=Act(admin, NOW))
        proposals.agree(proposal, act=Act(officer, NOW))
        assert list_open_invitations() == []
        proposals.begin(proposal, at=NOW + WAIT)
        (invitation,) = list_open_invitations()
        user = people.accept_invitation(
            invitation, name="Pat Partner", password=PASSWORD, at=NOW + WAIT
        )
        assert user.id in officer_ids()


def test_proposal_without_agreement_never_takes_effect(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        proposal = propose_analyst(tenant)
        assert not proposals.begin(proposal, at=NOW + timedelta(days=365))
        assert proposal.status is ProposalStatus.PROPOSED


@pytest.mark.parametrize("late", [timedelta(0), WAIT - timedelta(seconds=1)])
def test_objection_of_any_officer_ends_the_proposal_for_good(
    context: Flask, tenant: Tenant, late: timedelta
):
    with acting_in(tenant.id), unit_of_work():
        second = make_officer(tenant, "second@acme.example", "Second officer", at=NOW)
        proposal = agreed(tenant)
        proposals.object_to(proposal, act=Act(second, NOW + late))

        assert not proposals.begin(proposal, at=NOW + WAIT)
        assert tenant.analyst.user_id not in officer_ids()
        with pytest.raises(Conflict, match="decided on this proposal already"):
            proposals.agree(proposal, act=Act(second, NOW + late))


def test_only_officers_agree_and_object(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        proposal = propose_analyst(tenant)
        for role in set(RoleId) - {OFFICER}:
            for verb in (proposals.agree, proposals.object_to):
                with pytest.raises(NotAllowed):
                    verb(proposal, act=Act(tenant[role], NOW))


def test_own_mailbox_in_another_spelling_is_refused(
    context: Flask, tenant: Tenant, admin: Identity
):
    for spelling in ("admin+second@acme.example", "Admin@ACME.example", "ad.min+x@acme.example"):
        with acting_in(tenant.id), pytest.raises(Invalid) as refused:
            proposals.propose(email=spelling, name="Somebody else", act=Act(admin, NOW))
        assert "your own mailbox" in refused.value.fields["email"]


def test_officer_with_the_mailbox_of_the_proposer_does_not_agree(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        alias = make_officer(tenant, "admin+case@acme.example", "Alias of the admin", at=NOW)
        proposal = propose_analyst(tenant)
        with pytest.raises(Conflict, match="does not agree to it"):
            proposals.agree(proposal, act=Act(alias, NOW))


def test_officer_does_not_agree_to_the_appointment_of_the_own_second_address(
    context: Flask, tenant: Tenant, admin: Identity, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        email = "safeguarding_officer+two@acme.example"
        proposal = proposals.propose(email=email, name="Somebody", act=Act(admin, NOW))
        with pytest.raises(Conflict, match="own appointment"):
            proposals.agree(proposal, act=Act(officer, NOW))


def test_database_keeps_no_proposal_that_one_person_both_made_and_agreed_to(
    context: Flask, tenant: Tenant, admin: Identity
):
    with acting_in(tenant.id), unit_of_work():
        proposal = propose_analyst(tenant)
        with pytest.raises(IntegrityError, match="two_people"), db.session.begin_nested():
            proposal.agreed_by_id, proposal.agreed_at = admin.user_id, NOW
            db.session.flush()


def test_all_officers_are_told_of_each_step(context: Flask, tenant: Tenant, officer: Identity):
    with acting_in(tenant.id), unit_of_work():
        make_officer(tenant, "second@acme.example", "Second officer", at=NOW)
    work_all()
    before = mails()
    with acting_in(tenant.id), unit_of_work():
        proposal = agreed(tenant)
        proposals.object_to(proposal, act=Act(officer, NOW))
    work_all()

    told = [mail for mail in mails() if mail not in before]
    assert len(told) == 6, "two officers, three steps"
    for subject in ("is proposed as", "begins soon unless you object", "objected to a new"):
        assert sum(subject in mail.partition("\n")[0] for mail in told) == 2
    assert all(tenant.email(RoleId.ADMIN) in mail for mail in told), "who proposed stands in it"


def test_open_proposal_stands_on_every_page_of_an_officer_and_of_nobody_else(
    app: Flask, tenant: Tenant
):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        agreed(tenant)
    words, address = "becomes safeguarding officer on", f"/o/{tenant.slug}/findings/"

    assert words in signed_in_client(app, tenant, OFFICER).get(address).text
    for role in (RoleId.ADMIN, RoleId.SUSTAINABILITY_MANAGER):
        page = signed_in_client(app, tenant, role).get(address)
        assert page.status_code == 200
        assert words not in page.text


def test_first_officer_comes_from_the_operator_at_once_and_the_next_after_the_wait(
    context: Flask, tenant: Tenant, officer: Identity
):
    act = Act(system_identity(tenant.id), NOW)
    with acting_in(tenant.id), unit_of_work():
        db.session.delete(find_membership(officer.user_id))
        db.session.flush()
        with pytest.raises(Conflict, match="no safeguarding officer who could agree"):
            propose_analyst(tenant)
        one, two = (
            operator.name_officer(email=email, name="New", password=PASSWORD, act=act)
            for email in ("first@acme.example", "next@acme.example")
        )
        assert officer_ids() == {one.user.id}
        assert two.begins_at == NOW + WAIT
        (row,) = list_open_proposals()
        assert row.proposed_by is None
        proposals.begin(get_proposal(row.id), at=NOW + WAIT)
        assert officer_ids() == {one.user.id, two.user.id}


def test_first_steps_say_how_the_first_officer_is_named(app: Flask, tenant: Tenant):
    founder, places = signed_in_client(app, tenant, RoleId.ADMIN_MANAGER), ("", "first-steps/")
    words = f"organisations name-officer --organisation {tenant.slug}"
    with_officer = [founder.get(f"/o/{tenant.slug}/{place}") for place in places]
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        db.session.delete(find_membership(tenant[OFFICER].user_id))
    without = [founder.get(f"/o/{tenant.slug}/{place}") for place in places]

    assert [words in page.text for page in with_officer] == [False, False]
    assert [words in page.text for page in without] == [True, True]


def test_commands_name_and_remove_an_officer(app: Flask, tenant: Tenant):
    run, old = app.test_cli_runner().invoke, tenant.email(OFFICER)
    name, remove = (
        ["organisations", verb, "--organisation", tenant.slug, "--email"]
        for verb in ("name-officer", "remove-officer")
    )
    assert "safeguarding officer already" in run(args=[*name, old]).output
    added = run(args=[*name, "new@acme.example", "--password-stdin"], input=f"{PASSWORD}\n")
    assert "unless an officer objects" in added.output
    assert "last safeguarding officer" in run(args=[*remove, old]).output
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        make_officer(tenant, "second@acme.example", "Second officer", at=NOW)

    assert run(args=[*remove, old]).exit_code == 0
    with app.app_context(), acting_in(tenant.id):
        assert [name for _, name in list_officers(today=NOW.date())] == ["Second officer"]


def test_command_that_adds_people_names_no_officer(app: Flask, tenant: Tenant):
    args = ["organisations", "add-person", "--organisation", tenant.slug, "--password-stdin"]
    more = ["--email", "x@acme.example", "--role", OFFICER.value]
    done = app.test_cli_runner().invoke(args=[*args, *more], input=f"{PASSWORD}\n")

    assert done.exit_code == 2
    assert "is not one of" in done.output


def test_pages_carry_a_proposal_from_the_administrator_to_the_officer(app: Flask, tenant: Tenant):
    admin, officer = (signed_in_client(app, tenant, role) for role in (RoleId.ADMIN, OFFICER))
    base = f"/o/{tenant.slug}/people/officers/"
    token = {"csrf_token": csrf_token(admin, f"{base}propose")}
    form = {"name": "Samira", "email": tenant.email(RoleId.ANALYST), **token}
    assert admin.post(f"{base}propose", data=form).status_code == 302
    with app.app_context(), acting_in(tenant.id):
        (row,) = list_open_proposals()
    verb = f"{base}proposals/{row.id}"
    assert admin.post(f"{verb}/agree", data=token).status_code == 403
    own = {"csrf_token": csrf_token(officer, base)}
    answer = officer.post(f"{verb}/agree", data=own, follow_redirects=True)

    assert "unless an officer objects" in answer.text
    assert admin.post(f"{verb}/withdraw", data=token).status_code == 302
    with app.app_context(), acting_in(tenant.id):
        assert list_open_proposals() == []


def test_officer_leaves_once_an_officer_agrees_to_what_the_administrator_proposed(
    app: Flask, tenant: Tenant
):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        second = make_officer(tenant, "second@acme.example", "Second officer", at=NOW)
    admin, client = signed_in_client(app, tenant, RoleId.ADMIN), client_of(app, second.user_id)
    base = f"/o/{tenant.slug}/people/officers/"
    page = f"{base}{tenant[OFFICER].user_id}/remove"
    assert admin.post(page, data={"csrf_token": csrf_token(admin, page)}).status_code == 302
    with app.app_context(), acting_in(tenant.id):
        assert len(officer_ids()) == 2
        (row,) = list_open_proposals()
    own = {"csrf_token": csrf_token(client, base)}
    assert client.post(f"{base}proposals/{row.id}/agree", data=own).status_code == 302

    with app.app_context(), acting_in(tenant.id):
        assert officer_ids() == {second.user_id}


def test_last_officer_is_not_even_proposed_for_removal(
    context: Flask, tenant: Tenant, admin: Identity, officer: Identity
):
    with acting_in(tenant.id), pytest.raises(Conflict, match="last safeguarding officer"):
        proposals.propose_removal(membership_of(officer), act=Act(admin, NOW))


def test_what_is_no_address_is_not_proposed(context: Flask, tenant: Tenant, admin: Identity):
    with acting_in(tenant.id), pytest.raises(Invalid) as refused:
        proposals.propose(email="ama at acme", name="Ama", act=Act(admin, NOW))
    assert "not an e-mail address" in refused.value.fields["email"]


def test_officer_is_not_proposed_again_nor_the_last_administrator(
    context: Flask, tenant: Tenant, admin: Identity, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        with pytest.raises(Conflict, match="safeguarding officer already"):
            proposals.propose(email=tenant.email(OFFICER), name="", act=Act(admin, NOW))
        people.change_role(
            membership_of(tenant[RoleId.ADMIN_MANAGER]), role=RoleId.ANALYST, act=Act(admin, NOW)
        )
        with pytest.raises(Conflict, match="last administrator"):
            proposals.propose(
                email=tenant.email(RoleId.ADMIN), name="", act=Act(tenant.analyst, NOW)
            )
        with pytest.raises(Conflict, match="last administrator"):
            operator.name_officer(
                email=tenant.email(RoleId.ADMIN),
                name="",
                password=None,
                act=Act(system_identity(tenant.id), NOW),
            )


def test_second_proposal_about_one_person_waits_for_the_first(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        propose_analyst(tenant)
        with pytest.raises(Conflict, match="A proposal about this person is open"):
            propose_analyst(tenant)


def test_open_proposal_is_found_again_by_another_spelling_of_the_mailbox(
    context: Flask, tenant: Tenant, admin: Identity
):
    with acting_in(tenant.id), unit_of_work():
        propose_analyst(tenant)
        with pytest.raises(Conflict, match="A proposal about this person is open"):
            proposals.propose(email="analyst+two@acme.example", name="Two", act=Act(admin, NOW))


def test_operator_names_nobody_about_whom_a_proposal_is_open(context: Flask, tenant: Tenant):
    act = Act(system_identity(tenant.id), NOW)
    with acting_in(tenant.id), unit_of_work():
        propose_analyst(tenant)
        with pytest.raises(Conflict, match="A proposal about this person is open"):
            operator.name_officer(
                email=tenant.email(RoleId.ANALYST), name="", password=None, act=act
            )
        assert len(list_open_proposals()) == 1


def test_removal_of_an_officer_is_proposed_once(
    context: Flask, tenant: Tenant, admin: Identity, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        make_officer(tenant, "second@acme.example", "Second officer", at=NOW)
        proposals.propose_removal(membership_of(officer), act=Act(admin, NOW))
        with pytest.raises(Conflict, match="A proposal about this person is open"):
            proposals.propose_removal(membership_of(officer), act=Act(admin, NOW))
        assert len(list_open_proposals()) == 1


def test_old_proposal_of_removal_does_not_remove_who_came_back_in_another_role(
    context: Flask, tenant: Tenant, admin: Identity, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        email, act = "second@acme.example", Act(admin, NOW)
        second = make_officer(tenant, email, "Second officer", at=NOW)
        proposal = proposals.propose_removal(membership_of(second), act=act)
        operator.remove_officer(get_user(second.user_id), act=Act(system_identity(tenant.id), NOW))
        db.session.flush()
        people.add_person(
            email=email, name="Second", role=RoleId.ANALYST, password=PASSWORD, act=act
        )
        with pytest.raises(Conflict, match="no safeguarding officer any more"):
            proposals.agree(proposal, act=Act(officer, NOW))
        assert membership_of(second).role is RoleId.ANALYST


def test_operator_removes_no_officer_of_another_organisation(
    context: Flask, tenant: Tenant, other_tenant: Tenant
):
    elsewhere = get_user(other_tenant[OFFICER].user_id)
    act = Act(system_identity(tenant.id), NOW)
    with acting_in(tenant.id), pytest.raises(NotFound, match="is no safeguarding officer"):
        operator.remove_officer(elsewhere, act=act)
    with acting_in(other_tenant.id):
        assert elsewhere.id in officer_ids()


def test_removal_of_somebody_who_is_no_officer_or_of_oneself_is_not_proposed(
    context: Flask, tenant: Tenant, admin: Identity, officer: Identity
):
    with acting_in(tenant.id):
        with pytest.raises(Conflict, match="is no safeguarding officer"):
            proposals.propose_removal(membership_of(tenant.analyst), act=Act(admin, NOW))
        with pytest.raises(Conflict, match="your own removal"):
            proposals.propose_removal(membership_of(officer), act=Act(officer, NOW))
        with pytest.raises(NotFound, match="is no safeguarding officer"):
            operator.remove_officer(
                get_user(tenant.analyst.user_id), act=Act(system_identity(tenant.id), NOW)
            )


def test_agreed_removal_is_told_with_both_names_and_of_who_left_already_ends_in_words(
    context: Flask, tenant: Tenant, admin: Identity, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        second = make_officer(tenant, "second@acme.example", "Second officer", at=NOW)
        third = make_officer(tenant, "third@acme.example", "Third officer", at=NOW)
        of_second = proposals.propose_removal(membership_of(second), act=Act(admin, NOW))
        of_third = proposals.propose_removal(membership_of(third), act=Act(admin, NOW))
        proposals.agree(of_second, act=Act(officer, NOW))
        operator.remove_officer(get_user(third.user_id), act=Act(system_identity(tenant.id), NOW))
        db.session.flush()
        with pytest.raises(Conflict, match="no safeguarding officer any more"):
            proposals.agree(of_third, act=Act(officer, NOW))
        assert officer_ids() == {officer.user_id}
    work_all()
    told = [mail for mail in mails() if "second@acme.example" in mail]
    assert any(f"Agreed by: {tenant.email(OFFICER)}." in mail for mail in told)


def test_member_who_left_meanwhile_does_not_come_back_as_officer(
    context: Flask, tenant: Tenant, admin: Identity
):
    with acting_in(tenant.id), unit_of_work():
        proposal = agreed(tenant)
        people.remove_person(membership_of(tenant.analyst), act=Act(admin, NOW))
        db.session.flush()
        assert not proposals.begin(proposal, at=NOW + WAIT)
        assert proposal.status is ProposalStatus.LAPSED


def test_new_officer_signs_in_again_with_the_own_password(app: Flask, tenant: Tenant):
    client = client_of(app, tenant.analyst.user_id)
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        before = get_user(tenant.analyst.user_id).password_hash
        proposals.begin(agreed(tenant), at=NOW + WAIT)
        assert get_user(tenant.analyst.user_id).password_hash == before

    assert client.get(f"/o/{tenant.slug}/").status_code == 302


@pytest.mark.parametrize("hours", [0, 71, 1441])
def test_waiting_period_is_never_shorter_than_three_days_nor_endless(tmp_path: Path, hours: int):
    with pytest.raises(UnsafeSettings, match="OFFICER_WAIT_HOURS"):
        Settings(
            kind=Kind.TESTING,
            instance_path=tmp_path,
            database_url="sqlite://",
            secret_key=SECRET,
            officer_wait_hours=hours,
        )


def test_waiting_period_is_three_days_unless_set(context: Flask):
    assert adapters().officer_wait == WAIT


LOCAL = st.text("abcxyz019", min_size=1, max_size=8)
ALIASES = {"gmail.com": "googlemail.com", "proton.me": "pm.me", "acme.example": "ACME.example"}


@examples(100)
@given(LOCAL, st.sampled_from(sorted(ALIASES)), LOCAL, st.integers(0, 8))
def test_spellings_of_one_mailbox_are_one_and_others_are_not(
    local: str, host: str, detail: str, dot: int
):
    spelling = f"{local[:dot]}.{local[dot:]}+{detail}@{ALIASES[host]}".title()

    assert is_same_mailbox(f"{local}@{host}", spelling)
    assert not is_same_mailbox(f"{local}@{host}", f"{local}q@{host}")
    assert not is_same_mailbox(f"{local}@{host}", f"{local}@other.example")
    assert mailbox_of(mailbox_of(spelling)) == mailbox_of(spelling)
