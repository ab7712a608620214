"""The jobs of maps: lists, merges, assessments, plans, what is looked at again."""

from uuid import UUID

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.jobs.context import Handler, JobContext, Result
from ddplatform.risk.approvals.services import steps as approval_steps
from ddplatform.risk.approvals.services import work as approval_work
from ddplatform.risk.assessment.services import changes as assessment_changes
from ddplatform.risk.assessment.services import maps as assessments
from ddplatform.risk.assessment.services import nightly as assessment_nightly
from ddplatform.risk.assessment.services.leftovers import clear_begun
from ddplatform.risk.assessment_plan.services import requests as visit_plan_requests
from ddplatform.risk.facts.services.facts import REASSESS
from ddplatform.risk.reassessment.services import triggers as reassessment_triggers
from ddplatform.risk.runs.queries.runs import has_run
from ddplatform.risk.scenario_scores import services as what_if_requests
from ddplatform.risk.supplier_figures.services import figures as supplier_figures
from ddplatform.value_chain.bulk_changes.services import changes as bulk_changes
from ddplatform.value_chain.graph.services import snapshots as map_snapshots
from ddplatform.value_chain.history.services import past_days as map_past_days
from ddplatform.value_chain.import_steps.services import apply as map_apply
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.matching.services import search as match_search
from ddplatform.value_chain.matching_imports.services import imports as matching_imports
from ddplatform.value_chain.matching_imports.services import preview as matching_preview
from ddplatform.value_chain.merging.services import many as matching_many
from ddplatform.value_chain.screening.services import lists as screening_lists
from ddplatform.value_chain.screening.services import matches as screening


def _preview_import(job: JobContext) -> None:
    import_id = job.id_of("import_id")
    with job.look():
        plan = map_import.plan_reading(import_id, job.by)
    job.progress(1, 4)
    opened = map_import.open_files(plan)
    with job.unit():
        plan = map_import.recall_mapping(import_id, plan, opened)
    job.progress(2, 4)
    reading = map_import.read_files(plan, opened)
    job.progress(3, 4)
    with job.look():
        asked = matching_preview.plan_doubles(import_id, reading)
    doubles = matching_imports.find_doubles(asked)
    with job.unit():
        map_import.keep_preview(import_id, reading, doubles)


def _apply_import(job: JobContext) -> Result:
    import_id = job.id_of("import_id")
    with job.look():
        plan = map_import.plan_reading(import_id, job.by)
    job.progress(1, 4)
    reading = map_import.read_files(plan)
    job.progress(2, 4)
    with job.look():
        compared = map_apply.compare_import(import_id, reading)
    job.progress(3, 4)
    with job.unit():
        done = map_apply.apply_import(
            import_id,
            reading,
            compared,
            archive_links=bool(job.payload.get("archive_links")),
            by=job.by,
            at=job.at,
        )
        matching_preview.search_after(import_id, done, by=job.by, at=job.at)
        return done


def _search_duplicates(job: JobContext) -> Result:
    run_id = job.id_of("run_id")
    return match_search.search(run_id, unit=job.unit, progress=job.progress, at=job.at)


