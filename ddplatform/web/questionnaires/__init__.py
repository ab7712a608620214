"""Questionnaires as the requester sees them: library, sending, chasing, review."""

from ddplatform.web.questionnaires import (
    library,
    own,
    own_try,
    queue,
    results,
    returned,
    review,
    routes,
    send,
    translation_tables,
    translations,
)
from ddplatform.web.questionnaires.blueprint import bp

__all__ = [
    "bp",
    "library",
    "own",
    "own_try",
    "queue",
    "results",
    "returned",
    "review",
    "routes",
    "send",
    "translation_tables",
    "translations",
]
