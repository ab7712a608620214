"""The page on which words are taken out of a case."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.due_diligence.blueprints.remedy import bp
from ddplatform.due_diligence.case_redaction.forms import RedactForm
from ddplatform.due_diligence.case_redaction.services import open_texts, redact_case
from ddplatform.due_diligence.case_redaction.views import proposed_words, text_rows
from ddplatform.due_diligence.remedy.queries.cases import get_case_for
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import ngettext


@bp.route("/<code>/redact", methods=["GET", "POST"])
@requires(Permission.CASE_WORK, leaves_event=True, fresh=True)
def redact(code: str) -> ResponseReturnValue:
    """Take words out of every text of a case, for who is assigned to it."""
    case = get_case_for(code, g.identity.user_id, today=g.now.date())[0]
    texts = open_texts(case)
    form = RedactForm(words=proposed_words(texts))
    if request.method == "GET":
        remedy.note_reading(case, purpose="Opened the texts to redact them", act=g.act)

    def save() -> ResponseReturnValue:
        many = redact_case(case, form.words.data, act=g.act)
        words = ngettext(
            "Redacted in %(num)s place of this case.",
            "Redacted in %(num)s places of this case.",
            many,
        )
        flash(words, "success")
        return redirect(url_for(".show", code=code))

    def show() -> str:
        return render_template(
            "due_diligence/case_redaction/redact.html", form=form, case=case, rows=text_rows(texts)
        )

    return answer_form(form, save, show)
