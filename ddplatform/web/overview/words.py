"""What the events of the log are called on the overview."""

PHRASES = {
    "finding:record": ("finding was recorded", "findings were recorded"),
    "action:plan": ("action was planned", "actions were planned"),
    "action:verify": ("action was verified", "actions were verified"),
    "action:report": ("action was reported done", "actions were reported done"),
    "import:apply": ("list was imported", "lists were imported"),
    "node:add": ("node was added to a map", "nodes were added to maps"),
    "node:change": ("node was changed", "nodes were changed"),
    "questionnaire:send": ("questionnaire was sent", "questionnaires were sent"),
    "response:submit": ("questionnaire was answered", "questionnaires were answered"),
    "response:receive": ("questionnaire came back", "questionnaires came back"),
    "risk:assess": ("new assessment of a map", "new assessments of maps"),
    "report:request": ("report was asked for", "reports were asked for"),
    "report:seal": ("report was sealed", "reports were sealed"),
}
"""Kind of event -> its words for one and for many; others are named by their own words."""


def change_words(action: str, times: int) -> str:
    """`response:submit` three times -> "3 questionnaires were answered"."""
    if action in PHRASES:
        return f"{times:,} {PHRASES[action][times != 1]}"
    subject, _, verb = action.replace("_", " ").partition(":")
    return f"{subject.capitalize()}: {verb}" + (f", {times:,} times" if times > 1 else "")
