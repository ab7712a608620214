"""A worker that stops in the middle of an import, to be killed there: `MOMENT MARKER`.

`before`: everything is written and nothing is committed. `after`: the import is committed, and
the job is not marked as done.
"""

import sys
import time
from pathlib import Path
from typing import Any

from ddplatform.factory import create_app
from ddplatform.infrastructure.jobs import claims
from ddplatform.infrastructure.jobs.worker import Worker
from ddplatform.infrastructure.tenancy import nobody
from ddplatform.value_chain.import_steps.services import apply as map_apply


def stall(marker: Path) -> None:
    marker.touch()
    time.sleep(600)


def main(moment: str, marker: Path) -> None:
    real = map_apply.apply_import

    def apply_and_stall(*args: Any, **options: Any) -> Any:
        real(*args, **options)
        stall(marker)

    if moment == "before":
        map_apply.apply_import = apply_and_stall
    else:
        claims.mark_done = lambda *_, **__: stall(marker)
    app = create_app()
    with app.app_context(), nobody():
        Worker(app).work_once()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
