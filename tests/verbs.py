"""Which verbs people, commands and the worker call, and which leave other than one event.

A verb is a public function of a services module with a parameter `act`. Those that a routes,
commands or jobs module names are entry points; the others are parts of them.
"""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

PACKAGE, LAYER = "ddplatform", "services"
ASKING = ("routes", "commands", "jobs")
NONE = "none"
"""Among the actions of the table: the verb may leave no event."""
NOT_ONE: tuple[tuple[str, set[str], set[str]], ...] = (
    (
        "Each document has an event of its own, with its checksum.",
        {"evidence:add"},
        {
            "due_diligence.actions.services.verification.report_done",
            "supplier_engagement.offline.services.intake.take",
        },
    ),
    (
        "A document that leaves an answer is withdrawn, which its own event says.",
        {"evidence:withdraw"},
        {"supplier_engagement.responses.services.responses.detach"},
    ),
    (
        "An answer that calls for help first has an event of its own, for who reads the log later.",
        {"red_flag:fire"},
        {
            "supplier_engagement.responses.services.responses.save_section",
            "supplier_engagement.responses.services.responses.start",
            "supplier_engagement.sharing.services.share_section",
        },
    ),
    (
        "A confirmed match is recorded as a finding, which has an event of its own.",
        {"finding:record"},
        {"value_chain.screening.services.matches.decide"},
    ),
    (
        "Each kind of record that a leaver hands over has an event.",
        {
            "node:hand_over",
            "risk_follow_up:hand_over",
            "review_task:hand_over",
            "finding:hand_over",
            "action:hand_over",
        },
        {"accounts.leaving.services.remove_and_hand_over"},
    ),
    (
        "A concern that is credible raises the likelihood of its finding, which has an event.",
        {"finding:harm"},
        {"due_diligence.concern_handling.services.steps.link"},
    ),
    (
        "Harm reaches the safeguarding officers: a case, or word that there is one (decision 33).",
        {"case:open", "case:ask"},
        {"due_diligence.findings.services.steps.take_step"},
    ),
    (
        "Each merge of many can be undone alone, so that each has its event.",
        {"node:merge"},
        {"value_chain.merging.services.many.merge_many"},
    ),
    ("The same, back.", {"node:split"}, {"value_chain.merging.services.many.undo_many"}),
    (
        "Each questionnaire goes to somebody else and has an event of its own.",
        {"questionnaire:assign"},
        {"supplier_engagement.requests.services.requests.assign"},
    ),
    (
        "Each questionnaire that is accepted with its sample has an event of its own.",
        {"response:accept"},
        {"supplier_engagement.review.services.sampling.accept_rest"},
    ),
    (
        "Each submission of a file has an event of its own.",
        {"answers:bring"},
        {"supplier_engagement.phone_apps.services.submissions.keep_upload"},
    ),
    (
        "An app sends, and what contradicts nothing is taken over at once: two changes. What came "
        "before is acknowledged again, and only the time of the last use is kept.",
        {"answers:bring", "evidence:add", NONE},
        {"supplier_engagement.phone_apps.services.links.receive_submission"},
    ),
    (
        "A workbook that the buyer brought opens questions that wait.",
        {"response:start"},
        {"supplier_engagement.returned_books.services.books.open_returned"},
    ),
    (
        "What a plan of visits asks for is made at its own places: each has its event.",
        {"questionnaire:assign", "finding:record", "action:plan"},
        {"risk.assessment_plan.services.assign.assign"},
    ),
    (
        "Words that are confirmed as no person's name leave an event of their own.",
        {"case:confirm"},
        {
            "due_diligence.follow_up_visits.services.write_visit",
            "due_diligence.remedy.services.cases.judge_criterion",
            "due_diligence.remedy.services.cases.move",
            "due_diligence.remedy.services.cases.open_case",
            "due_diligence.remedy.services.cases.take_step",
        },
    ),
    (
        "A supplier that is asked or accepted comes onto the map as one that is added by hand.",
        {"value_chain:create", "node:add", "link:add", "questionnaire:assign"},
        {"supplier_engagement.cascade.services.cascade.forward"},
    ),
    (
        "The same, on the map of the buyer.",
        {"node:add", "link:add"},
        {"supplier_engagement.cascade.services.review.accept"},
    ),
    (
        "A list may bring the first nodes of a map that is made for it.",
        {"value_chain:create"},
        {"value_chain.map_files.services.intake.take_in"},
    ),
    (
        "The decision that is carried out left the event, which names all that it is about.",
        {NONE},
        {
            "risk.approvals.services.work.carry_out",
            "value_chain.bulk_changes.services.changes.carry_out",
        },
    ),
    (
        "Each batch that is sent leaves an event; a mail that did not go out then is tried again.",
        {NONE},
        {"supplier_engagement.campaigns.services.sending.carry_out"},
    ),
    (
        "The event of the work that is asked for here says who asked.",
        {NONE},
        {"value_chain.imports.services.requests.request_apply"},
    ),
    (
        "A search proposes likely duplicates; the event is that of the decision on them.",
        {NONE},
        {
            "value_chain.matching.services.search.request_search",
            "value_chain.import_steps.services.doubles.search_after",
        },
    ),
    (
        "Drafts leave no event: the save of their section does.",
        {NONE},
        {"supplier_engagement.responses.services.responses.save_draft"},
    ),
    (
        "Each trigger has a unit of work with its event, but in the sample company, which is loaded "
        "in one; where nothing is seen, shares are remembered.",
        {"context_event:settle", "review_task:look", NONE},
        {"risk.monitoring.services.look_for_changes"},
    ),
    (
        "Where nothing new was found there is none.",
        {NONE},
        {"risk.assessment.services.maps.assess_chain"},
    ),
    (
        "A delivery tells of an event that stands in the log already; only a pause is one of its own.",
        {NONE},
        {
            "api.webhooks.services.delivery.send_due",
            "api.webhooks.services.delivery.send_test",
        },
    ),
    (
        "Figures and marks are brought in step where nothing new was found.",
        {NONE},
        {
            "due_diligence.actions.services.reminders.ask_reminders",
            "risk.assessment.services.changes.assess_changes",
            "value_chain.screening.services.matches.screen",
        },
    ),
)
"""Why verbs leave other than one event, the actions of those besides it, and the verbs."""
ALLOWED = {verb: actions for _, actions, verbs in NOT_ONE for verb in verbs}


@functools.cache
def entry_points(root: Path) -> frozenset[str]:
    """The verbs that routes, commands and jobs name, by their full names."""
    verbs = {name for path in _modules(root, LAYER) for name in _verbs_in(root, path)}
    return frozenset(verbs & {name for path in _modules(root, *ASKING) for name in _named_in(path)})


def _modules(root: Path, *layers: str) -> Iterator[Path]:
    """Files of these layers, or in a folder that is one."""
    for path in sorted((root / PACKAGE).rglob("*.py")):
        if {path.stem, *path.relative_to(root).parts[:-1]} & {*layers}:
            yield path


def _verbs_in(root: Path, path: Path) -> Iterator[str]:
    module = ".".join(path.relative_to(root / PACKAGE).with_suffix("").parts)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        is_public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if is_public and "act" in {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}:
            yield f"{module}.{node.name}"


def _named_in(path: Path) -> set[str]:
    """What a module imports, and the attributes it names of that."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    named = [*imported.values()]
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            named.append(f"{imported.get(node.value.id)}.{node.attr}")
    return {name.removeprefix(f"{PACKAGE}.") for name in named}
