"""Evidence of later packages: the registered queries for it (`registration.py` of each)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement

from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.together import Question, Rows
from ddplatform.value_chain.history.queries.on_day import MapOnDay

ASSESSED_FINDINGS: Registry[Callable[[MapOnDay], Question[Rows]]] = Registry(
    "findings that somebody assessed"
)
"""Name of a question -> open findings that somebody assessed, of the nodes of a map on a day.

Rows: `node_id`, and `is_late`: whether an action about the finding is overdue.
"""
IN_REMEDY: Registry[Callable[[Any], ColumnElement[bool]]] = Registry("causes in remedy")
"""Kind of the cause of a fact -> whether the cause with the key in a column is in remedy."""
