"""Encryption and decryption of the content of a remediation case, and of a concern."""

import json
from typing import Any, Protocol
from uuid import UUID

from ddplatform.infrastructure.adapters import case_vault
from ddplatform.infrastructure.adapters.case_vault import Place
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.sealing import SealBroken
from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.errors import NotFound
from ddplatform.languages import gettext


class KeyHolder(Protocol):
    """A row with a data key of its own, which seals what belongs to it."""

    __tablename__: str
    id: Any
    organisation_id: Any
    key_wrapped: Any
    key_version: Any


def give_key(case: KeyHolder) -> None:
    """Give a new case a data key of its own."""
    master = adapters().keys.case_master()
    case.key_wrapped = case_vault.new_case_key(master, _key_place(case))


def seal(case: KeyHolder, row: Base, column: str, row_id: UUID, value: Any) -> bytes:
    """Seal a JSON value for one column of one row of the case."""
    return case_vault.seal(
        json.dumps(value, ensure_ascii=False),
        master=_master_of(case),
        wrapped=_wrapped(case),
        key_place=_key_place(case),
        place=_place(case, row, column, row_id),
    )


def unseal(case: KeyHolder, row: Base, column: str, sealed: bytes) -> Any:
    """Open a value.

    Raises:
        SealBroken: it was changed, or moved here from another row.
        NotFound: the case was erased; nothing can be read any more.
    """
    text = case_vault.unseal(
        sealed,
        master=_master_of(case),
        wrapped=_wrapped(case),
        key_place=_key_place(case),
        place=_place(case, row, column, row.id),
    )
    return json.loads(text)


def opens(case: KeyHolder) -> bool:
    """Whether the key of a case can be used with a master key that is here."""
    try:
        _master_of(case)
    except SealBroken:
        return False
    return True


def rewrapped_key(case: KeyHolder, *, old: bytes, new: bytes) -> bytes | None:
    """The data key of a case, wrapped with another master key; None where it is already.

    Raises:
        SealBroken: it is wrapped with neither.
    """
    place, wrapped = _key_place(case), _wrapped(case)
    if case_vault.fitting_master((new, old), wrapped, place) == new:
        return None
    return case_vault.rewrap(wrapped, place, old=old, new=new)


def _master_of(case: KeyHolder) -> bytes:
    masters = adapters().keys.case_masters()
    return case_vault.fitting_master(masters, _wrapped(case), _key_place(case))


def _wrapped(case: KeyHolder) -> bytes:
    if case.key_wrapped is None:
        raise NotFound(
            gettext("This case was erased."), gettext("What it held cannot be read by anybody.")
        )
    return bytes(case.key_wrapped)


def _key_place(case: KeyHolder) -> Place:
    return Place(case.organisation_id, case.__tablename__, "key_wrapped", case.id, case.key_version)


def _place(case: KeyHolder, row: Base, column: str, row_id: UUID) -> Place:
    return Place(case.organisation_id, row.__tablename__, column, row_id, case.key_version)
