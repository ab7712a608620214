"""Several people of one supplier, with the assignment of sections."""

from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import NotFound
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from ddplatform.supplier_engagement.responses.services.drafts import draft_row


def take_section(assignment_id: UUID, section: str, *, act: Act) -> None:
    """Take on a section; colleagues see it, and may answer all the same.

    Raises:
        NotFound: there is no such section.
        Conflict: nothing is being written now.
    """
    request = get_request(assignment_id)
    if all(one.name != section for one in request.plan.form.sections):
        raise NotFound()
    row = draft_row(request)
    row.taken_sections = {**row.taken_sections, section: str(act.by.user_id)}
    audit.record("response:take_section", row, act=act, section=section)


def leave_section(assignment_id: UUID, section: str, *, act: Act) -> None:
    """Let a section go, one's own or that of a colleague who is away.

    Raises:
        Conflict: nothing is being written now.
    """
    row = draft_row(get_request(assignment_id))
    taken = {name: person for name, person in row.taken_sections.items() if name != section}
    if taken != row.taken_sections:
        row.taken_sections = taken
        audit.record("response:leave_section", row, act=act, section=section)
