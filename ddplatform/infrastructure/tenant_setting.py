"""The tenant of a transaction on PostgreSQL, as its policies and row triggers read it.

Both settings end with the transaction, so a connection that goes back to the pool names nobody.
A savepoint that is rolled back takes them back as well; they are said again before the next
statement.
"""

import hmac
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, event

SAID = "tenant said"
"""Which tenant the transaction of a connection was told (`Connection.info`)."""
NOBODY = ""
_SAY = "SELECT set_config('app.tenant', %s, true), set_config('app.seal', %s, true)"
_BACK = "ROLLBACK TO SAVEPOINT"
"""The one statement that a transaction takes after a statement failed."""
_ENDINGS = (
    *("begin", "commit", "rollback", "rollback_savepoint", "begin_twophase"),
    *("rollback_twophase", "commit_twophase"),
)


def key_of(secret_key: str) -> bytes:
    """The key of the seals, made of SECRET_KEY; the database keeps it after `flask db upgrade`."""
    return hmac.digest(secret_key.encode(), b"tenants of postgresql", "sha256")


@lru_cache(maxsize=4096)
def seal_of(key: bytes, tenant: str) -> str:
    """The seal of a tenant, as `sealed_tenant()` makes it (`migrations/row_security.py`)."""
    inner = sha256(key + tenant.encode()).digest()
    return sha256(key + inner).hexdigest()


def tell_postgresql(engine: Engine, key: bytes, acting: Callable[[], str | None]) -> None:
    """Say the acting tenant in each transaction, and again when another one acts.

    Args:
        acting: the tenant that is acting now, None: nobody.
    """

    def say(connection: Connection, _cursor: Any, statement: str, *_of_statement: Any) -> None:
        tenant = acting() or NOBODY
        if connection.info.get(SAID, NOBODY) == tenant or statement.startswith(_BACK):
            return
        # Not the cursor of the statement: one that streams runs nothing before rows are fetched.
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(_SAY, (tenant, seal_of(key, tenant) if tenant else NOBODY))
        connection.info[SAID] = tenant

    event.listen(engine, "before_cursor_execute", say)
    for name in _ENDINGS:
        event.listen(engine, name, _forget)


def _forget(connection: Connection, *_of_event: Any) -> None:
    connection.info.pop(SAID, None)
