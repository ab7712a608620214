"""Background work on maps: lists, duplicates, changes of many places, past days, screening."""

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.jobs.context import Handler, JobContext, Result, about
from ddplatform.infrastructure.jobs.handlers import register_jobs
from ddplatform.value_chain.bulk_changes.services import changes as bulk_changes
from ddplatform.value_chain.history.services import past_days
from ddplatform.value_chain.import_steps.services import apply
from ddplatform.value_chain.import_steps.services import doubles as matching_preview
from ddplatform.value_chain.imports.services import reading
from ddplatform.value_chain.matching.services import search
from ddplatform.value_chain.matching_imports.services import imports as matching_imports
from ddplatform.value_chain.merging.services import many
from ddplatform.value_chain.screening.services import lists as screening_lists
from ddplatform.value_chain.screening.services import matches as screening


def _preview_import(job: JobContext) -> None:
    import_id = job.id_of("import_id")
    with job.look():
        plan = reading.plan_reading(import_id, job.act.by)
    job.progress(1, 4)
    opened = reading.open_files(plan)
    with job.unit():
        plan = reading.recall_mapping(import_id, plan, opened)
    job.progress(2, 4)
    read = reading.read_files(plan, opened)
    job.progress(3, 4)
    with job.look():
        asked = matching_preview.plan_doubles(import_id, read)
    doubles = matching_imports.find_doubles(asked)
    with job.unit():
        reading.keep_preview(import_id, read, doubles)


def _apply_import(job: JobContext) -> Result:
    import_id = job.id_of("import_id")
    with job.look():
        plan = reading.plan_reading(import_id, job.act.by)
    job.progress(1, 4)
    read = reading.read_files(plan)
    job.progress(2, 4)
    with job.look():
        compared = apply.compare_import(import_id, read)
    job.progress(3, 4)
    with job.unit():
        done = apply.apply_import(
            import_id,
            read,
            compared,
            archive_links=bool(job.payload.get("archive_links")),
            act=job.act,
        )
        matching_preview.search_after(import_id, done, act=job.act)
        return done


JOBS = {
    reading.PREVIEW: Handler(_preview_import, Permission.VALUE_CHAIN_IMPORT, is_staged=True),
    reading.APPLY: Handler(_apply_import, Permission.VALUE_CHAIN_IMPORT, is_staged=True),
    # No permission: an imported list, from any user, may queue this job.
    search.SEARCH: Handler(
        lambda job: search.search(
            job.id_of("run_id"), unit=job.unit, progress=job.progress, at=job.act.at
        ),
        is_staged=True,
    ),
    many.MERGE_MANY: Handler(
        about("run_id", many.merge_many), Permission.VALUE_CHAIN_MERGE, is_staged=True
    ),
    many.UNDO_MANY: Handler(
        about("run_id", many.undo_many), Permission.VALUE_CHAIN_MERGE, is_staged=True
    ),
    bulk_changes.CHANGE: Handler(
        about("change_id", bulk_changes.carry_out), Permission.VALUE_CHAIN_EDIT, is_staged=True
    ),
    bulk_changes.UNDO: Handler(
        about("change_id", bulk_changes.carry_out), Permission.VALUE_CHAIN_EDIT, is_staged=True
    ),
    past_days.PREPARE: Handler(
        lambda job: past_days.prepare(job.payload, look=job.look),
        Permission.VALUE_CHAIN_READ,
        is_staged=True,
    ),
    screening_lists.SCREEN: Handler(
        lambda job: screening.screen(act=job.act, unit=job.unit), is_staged=True, every_s=3600
    ),
}


def register() -> None:
    """Register the jobs of maps."""
    register_jobs(JOBS)
