"""When the content of answers, documents and findings was removed after its retention period.

Revision: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WRITTEN = "What was written was removed when its retention period ended"
FILE = "The file was destroyed when its retention period ended"


def upgrade() -> None:
    for table, comment in (("assignment", WRITTEN), ("finding", WRITTEN), ("evidence", FILE)):
        op.add_column(
            table,
            sa.Column(
                "content_removed_at", sa.DateTime(timezone=True), nullable=True, comment=comment
            ),
        )


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
