"""Requests with an `Idempotency-Key`: the second one gets the answer of the first."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from ddplatform.api.repeats.models import AnsweredRequest
from ddplatform.api.repeats.queries import find_answered
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import gettext

KEPT = timedelta(hours=24)


def answer_before(key: str, request_sha256: str, *, act: Act) -> AnsweredRequest | None:
    """The answer to the same request under this key, where it was carried out.

    Raises:
        Invalid: the key was used for another request.
    """
    assert act.by.user_id is not None, "a token acts for a person"
    found = find_answered(act.by.user_id, key)
    if found is None or found.answered_at < act.at - KEPT:
        return None
    if found.request_sha256 != request_sha256:
        raise Invalid(
            fields={
                "Idempotency-Key": gettext(
                    "This key was used for another request within the last 24 hours. Make a new "
                    "one for each request."
                )
            }
        )
    return found


def keep_answer(key: str, request_sha256: str, *, status: int, body: str, act: Act) -> None:
    """Keep the answer of a request that was carried out, with its change; older ones go.

    Raises:
        Conflict: the same request is carried out at this moment.
    """
    assert act.by.user_id is not None, "a token acts for a person"
    db.session.execute(delete(AnsweredRequest).where(AnsweredRequest.answered_at < act.at - KEPT))
    try:
        with db.session.begin_nested():
            db.session.add(
                AnsweredRequest(
                    user_id=act.by.user_id,
                    key=key,
                    request_sha256=request_sha256,
                    status=status,
                    body=body,
                    answered_at=act.at,
                )
            )
    except IntegrityError:
        raise Conflict(
            gettext("A request with this key is in progress."),
            gettext("Send it again in a moment to get its response."),
        ) from None
