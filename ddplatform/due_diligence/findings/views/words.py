"""Display texts of finding and action pages, from the data of the core."""

from collections.abc import Iterable, Mapping

from wtforms.fields import SelectChoice

from ddplatform.accounts.organisations.queries import Person
from ddplatform.audit.queries.history import HistoryEntry
from ddplatform.core.due_diligence.duties import Duty, DutyState
from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.core.due_diligence.lifecycle import lifecycle
from ddplatform.core.due_diligence.tracking import tracking_words
from ddplatform.core.due_diligence.vocabulary import Machine, Relation
from ddplatform.due_diligence.finding_judgements.queries import Effect
from ddplatform.due_diligence.findings.models import MitigationAction
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.runs.models import FactKind
from supply_chain.risk.control_names import CONTROL_NAMES

ACTION_STATES = {
    "planned": _("Planned"),
    "doing": _("Being done"),
    "waiting": _("Waiting"),
    "to_verify": _("To be verified"),
    "verified": _("Verified"),
    "dropped": _("Dropped"),
}
EVENTS = {
    "finding:record": _("Recorded"),
    "finding:rewrite": _("Edited"),
    "finding:grade": _("Severity assessed"),
    "finding:involvement": _("Involvement assessed"),
    "finding:confirm_involvement": _("Involvement confirmed"),
    "finding:owner": _("Owner changed"),
    "finding:harm": _("Harm reported"),
    "finding:refute": _("Allegation dismissed as unfounded"),
    "finding:leverage": _("Leverage assessed"),
    "finding:exit_condition": _("Disengagement condition recorded"),
    "finding:suspend": _("New orders suspended"),
    "finding:exit": _("Relationship ended"),
    "finding:take_up": _("Relationship resumed"),
    "finding:step": _("State changed"),
}
SHOWN_CHANGES = {
    "status": _("Status"),
    "scale": _("Scale"),
    "scope": _("Scope"),
    "irremediability": _("Irremediability"),
    "involvement": _("Involvement"),
    "involvement_confirmed": _("Confirmed involvement"),
    "harm": _("Harm"),
    "leverage": _("Leverage"),
    "relation": _("Relationship"),
    "condition": _("Condition"),
    "is_met": _("Met"),
    "title": _("Title"),
}
DUTIES = {
    Duty.STOP: _("Stop our own part"),
    Duty.LEVERAGE: _("Use or build leverage"),
    Duty.MITIGATE: _("Prevent and mitigate"),
    Duty.REMEDY: _("Provide or take part in remedy"),
}
DUTY_STATES = {
    DutyState.OPEN: _("nothing planned"),
    DutyState.PLANNED: _("planned"),
    DutyState.DONE: _("done"),
    DutyState.WITH_OFFICERS: _("known to safeguarding officers"),
}
DUTY_STATE_KINDS = {
    DutyState.OPEN: "danger",
    DutyState.PLANNED: "info",
    DutyState.DONE: "ok",
    DutyState.WITH_OFFICERS: "line",
}
RELATIONS = {
    Relation.RUNNING: _("The relationship is ongoing"),
    Relation.SUSPENDED: _("New orders are suspended"),
    Relation.ENDED: _("The relationship has ended"),
}


def finding_states() -> Mapping[str, str]:
    """State of a finding -> its words."""
    return lifecycle(Machine.RISK).states


def people_choices(people: Iterable[Person], nobody: str) -> list[SelectChoice]:
    """The members of the acting organisation, and nobody."""
    return [
        SelectChoice("", nobody),
        *(SelectChoice(str(person.user_id), person.name) for person in people),
    ]


def described(entry: HistoryEntry) -> tuple[str, list[str]]:
    """An event of a finding in words, and its changes, before and after."""
    changes = [
        f"{SHOWN_CHANGES[change.name]}: {_shown(change.before)} → {_shown(change.after)}"
        if change.before is not None
        else f"{SHOWN_CHANGES[change.name]}: {_shown(change.after)}"
        for change in entry.changes
        if change.name in SHOWN_CHANGES and change.before != change.after
    ]
    return EVENTS.get(entry.event.action, entry.event.action), changes


def _shown(value: object) -> str:
    text = str(value)
    known = impact_words().responses.get(text) or impact_words().leverage_decisions.get(text)
    if known:
        return known["title"]
    return finding_states().get(text) or _exit_words().get(text, text)


def _exit_words() -> Mapping[str, str]:
    return {
        **{relation.value: title for relation, title in RELATIONS.items()},
        **impact_words().exit_gate,
        "True": gettext("yes"),
        "False": gettext("no"),
    }


def why_effect(action: MitigationAction, effect: Effect, harm: FactKind | None) -> str:
    """Why the residual risk fell, or did not, after an action was verified; empty until known.

    Args:
        harm: what is known now of harm by the finding: credible, confirmed or nothing.
    """
    if effect.before is None or effect.after is None:
        return ""
    if action.control is None:
        return gettext("No control was named, so this action alone does not change the score.")
    name = CONTROL_NAMES[action.control]
    fell = round(effect.before.residual_index - effect.after.residual_index, 1)
    if fell > 0:
        shown = tracking_words().evidence_levels[action.evidence_level or 0.0]
        reach = round((action.coverage or 0.0) * 100)
        return gettext(
            "It fell by %(points)s points: “%(control)s” now counts, with a reach of %(reach)s %% "
            "and this evidence: %(evidence)s.",
            points=f"{fell:g}",
            control=name,
            reach=reach,
            evidence=f"{shown[0].lower()}{shown[1:]}",
        )
    how = gettext("It rose.") if fell < 0 else gettext("It has not fallen.")
    return f"{how} {_why_not(name, harm)}"


def _why_not(control: str, harm: FactKind | None) -> str:
    if harm is FactKind.CONFIRMED:
        return gettext(
            "Harm is confirmed here. Until the remedy is verified, the likelihood stays at its "
            "highest, whatever controls there are."
        )
    if harm is FactKind.CREDIBLE:
        return gettext(
            "Harm is alleged here. Until the allegation is checked, controls do not lower the "
            "likelihood further."
        )
    return gettext(
        "“%(control)s” counted as much before, or other facts weigh more.", control=control
    )
