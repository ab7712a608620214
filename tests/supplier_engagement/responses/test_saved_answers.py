"""What a supplier was told is saved is there after kill -9 of the server and cuts of the network."""

from pathlib import Path

import pytest

from benchmarks.saved_answers import saved_under_kills
from tests.conftest import DATABASES
from tests.infrastructure.jobs.test_kills import address_of

pytestmark = pytest.mark.both_databases

SAVES, SEED = 25, 7


@pytest.mark.long
@pytest.mark.no_cover
@pytest.mark.parametrize("database", DATABASES)
def test_no_acknowledged_answer_is_lost_when_the_server_is_killed_or_the_line_is_cut(
    database: str, tmp_path: Path
) -> None:
    with address_of(database, tmp_path) as url:
        kept = saved_under_kills(tmp_path, url, SAVES, seed=SEED)

    assert kept.faults == []
    assert kept.saves == SAVES
    assert kept.kills >= 1
    assert kept.cuts >= 1
