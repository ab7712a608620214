"""The worker dies while a campaign is sent: everybody is asked, and nobody twice."""

from pathlib import Path

import pytest

from benchmarks.campaign import send_with_kills

pytestmark = pytest.mark.journey


def test_worker_killed_in_the_middle_of_a_campaign_asks_everybody_exactly_once(
    tmp_path: Path,
) -> None:
    kills, faults = send_with_kills(tmp_path, many=750, kills=2)

    assert (kills, faults) == (2, 0)
