"""By how much the clock of a phone with an authenticator app differs from ours.

Revision: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "second_factor",
        sa.Column(
            "clock_behind",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="Seconds by which the clock of the phone is behind ours, as its codes showed",
        ),
    )


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
