"""Tenant-bound foreign keys, which include the organisation and so never cross tenants."""

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint


def tenant_key() -> UniqueConstraint:
    """The key that `belongs_to` needs in the table it refers to."""
    return UniqueConstraint("organisation_id", "id")


def belongs_to(table: str, column: str, *, use_alter: bool = False) -> ForeignKeyConstraint:
    """A foreign key to a row of the same organisation."""
    return ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{table}.organisation_id", f"{table}.id"],
        use_alter=use_alter,
    )
