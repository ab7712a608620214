"""Kills of single steps: a form handled by the web process, a job run by the worker."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from sqlalchemy import select

from benchmarks.kill_checks import content_of, faults_at_rest, faults_of
from benchmarks.kill_world import Ended, World
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.intake.drafts import NamedBytes

LATEST = 1.1  # of the usual time of a step: some kills come when it has just ended


@dataclass
class RoundResults:
    """Findings of the rounds."""

    kills: Counter[str] = field(default_factory=Counter)
    usual: dict[str, float] = field(default_factory=dict)
    """Seconds that each step takes undisturbed."""
    faults: list[str] = field(default_factory=list)


class Steps:
    """Steps on one map; without `chance` nothing is killed and the usual times are learnt."""

    def __init__(
        self,
        world: World,
        results: RoundResults,
        number: int,
        *,
        chance: Random | None,
        chain_id: UUID,
    ) -> None:
        self._world, self._results, self._number, self._chance = world, results, number, chance
        self._chain = chain_id

    # ---- what is killed ----------------------------------------------------------------------

    def _by_web(
        self,
        kind: str,
        page: str,
        fields: dict[str, str] | None,
        is_done: Callable[[], bool],
        *,
        to: str = "",
        files: tuple[NamedBytes, ...] = (),
        is_last: bool = True,
    ) -> None:
        """A form is sent (None: a page opened) and web killed; what did not come is sent again.

        Args:
            to: where the form goes, if not to its own page.
            is_last: nothing that this step asks for is killed in a step of its own.
        """
        browser = self._world.browser

        def send() -> None:
            if fields is None:
                browser.get(page)
            else:
                browser.post(to or page, fields, files)

        if fields is not None:
            browser.get(page)
        if self._chance is None:
            start = time.monotonic()
            send()
            self._results.usual[kind] = time.monotonic() - start
        elif not self._is_done_when_killed(kind, send, is_done):
            if fields is not None:
                browser.get(page)
            send()
        self._expect(is_done(), f"{kind}: it was not done")
        if is_last:
            self._world.settle()
            self._look(kind, faults_at_rest)

    def _is_done_when_killed(
        self, kind: str, send: Callable[[], None], is_done: Callable[[], bool]
    ) -> bool:
        """Kill web while it does this; whether it had done it. Nothing in between may be seen."""
        before = self._state()
        self._kill_web(kind, send)
        after = self._state()  # read first: what was not done later was not done then
        if not is_done():
            self._expect(after == before, f"{kind}: a part of it stands")
        self._look(kind, faults_of)
        self._world.start("web")
        return is_done()

    def _kill_web(self, kind: str, send: Callable[[], None]) -> None:
        def ask() -> None:
            try:
                send()
            except Ended:
                return
            except AssertionError as refused:
                self._results.faults.append(f"{kind}: {refused}")

        asked = threading.Thread(target=ask)
        asked.start()
        self._wait_a_moment(kind)
        self._world.kill("web")
        asked.join()

    def _by_worker(self, kind: str, name: str, check: Callable[[], None] = lambda: None) -> None:
        """A job waits: a worker begins it and is killed; the next worker ends it.

        Args:
            check: what must hold while the job waits to be done again.
        """
        job_id = self._world.look(lambda: _last_job(name))
        self._world.start("worker")
        self._world.wait_until(job_id, lambda job: job.attempts > 0)
        if self._chance is None:
            start = time.monotonic()
            self._world.wait_until(job_id, lambda job: job.state is JobState.DONE)
            self._results.usual[kind] = time.monotonic() - start
        else:
            self._wait_a_moment(kind)
            self._world.kill("worker")
            check()
            self._look(kind, faults_of)
        self._world.settle()
        self._look(kind, faults_at_rest)

    def _wait_a_moment(self, kind: str) -> None:
        assert self._chance is not None
        self._results.kills[kind] += 1
        time.sleep(self._chance.uniform(0, LATEST * self._results.usual[kind]))

    # ---- what is seen ------------------------------------------------------------------------

    def _look(self, kind: str, faults: Callable[[UUID], list[str]]) -> None:
        found = self._world.look(lambda: faults(self._chain))
        self._results.faults += [f"round {self._number}, {kind}: {fault}" for fault in found]

    def _expect(self, holds: bool, words: str) -> None:
        if not holds:
            self._results.faults.append(f"round {self._number}: {words}")

    def _state(self) -> tuple[int, str]:
        return self._world.look(lambda: (get_chain(self._chain).version, content_of(self._chain)))

    def _content(self) -> str:
        return self._state()[1]


def _last_job(name: str) -> UUID:
    job = select(Job.id).where(Job.name == name).order_by(Job.created_at.desc()).limit(1)
    return db.session.scalars(job).one()
