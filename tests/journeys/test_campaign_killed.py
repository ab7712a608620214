"""The worker dies while a campaign is sent: everybody is asked, and nobody twice."""

from pathlib import Path

import pytest

from benchmarks.campaign import send_with_kills

pytestmark = pytest.mark.journey


@pytest.mark.long
@pytest.mark.parametrize("kills", [1, pytest.param(2, marks=pytest.mark.whole)])
def test_worker_killed_in_the_middle_of_a_campaign_asks_everybody_exactly_once(
    tmp_path: Path, kills: int
) -> None:
    assert send_with_kills(tmp_path, many=375 * kills, kills=kills) == (kills, 0)
