"""Worlds to be kept apart: each tenant has one row of every kind, marked as its own.

Rows are made from the models themselves, so a new table is in every world without a line here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import yaml
from sqlalchemy import (
    JSON,
    Column,
    Date,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    Uuid,
    select,
)
from sqlalchemy.sql.sqltypes import Boolean, String

from ddplatform.accounts.organisations.models import UserSession
from ddplatform.accounts.passkeys.models import Passkey
from ddplatform.accounts.sessions.services import hash_of, new_secret, start_session
from ddplatform.accounts.single_sign_on.models import ProviderIdentity
from ddplatform.audit.models import AuditEvent
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.impacts import AgeBand, WorkClass, impact_words
from ddplatform.core.due_diligence.vocabulary import GrievanceState
from ddplatform.due_diligence.concern_handling.services.steps import Said
from ddplatform.due_diligence.concern_handling.services.steps import move as move_concern
from ddplatform.due_diligence.concerns.queries import list_messages, list_steps
from ddplatform.due_diligence.concerns.services.receiving import Draft, receive
from ddplatform.due_diligence.custody.models import CaseHandover, EmergencyAccess
from ddplatform.due_diligence.follow_up_visits.services import Seen, write_visit
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.due_diligence.remedy.services.seal import seal
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import Base, UtcDateTime, db, unit_of_work
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.tenancy import Shared, SharedOnRelease, TenantScoped, acting_in
from ddplatform.risk.runs.models import RunRegister
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.matching.models import DuplicatePair, NodeMerge
from supply_chain.matching.pairs import Decision
from supply_chain.risk.register import Register, without_ranges
from supply_chain.risk.stored_scores import ISSUES, NODE, Records, pack
from tests.case_answers import GOOD
from tests.factories import Tenant, make_tenant

PLAN = yaml.safe_load((Path(__file__).parent / "data" / "world_values.yaml").read_text())
OWN, SHARED, DRAFT = "own", "shared", "draft"
SHIPPED = ("questionnaire", "questionnaire_version", "reference_release")
DAY = date(2027, 1, 31)
HEAT_CELL = 33
_numbers = count(1)


def mark(slug: str, part: str) -> str:
    """The text that betrays whose row it is: small letters only, so it survives any page."""
    return f"qz{slug}{part}qz"


@dataclass
class World:
    """One tenant, and of its rows, by part and table, what addresses can name."""

    tenant: Tenant
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.tenant.slug

    def key(self, variable: str, part: str) -> str | None:
        """The own value of a variable of an address; None where this part has no such row."""
        table = PLAN["variables"][variable]
        return self.keys.get((part, table))

    def marks(self, *parts: str) -> set[str]:
        return {mark(self.slug, part) for part in parts}


def make_worlds(*, at: datetime) -> dict[str, World]:
    """Two companies and a supplier of both, which also uses the platform itself."""
    tenants = {slug: make_tenant(slug, at=at) for slug in ("acmeco", "borisco", "supplyco")}
    supplier = tenants["supplyco"]
    worlds = {slug: World(tenant) for slug, tenant in tenants.items()}
    install_global_rows(at)
    for slug, world in worlds.items():
        with unit_of_work(), acting_in(world.tenant.id):
            builder = _Builder(world, supplier.id if slug != supplier.slug else None, at)
            builder.build()
    return worlds


def install_global_rows(at: datetime) -> None:
    """What every tenant shares: the shipped questionnaires, an edition of the reference data."""
    with unit_of_work():
        publish_shipped(at)
        builder = _Builder(World(Tenant(uuid4(), "shipped", {})), None, at)
        for table in ("reference_release", "indicator_value", "context_value"):
            builder.add_global(_models()[table])


def _models() -> dict[str, type[Base]]:
    return {m.local_table.name: m.class_ for m in Base.registry.mappers}


class _Builder:
    def __init__(self, world: World, supplier_id: UUID | None, at: datetime) -> None:
        self.world, self.supplier_id, self.at = world, supplier_id, at
        self.rows: dict[tuple[str, str], Base] = {}

    def build(self) -> None:
        self._add_people()
        for part, kind in ((OWN, TenantScoped), (SHARED, Shared), (DRAFT, SharedOnRelease)):
            if part != OWN and self.supplier_id is None:
                continue
            for table in db.metadata.sorted_tables:
                model = _models()[table.name]
                if issubclass(model, kind):
                    self._add(part, model)
        self._finish()

    def add_global(self, model: type[Base]) -> None:
        row = model(**self._values(OWN, model))
        db.session.add(row)
        db.session.flush()
        self.rows[OWN, model.__tablename__] = row

    def _add_people(self) -> None:
        """The person whom addresses name: the analyst, with a session."""
        user_id = self.world.tenant.analyst.user_id
        self.world.keys[OWN, "user"] = str(user_id)
        secret = new_secret()
        start_session(secret, user_id=user_id, data={}, at=self.at)
        db.session.flush()
        session = db.session.scalars(
            select(UserSession).where(UserSession.id_hash == hash_of(secret))
        ).one()
        self.world.keys[OWN, "user_session"] = str(session.id)
        passkey = Passkey(
            user_id=user_id,
            name=f"passkey of {self.world.slug}",
            credential_id=uuid4().bytes,
            public_key=b"",
            sign_count=0,
            added_at=self.at,
        )
        db.session.add(passkey)
        db.session.flush()
        self.world.keys[OWN, "passkey"] = str(passkey.id)
        identity = ProviderIdentity(
            user_id=user_id,
            issuer="https://login.example",
            subject=f"subject of {self.world.slug}",
            connected_at=self.at,
        )
        db.session.add(identity)
        db.session.flush()
        self.world.keys[OWN, "provider_identity"] = str(identity.id)
        for table in SHIPPED:
            row = self.rows[OWN, table] = db.session.scalars(select(_models()[table])).first()
            self.world.keys[OWN, table] = str(row.id)

    def _add(self, part: str, model: type[Base]) -> None:
        name = model.__tablename__
        if name == "remediation_case":
            self._open_case()
        if name in PLAN["made_by_services"]:
            return
        row = model(**self._values(part, model))
        db.session.add(row)
        db.session.flush()
        self.rows[part, name] = row
        self.world.keys[part, name] = str(row.id)

    def _open_case(self) -> None:
        officer = self.world.tenant[RoleId.SAFEGUARDING_OFFICER]
        alert = remedy.Alert(
            alert_source=next(iter(impact_words().alert_sources)),
            work_class=next(iter(WorkClass)),
            age_band=next(iter(AgeBand)),
            note=mark(self.world.slug, "case"),
        )
        finding = self.rows[OWN, "finding"]
        case = remedy.open_case(finding, alert, act=Act(officer, self.at))
        self.rows[OWN, "remediation_case"] = case
        self.world.keys[OWN, "remediation_case"] = str(case.id)
        self.world.keys[OWN, "case_code"] = case.code
        self._record_visit(case, officer)
        self._add_custody(case, officer)
        self._receive_concern(officer)

    def _add_custody(self, case: RemediationCase, officer: Identity) -> None:
        """A handover to the officer, and a request for access that waits: both of the manager."""
        manager, text = self.world.tenant.manager.user_id, mark(self.world.slug, "case")
        access = EmergencyAccess(
            id=uuid4(),
            organisation_id=case.organisation_id,
            case_id=case.id,
            asked_at=self.at,
            asked_by_id=manager,
        )
        access.sealed_reason = seal(case, access, "sealed_reason", access.id, text)
        handover = CaseHandover(
            case_id=case.id, from_id=manager, to_id=officer.user_id, named_at=self.at
        )
        for name, row in (("emergency_access", access), ("case_handover", handover)):
            db.session.add(row)
            db.session.flush()
            self.rows[OWN, name] = row
            self.world.keys[OWN, name] = str(row.id)

    def _receive_concern(self, officer: Identity) -> None:
        """A concern that an officer acknowledged."""
        act = Act(officer, self.at)
        draft = Draft(text=mark(self.world.slug, "case"))
        concern = receive(draft, nonce=uuid4().hex, act=act).concern
        said = Said(reprisal="no", reason=mark(self.world.slug, "case"))
        state = GrievanceState.ACKNOWLEDGED
        move_concern(concern, state, said, version=concern.row_version, act=act)
        rows = {
            "concern": concern,
            "concern_message": list_messages(concern.id)[0].row,
            "concern_step": list_steps(concern.id)[0].row,
        }
        for name, row in rows.items():
            self.rows[OWN, name] = row
            self.world.keys[OWN, name] = str(row.id)

    def _record_visit(self, case: RemediationCase, officer: Identity) -> None:
        answers = {**GOOD, "/data/E/REM_Q14": mark(self.world.slug, "visit")}
        answers["/data/A/REM_Q01"] = self.at.date().isoformat()
        written = write_visit(
            case, answers, seen=Seen(1, 0), record=True, act=Act(officer, self.at)
        )
        assert written.is_sound
        self.rows[OWN, "follow_up_visit"] = written.visit.row
        self.world.keys[OWN, "follow_up_visit"] = str(written.visit.row.id)

    def _finish(self) -> None:
        """What names no model row (a job, a link by mail, events of the log) or needs several."""
        manager, keys = self.world.tenant.manager, self.world.keys
        text = mark(self.world.slug, OWN)
        job = jobs.enqueue("session:expire", {"note": text}, act=Act(manager, self.at))
        job.last_error = text
        keys[OWN, "job"] = str(job.id)
        audit.record("world:make", None, act=Act(manager, self.at), note=text)
        keys[OWN, "audit_sequence"] = str(db.session.scalar(select(AuditEvent.sequence).limit(1)))
        token = new_secret()
        self.rows[OWN, "invitation"].token_hash = hash_of(token)
        keys[OWN, "token"] = token
        audit.sign_checkpoint(at=self.at)
        self._add_duplicates()
        rows = self.rows
        content = _register_of(rows[OWN, "value_chain_node"].id).pack()
        db.session.add(RunRegister(run_id=rows[OWN, "assessment_run"].id, content=content))

    def _add_duplicates(self) -> None:
        """Two nodes that may be one supplier, and that are: a pair needs a second node."""
        rows, text = self.rows, mark(self.world.slug, OWN)
        first, chain_id = rows[OWN, "value_chain_node"], rows[OWN, "value_chain"].id
        second = ValueChainNode(
            chain_id=chain_id,
            external_ref=f"{text} second",
            kind=first.kind,
            name=f"{text} second",
            created_at=self.at,
        )
        db.session.add(second)
        db.session.flush()
        pair = DuplicatePair(
            chain_id=chain_id,
            left_id=first.id,
            right_id=second.id,
            left_hash=text,
            right_hash=text,
            score=0.9,
            suggestion=Decision.REVIEW,
            reasons=[text],
            found_at=self.at,
        )
        merge = NodeMerge(
            chain_id=chain_id,
            number=1,
            survivor_id=first.id,
            absorbed_id=second.id,
            survivor_hash=text,
            absorbed_hash=text,
            moved={"duplicate_pair": []},
            links={"summary": [None, None], "inner": [], "joined": []},
            merged_at=self.at,
        )
        for name, row in (("duplicate_pair", pair), ("node_merge", merge)):
            db.session.add(row)
            db.session.flush()
            rows[OWN, name] = row
            self.world.keys[OWN, name] = str(row.id)

    def _values(self, part: str, model: type[Base]) -> dict[str, Any]:
        found: dict[str, Any] = dict(self._tenant_columns(part, model))
        for column in model.__table__.columns:
            if column.computed is not None:
                continue  # the database fills it in
            if column.name in found or column.primary_key:
                continue
            value = self._value(part, column)
            if value == {} and "list" in str(model.__annotations__.get(column.name)):
                value = []
            if value is not _LEAVE:
                found[column.name] = value
        return found

    def _tenant_columns(self, part: str, model: type[Base]) -> Iterator[tuple[str, Any]]:
        if issubclass(model, TenantScoped):
            yield "organisation_id", self.world.tenant.id
        if issubclass(model, Shared):
            yield "respondent_organisation_id", None if part == OWN else self.supplier_id
        if issubclass(model, SharedOnRelease):
            yield "is_released", part == SHARED

    def _value(self, part: str, column: Column[Any]) -> Any:
        table, name = column.table.name, column.name
        for key in (f"{table}.{name}", f"*.{name}"):
            if key in PLAN["values"]:
                found = self._filled(PLAN["values"][key], part)
                is_bytes = isinstance(column.type, LargeBinary) and isinstance(found, str)
                return found.encode() if is_bytes else found
        if table in ("evidence", "returned_book") and name == "sha256":
            return adapters().files.put(self.world.tenant.id, mark(self.world.slug, part).encode())
        if table == "evidence" and name == "storage_organisation_id":
            return self.world.tenant.id
        if table == "map_import" and name == "files":
            content = mark(self.world.slug, part).encode()
            digest = adapters().files.put(self.world.tenant.id, content)
            return [{"name": content.decode(), "sha256": digest, "size_bytes": len(content)}]
        if table == "risk_assessment" and name == "scores":
            return pack(_one_risk())[0]
        if name == "round":
            return {OWN: 1, SHARED: 1, DRAFT: 2}[part]
        return self._by_type(part, column)

    def _by_type(self, part: str, column: Column[Any]) -> Any:
        kind = column.type
        if isinstance(kind, Uuid):
            return self._id_for(part, column)
        if isinstance(kind, Enum):
            return _LEAVE if column.default is not None else next(iter(kind.enum_class))
        if isinstance(kind, String | Text):
            return f"{mark(self.world.slug, part)} {column.table.name} {next(_numbers)}"
        if column.nullable or column.default is not None:
            return _LEAVE
        plain = {
            UtcDateTime: self.at,
            Date: DAY,
            Boolean: False,
            Integer: next(_numbers),
            Float: 0.5,
            Numeric: 0.5,
            LargeBinary: mark(self.world.slug, part).encode(),
            JSON: {},
        }
        return next(value for key, value in plain.items() if isinstance(kind, key))

    def _id_for(self, part: str, column: Column[Any]) -> Any:
        targets = {fk.column.table.name for fk in column.foreign_keys}
        if "organisation" in targets:
            return _LEAVE if column.nullable else self.world.tenant.id
        if "user" in targets:
            pair = column.table.columns.get(column.name.replace("_by_id", "_at"))
            skip = column.nullable and (pair is None or pair.nullable or pair is column)
            return _LEAVE if skip else self.world.tenant.manager.user_id
        target = next(iter(targets), None) or PLAN["points_to"].get(column.name)
        if target == column.table.name and column.nullable:
            return _LEAVE
        for where in {OWN: (OWN,), SHARED: (SHARED, OWN), DRAFT: (DRAFT, SHARED, OWN)}[part]:
            if (where, target) in self.rows:
                return self.rows[where, target].id
        return _LEAVE if column.nullable else uuid4()

    def _filled(self, value: Any, part: str) -> Any:
        if isinstance(value, str):
            return value.replace("{mark}", mark(self.world.slug, part))
        if isinstance(value, dict):
            return {key: self._filled(item, part) for key, item in value.items()}
        return value


def _one_risk() -> Records:
    """A node with a medium risk of the first issue; the others are not scored."""
    record = np.zeros(1, dtype=NODE)
    for name in ("likelihood", "index", "confidence", "residual_likelihood", "residual_index"):
        record[name] = 0.5
    for name in ("severity", "scale", "scope", "irremediability", "residual_severity"):
        record[name] = 3
    record["salience_rank"] = np.where(np.arange(ISSUES) == 0, 1, -1)
    for name in ("severity_band", "band", "residual_band"):
        record[name] = 1
    record["heat_cell"] = HEAT_CELL
    return record


def _register_of(node_id: UUID) -> Register:
    """The register of a run with this one node and its one risk."""
    return Register(
        place=np.zeros(1, np.int32),
        issue=np.zeros(1, np.int8),
        severity_band=np.ones(1, np.int8),
        residual_band=np.ones(1, np.int8),
        heat_cell=np.full(1, HEAT_CELL, np.int8),
        insufficient=np.zeros(1, np.bool_),
        **without_ranges(1),
        country=np.array(["BD"]),
        tier=np.ones(1, np.int16),
        highest_index=np.full(1, 0.5),
        key=np.frombuffer(node_id.bytes, np.uint8).reshape(1, 16),
    )


_LEAVE = object()
