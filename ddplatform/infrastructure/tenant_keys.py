"""Keys inside one tenant: a foreign key carries the organisation, and so never leaves it."""

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint


def tenant_key() -> UniqueConstraint:
    """What a table needs to be pointed at by `belongs_to`."""
    return UniqueConstraint("organisation_id", "id")


def belongs_to(table: str, column: str, *, use_alter: bool = False) -> ForeignKeyConstraint:
    """A foreign key to a row of the same organisation."""
    return ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{table}.organisation_id", f"{table}.id"],
        use_alter=use_alter,
    )
