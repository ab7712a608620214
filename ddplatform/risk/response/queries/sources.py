"""Registered queries of later packages about the conduct of suppliers."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select

from ddplatform.infrastructure.registry import Registry
from ddplatform.risk.response.queries.period import Period

ACTIONS: Registry[Callable[[Period], Select[*tuple[Any, ...]]]] = Registry("suppliers' actions")
"""Table -> actions that suppliers carry out and that ran in the period, by the day they are due.

Columns: `node_id`, `id`, `title`, `due_on`, `reported_at`, `verified_at`, `evidence_level` (0 to 1,
None: not verified), `self_disclosed`: whether the supplier told of the problem itself.
"""
DISCLOSED: Registry[Callable[[Period], Select[*tuple[Any, ...]]]] = Registry("disclosed problems")
"""Table -> problems that suppliers disclosed in the period outside a questionnaire, oldest first.

Columns: `node_id`, `created_at`.
"""
