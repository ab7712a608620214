"""Words for suppliers in place of the codes of the method."""

from collections.abc import Mapping

from ddplatform.languages import lazy_gettext as _
from supply_chain.risk.rm2.response_steps import NextStep
from supply_chain.vocabulary import Issue

ISSUES: Mapping[Issue, str] = {
    Issue.CL: _("Child labour"),
    Issue.HZ: _("Dangerous work by young people"),
    Issue.FL: _("Forced labour and debt"),
    Issue.CT: _("Child trafficking"),
    Issue.SE: _("Sexual exploitation of children"),
    Issue.OS: _("Sexual exploitation of children online"),
    Issue.IL: _("Children used in crime"),
    Issue.AC: _("Children used by armed groups"),
    Issue.YW: _("Conditions of young workers"),
    Issue.FF: _("Working conditions of parents"),
    Issue.SG: _("Abuse of children by staff"),
    Issue.SC: _("Harm to children by security guards"),
    Issue.LE: _("Land, water and pollution"),
    Issue.EM: _("Children in emergencies"),
    Issue.MK: _("Unsafe products and advertising"),
    Issue.DP: _("Data about children"),
}
NEEDS: Mapping[str, str] = {
    "critical": _("Very high need for attention"),
    "high": _("High need for attention"),
    "medium": _("Medium need for attention"),
    "low": _("Low need for attention"),
}
"""The figure is about children in this kind of work, so it has other words than a mark."""
GRADES: Mapping[str, str] = {
    "A": _("Verified on site: grade A of A to E."),
    "B": _("Well documented: grade B of A to E."),
    "C": _("Partly known: grade C of A to E."),
    "D": _("Only the country and the kind of work are known: grade D of A to E."),
    "E": _("Mostly estimated: grade E of A to E."),
}
EVENTS: Mapping[str, str] = {
    "EVT-01": _("Armed conflict"),
    "EVT-02": _("People on the move"),
    "EVT-03": _("Flood, storm, drought or earthquake"),
    "EVT-04": _("Closed schools"),
    "EVT-05": _("Peak of the harvest or of production"),
    "EVT-06": _("Lost harvest or fallen prices"),
    "EVT-07": _("Epidemic"),
    "EVT-08": _("New mine or construction site"),
    "EVT-09": _("New migration route or closed border"),
    "EVT-10": _("Strike or unrest"),
}
CONTROLS: Mapping[str, str] = {
    "CTL-01": _("Policy on children’s rights"),
    "CTL-02": _("Age checks and a list of workers under 18"),
    "CTL-03": _("Programme for young workers"),
    "CTL-04": _("Recruitment without fees for workers"),
    "CTL-05": _("Community system that looks out for child labour"),
    "CTL-06": _("Complaint route that children can use too"),
    "CTL-07": _("Plan to help a child who is found"),
    "CTL-08": _("Checks without notice by trained people"),
    "CTL-09": _("School, bridge classes or childcare"),
    "CTL-10": _("Living wage or living income"),
    "CTL-11": _("Fair purchasing"),
    "CTL-12": _("Tracing goods back to their origin"),
    "CTL-13": _("Control of subcontracting and work at home"),
    "CTL-14": _("Training"),
    "CTL-15": _("Safe housing, children away from work"),
    "CTL-16": _("Rules for adults who meet children"),
    "CTL-17": _("Rules for security guards"),
    "CTL-18": _("Emergency plan for children"),
    "CTL-19": _("Safety of children built into online services"),
    "CTL-20": _("Watching for suspicious payments"),
    "CTL-21": _("Privacy of children"),
    "CTL-22": _("Protection of land and water"),
    "CTL-23": _("Freedom to join unions"),
    "CTL-24": _("Family-friendly work"),
}
LEVELS: Mapping[float, str] = {
    0.0: _("not shown yet"),
    0.25: _("written down"),
    0.5: _("in practice, with records"),
    0.75: _("monitored, with data"),
    0.9: _("with results and the views of workers and families"),
}
TRUST: Mapping[str, str] = {
    "supplier_answer": _("your answer, trust: low"),
    "supplier_evidence": _("your answer with accepted evidence, trust: medium"),
    "admission": _("a problem that you told us, trust: high"),
}
SOURCES: Mapping[str, str] = {
    "visit": _("a visit, %(month)s"),
    "report": _("a report from others, %(month)s"),
    "figures": _("official figures of the region, %(month)s"),
}
"""Never the person who reported it: nobody must be identifiable from these words."""
STEPS: Mapping[str, tuple[str, str]] = {
    "begin": (
        "%s",
        _("Begin it for half of the people it concerns, and send data that show how it runs."),
    ),
    "show": (_("Show that it works: %s"), _("Send the data or records of this season.")),
    "extend": (_("For everybody: %s"), _("It does not reach all people yet.")),
    "put_right": (_("Put right: %s"), _("Show it with evidence that we can accept.")),
    "answer": (
        _("Answer the open questions"),
        _("Say it as it is, and add evidence where it is asked for."),
    ),
}
LINES: Mapping[str, str] = {
    "start": _("Your starting value"),
    "events": _("What happens around you"),
    "told": _("What you told us"),
    "others": _("What others found"),
    "do": _("What you do"),
    "severity": _("How grave the harm is"),
    "response": _("How you respond"),
}
"""Lines that a supplier may question."""
NEXT: Mapping[NextStep, str] = {
    NextStep.ANSWER: _("Next: answer the open questions. A problem that you tell us counts too."),
    NextStep.SHOW: _("Next: send the evidence that is asked for, or tell us of a problem."),
    NextStep.CHECK: _("Next: show one more check of your own."),
    NextStep.ACT: _("Next: finish the actions that you agreed, so that we can verify them."),
}
