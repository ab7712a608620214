"""The worker: claims of due jobs, renewal of leases, start of periodic jobs."""

import logging
import os
import signal
import socket
import threading
import time
from datetime import UTC, datetime
from types import FrameType

from flask import Flask
from sqlalchemy.exc import OperationalError

from ddplatform.infrastructure.db import begin_change, db, unit_of_work
from ddplatform.infrastructure.jobs import claims
from ddplatform.infrastructure.jobs.periodic import enqueue_due
from ddplatform.infrastructure.jobs.runner import run_job
from ddplatform.infrastructure.tenancy import nobody

log = logging.getLogger(__name__)
POLL_S = 0.1
HEARTBEAT_S = 5.0
PERIODIC_S = 30.0


class Worker:
    """One process that works off the queue until it is stopped."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.owner = f"{socket.gethostname()}:{os.getpid()}"
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; the job in hand is finished first."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        next_periodic = 0.0
        with self._app.app_context(), nobody():
            while not self._stopping.is_set():
                if time.monotonic() >= next_periodic:
                    self._start_periodic()
                    next_periodic = time.monotonic() + PERIODIC_S
                if not self.work_once():
                    self._stopping.wait(POLL_S)

    def work_once(self) -> bool:
        """Do one due job; False when there was none."""
        try:
            with unit_of_work(reads_first=True):
                if not claims.is_waiting():
                    return False
                begin_change()
                claim = claims.claim_next(self.owner)
        except OperationalError:
            # Another process holds SQLite's write lock: the next round tries again.
            log.warning("the database was busy")
            return False
        if claim is None:
            return False
        done = threading.Event()
        beat = threading.Thread(target=self._keep_lease, args=(claim, done), daemon=True)
        beat.start()
        try:
            run_job(claim, owner=self.owner)
        finally:
            done.set()
            beat.join()
            db.session.remove()
        return True

    def _start_periodic(self) -> None:
        try:
            with unit_of_work():
                enqueue_due(datetime.now(UTC))
        except OperationalError:
            log.warning("the database was busy; periodic work waits for the next round")

    def _keep_lease(self, claim: claims.Claim, done: threading.Event) -> None:
        while not done.wait(HEARTBEAT_S):
            try:
                with self._app.app_context(), nobody(), unit_of_work():
                    claims.renew_lease(claim.id, owner=self.owner)
            except OperationalError:
                # The job itself holds the write lock, so nobody else can take it either.
                continue

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping.set()
