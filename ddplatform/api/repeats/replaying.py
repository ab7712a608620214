"""The decorator of addresses that take an `Idempotency-Key`."""

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, g, make_response, request

from ddplatform.api.repeats.services import answer_before, keep_answer
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext

HEADER = "Idempotency-Key"
LONGEST = 100


def carried_out_once(view: Callable[..., Any]) -> Callable[..., Response]:
    """Answer a request that was sent before with the answer that it got, and change nothing."""

    @functools.wraps(view)
    def answered(*given: Any, **named: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return make_response(view(*given, **named))
        if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
            raise Invalid(fields={HEADER: gettext("Use 1 to 100 printable ASCII characters.")})
        sha256 = _hash_of_request()
        before = answer_before(key, sha256, act=g.act)
        if before is not None:
            answer = Response(before.body, before.status, mimetype="application/json")
            answer.headers["Idempotent-Replayed"] = "true"
            return answer
        answer = make_response(view(*given, **named))
        keep_answer(
            key, sha256, status=answer.status_code, body=answer.get_data(as_text=True), act=g.act
        )
        return answer

    return answered


def _hash_of_request() -> str:
    asked = f"{request.method} {request.full_path}\n".encode() + request.get_data()
    return hashlib.sha256(asked).hexdigest()