def _merge_many(job: JobContext) -> Result:
    return matching_many.merge_many(
        job.id_of("run_id"), unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _undo_many(job: JobContext) -> Result:
    return matching_many.undo_many(
        job.id_of("run_id"), unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _change_many(job: JobContext) -> Result:
    return bulk_changes.carry_out(
        job.id_of("change_id"), unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _assess_chain(job: JobContext) -> Result:
    if job.id is not None:
        with job.look():
            if has_run(job.id):
                return {"run_id": str(job.id)}  # killed between its last commit and its own end
        clear_begun(job.id, job.id_of("chain_id"), by=job.by, unit=job.unit)
    chain_id, cause = job.id_of("chain_id"), job.payload.get("cause", "import")
    done = assessment_changes.assess_changes(
        chain_id, cause, as_of=job.at.date(), by=job.by, at=job.at, unit=job.unit, run_id=job.id
    )
    if isinstance(done, UUID):
        map_snapshots.keep_now(chain_id, job.look)  # the ranks can be read already
        _renew_figures(job, chain_id)
        return {"run_id": str(done)}
    assessed = assessments.assess_chain(
        chain_id,
        cause,
        as_of=job.at.date(),
        by=job.by,
        at=job.at,
        unit=job.unit,
        progress=job.progress,
        run_id=job.id,
        whole_because=done,
    )
    _renew_figures(job, chain_id)
    return {"run_id": str(assessed.run_id)}


def _renew_figures(job: JobContext, chain_id: UUID) -> None:
    with job.unit():
        supplier_figures.ask_renewal(chain_id, by=job.by, at=job.at)


def _renew_assessments(job: JobContext) -> Result:
    return assessment_nightly.ask_whole_runs(by=job.by, at=job.at)


def _end_approvals(job: JobContext) -> Result:
    return approval_steps.expire(by=job.by, at=job.at)


def _carry_out_decision(job: JobContext) -> Result:
    return approval_work.carry_out(
        job.id_of("decision_id"), unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _look_for_changes(job: JobContext) -> Result:
    return reassessment_triggers.look_for_changes(by=job.by, at=job.at, unit=job.unit)


def _screen(job: JobContext) -> Result:
    return screening.screen(by=job.by, at=job.at, unit=job.unit)


def _make_plan(job: JobContext) -> Result:
    assert job.id is not None
    return visit_plan_requests.make_requested(
        job.id,
        job.payload,
        look=job.look,
        unit=job.unit,
        progress=job.progress,
        by=job.by,
        at=job.at,
    )


def _read_past_day(job: JobContext) -> Result:
    return map_past_days.prepare(job.payload, look=job.look)


def _score_map(job: JobContext) -> Result:
    return what_if_requests.prepare(job.payload, look=job.look)


MAP_JOBS: dict[str, Handler] = {
    # No permission: any change of a map or its facts may ask, whoever made it.
    REASSESS: Handler(_assess_chain, is_staged=True),
    assessment_nightly.RENEW: Handler(_renew_assessments),
    approval_steps.EXPIRE: Handler(_end_approvals),
    approval_work.DECIDE: Handler(_carry_out_decision, Permission.RISK_APPROVE, is_staged=True),
    approval_work.END: Handler(_carry_out_decision, Permission.RISK_ASSESS, is_staged=True),
    map_import.PREVIEW: Handler(_preview_import, Permission.VALUE_CHAIN_IMPORT, is_staged=True),
    map_import.APPLY: Handler(_apply_import, Permission.VALUE_CHAIN_IMPORT, is_staged=True),
    # No permission: a list that came in may ask, whoever brought it.
    match_search.SEARCH: Handler(_search_duplicates, is_staged=True),
    matching_many.MERGE_MANY: Handler(_merge_many, Permission.VALUE_CHAIN_MERGE, is_staged=True),
    matching_many.UNDO_MANY: Handler(_undo_many, Permission.VALUE_CHAIN_MERGE, is_staged=True),
    bulk_changes.CHANGE: Handler(_change_many, Permission.VALUE_CHAIN_EDIT, is_staged=True),
    bulk_changes.UNDO: Handler(_change_many, Permission.VALUE_CHAIN_EDIT, is_staged=True),
    reassessment_triggers.LOOK: Handler(_look_for_changes, is_staged=True),
    screening_lists.SCREEN: Handler(_screen, is_staged=True),
    map_past_days.PREPARE: Handler(_read_past_day, Permission.VALUE_CHAIN_READ, is_staged=True),
    what_if_requests.PREPARE: Handler(_score_map, Permission.RISK_READ, is_staged=True),
    visit_plan_requests.MAKE: Handler(_make_plan, Permission.VISIT_PLAN_MAKE, is_staged=True),
}
