"""Large campaign: planning by rule, then sending in the background with its mails in the outbox.

Once undisturbed; once by a worker process that is killed (kill -9) several times while it sends.
Either way each supplier has one questionnaire, one link and one mail.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

from sqlalchemy import func, select

from benchmarks.assessed_map import make_platform
from benchmarks.contract import SEED, Row, count_row, limit_row
from ddplatform.accounts.organisations.models import Invitation, User
from ddplatform.config import ROOT
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.worker import Worker
from ddplatform.infrastructure.tenancy import across_tenants, acting_in, insert_rows, nobody
from ddplatform.supplier_engagement.campaigns.services import campaigns
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain, ValueChainNode
from supply_chain.vocabulary import NodeKind

SIZES = {"small": 500, "full": 5_000}
KILLS = {"small": 2, "full": 4}
"""A job whose worker dies five times is given up; the calendar then begins another."""
SECONDS = 60.0
MOST_WAIT_S = 300.0
KEY = "b" * 40


def run(size: str) -> list[Row]:
    """Plan, send and mail; then the same with kills."""
    many = SIZES[size]
    with TemporaryDirectory() as name:
        rows = _undisturbed(Path(name), many)
    with TemporaryDirectory() as name:
        return [*rows, _killed(Path(name), many, KILLS[size])]


def _undisturbed(folder: Path, many: int) -> list[Row]:
    app, by = make_platform(folder)
    with app.app_context():
        analyst = _analyst(by)
        chain_id, keys = _suppliers(analyst, many)
        begin = time.perf_counter()
        campaign_id = _plan(analyst, chain_id, keys)
        planned = time.perf_counter()
        _start(analyst, campaign_id)
        worker = Worker(app)
        with nobody():
            while worker.work_once():
                pass
        sent = time.perf_counter()
        faults = _faults(folder, by.organisation_id, many)
        db.engine.dispose()
    return [
        limit_row(f"campaign of {many:,}: planned by rule", planned - begin, 5.0),
        limit_row(f"campaign of {many:,}: sent and mailed to the outbox", sent - planned, SECONDS),
        count_row(f"campaign of {many:,}: not asked, or asked twice", faults, 0, "suppliers"),
    ]


def _killed(folder: Path, many: int, kills: int) -> Row:
    done, faults = send_with_kills(folder, many=many, kills=kills)
    what = f"campaign of {many:,}, {done} kills of the worker: not asked, or asked twice"
    return count_row(what, faults, 0, "suppliers")


def send_with_kills(folder: Path, *, many: int, kills: int) -> tuple[int, int]:
    """Number of worker kills before the end, and of suppliers not asked exactly once."""
    app, by = make_platform(folder)
    with app.app_context():
        analyst = _analyst(by)
        chain_id, keys = _suppliers(analyst, many)
        campaign_id = _plan(analyst, chain_id, keys)
        _start(analyst, campaign_id)
        chance, done = Random(SEED), 0
        for _ in range(kills):
            with _worker(folder) as process:
                done += _kill_in_the_middle(process, by.organisation_id, chance)
        with _worker(folder):
            _wait_for_the_end()
        faults = _faults(folder, by.organisation_id, many)
        db.engine.dispose()
    return done, faults


def _analyst(by: Identity) -> Identity:
    user = db.session.scalars(select(User)).one()
    return Identity(user.id, by.organisation_id, None, user.name)


def _suppliers(by: Identity, many: int) -> tuple[UUID, list[UUID]]:
    at = datetime.now(UTC)
    keys = [uuid4() for _ in range(many)]
    with unit_of_work(), acting_in(by.organisation_id):
        publish_shipped(at)
        chain = ValueChain(name="Cocoa", slug="cocoa", created_at=at)
        db.session.add(chain)
        db.session.flush()  # nodes point to it
        nodes: list[dict[str, object]] = [
            {
                "id": key,
                "chain_id": chain.id,
                "external_ref": f"N-{place}",
                "kind": NodeKind.SITE,
                "name": f"Farm {place:05}",
                "country": ("CI", "GH", "CM")[place % 3],
                "contact_email": f"farm{place}@coop.example",
                "created_at": at,
                "commodity_refs": [],
                "tags": [],
                "external_ids": {},
                "attributes": {},
                "own_operation": False,
                "row_version": 1,
            }
            for place, key in enumerate(keys)
        ]
        insert_rows(ValueChainNode, nodes)
        summaries = [{"id": uuid4(), "node_id": key, "chain_id": chain.id} for key in keys]
        zero = {"open_findings": 0, "overdue_actions": 0}
        insert_rows(NodeSummary, [{**row, **zero} for row in summaries])
        return chain.id, keys


def _plan(by: Identity, chain_id: UUID, keys: list[UUID]) -> UUID:
    at = datetime.now(UTC)
    how = campaigns.How(
        name="All farms", due_on=at.date() + timedelta(days=28), message="We visit you in spring."
    )
    whom = campaigns.Whom(chain_id=chain_id, keys=keys, modules=["SAQ"])
    with unit_of_work(), acting_in(by.organisation_id):
        return campaigns.plan_campaign(whom, how, act=Act(by, at)).id


def _start(by: Identity, campaign_id: UUID) -> None:
    with unit_of_work(), acting_in(by.organisation_id):
        campaigns.start(campaign_id, act=Act(by, datetime.now(UTC)))


@contextmanager
def _worker(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process of its own; killed at the end, if it was not before."""
    environment = {
        **os.environ,
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'platform.db'}",
        "SECRET_KEY": KEY,
    }
    command = [str(Path(sys.executable).parent / "flask"), "--app", "app", "worker"]
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _kill_in_the_middle(
    process: subprocess.Popen[bytes], organisation_id: UUID, chance: Random
) -> int:
    """Kill it a random moment after it has begun to send more; 1 where there was a middle."""
    before, end = _sent(organisation_id), time.monotonic() + MOST_WAIT_S
    while _sent(organisation_id) == before and not _is_over() and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(chance.random() * 0.3)
    is_middle = not _is_over()
    process.kill()
    process.wait()
    return int(is_middle)


def _wait_for_the_end() -> None:
    end = time.monotonic() + MOST_WAIT_S
    while not _is_over() and time.monotonic() < end:
        time.sleep(0.1)


def _sent(organisation_id: UUID) -> int:
    with acting_in(organisation_id):
        found = db.session.scalar(select(func.count()).select_from(Assignment)) or 0
    db.session.rollback()
    return found


def _is_over() -> bool:
    with across_tenants():
        states = db.session.scalars(select(Job.state).where(Job.name == campaigns.SEND)).all()
    db.session.rollback()
    return all(state in (JobState.DONE, JobState.FAILED) for state in states)


def _faults(folder: Path, organisation_id: UUID, many: int) -> int:
    """Suppliers without exactly one questionnaire, one link and one mail."""
    with acting_in(organisation_id):
        asked = db.session.scalars(select(Assignment.invited_email)).all()
        links = db.session.scalars(select(Invitation.email)).all()
    db.session.rollback()
    files = (folder / "outbox").glob("*.eml")
    mails = [str(message_from_bytes(path.read_bytes())["To"]) for path in files]
    wanted = {f"farm{place}@coop.example" for place in range(many)}
    return sum(
        len(wanted.symmetric_difference(found)) + len(found) - len(set(found))
        for found in (asked, links, mails)
    )
