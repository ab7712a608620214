"""Pages of sharing: visibility of answers, offers to a further buyer, withdrawal of consent."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.months import add_months
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.one_row import required
from ddplatform.infrastructure.typed_values import find_number
from ddplatform.languages import current_language, gettext, ngettext
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    Request,
    get_newest_round,
    get_request,
)
from ddplatform.supplier_engagement.sharing.queries.sharing import (
    Source,
    get_share,
    list_sources,
    list_who_sees,
    section_titles,
)
from ddplatform.supplier_engagement.sharing.services import (
    MOST_MONTHS,
    end_share,
    share_section,
)
from questionnaires.scoring.given import without_places

bp = Blueprint("sharing", __name__)
MONTHS = (3, 6, MOST_MONTHS)


@bp.get("/")
@requires(Permission.RESPONSE_ANSWER)
def index() -> ResponseReturnValue:
    """Each buyer, each questionnaire and section: since when, until when."""
    return render_template(
        "supplier_engagement/sharing/index.html", seen=list_who_sees(current_language())
    )


@bp.get("/<uuid:assignment_id>/offer")
@requires(Permission.RESPONSE_ANSWER)
def offer(assignment_id: UUID) -> ResponseReturnValue:
    """Answers given to other buyers that are asked here too, section by section."""
    asked = get_request(assignment_id)
    if not asked.is_writable:
        return redirect(url_for("responses.show", assignment_id=assignment_id))
    return _offer_page(asked)


@bp.post("/<uuid:assignment_id>/offer")
@requires(Permission.RESPONSE_ANSWER)
@takes_lists("section")
def give(assignment_id: UUID) -> ResponseReturnValue:
    """Give consent for the ticked sections of one source."""
    names, asked = request.form.getlist("section"), get_request(assignment_id)
    if not names and asked.is_writable:
        return _offer_page(asked, unticked=request.form.get("source", "")), 422
    known = {section.name for section in asked.plan.form.sections}
    for name in names:
        if name not in known:
            raise NotFound()
        share_section(
            assignment_id,
            required(request.form.get("source", type=UUID)),
            name,
            months=_number(request.form.get("months", "")),
            act=g.act,
        )
    flash(
        ngettext(
            "%(num)s section is filled with what you gave before.",
            "%(num)s sections are filled with what you gave before.",
            len(names),
        ),
        "success",
    )
    return redirect(url_for("responses.show", assignment_id=assignment_id))


@bp.get("/consents/<uuid:share_id>/end")
@requires(Permission.RESPONSE_ANSWER)
def ask_to_end(share_id: UUID) -> ResponseReturnValue:
    """The second step of withdrawing a consent, with its consequences."""
    share = get_share(share_id)
    asked = get_request(share.assignment_id)
    title = section_titles(asked.plan.form, current_language()).get(share.section, share.section)
    return render_template(
        "supplier_engagement/sharing/end.html", share=share, asked=asked, title=title
    )


@bp.post("/consents/<uuid:share_id>/end")
@requires(Permission.RESPONSE_ANSWER)
def end(share_id: UUID) -> ResponseReturnValue:
    """Take a consent back."""
    end_share(share_id, act=g.act)
    flash(gettext("Done. The buyer does not see these answers any more."), "success")
    return redirect(url_for(".index"))


def _offer_page(asked: Request, *, unticked: str | None = None) -> str:
    """The page of usable answers; `unticked`: the source that was sent without a section."""
    filled = get_newest_round(asked, now=g.now)
    titles = section_titles(filled.form.form, current_language())
    sources = [_offered(filled, one, titles) for one in list_sources(filled, at=g.now)]
    return render_template(
        "supplier_engagement/sharing/offer.html",
        asked=asked,
        sources=[one for one in sources if one["sections"]],
        months=[(one, add_months(g.now.date(), one)) for one in MONTHS],
        unticked=unticked,
    )


def _offered(filled: Filled, source: Source, titles: dict[str, str]) -> dict[str, object]:
    sections = []
    for name, title in titles.items():
        paths = source.in_section(filled, name)
        if paths:
            reworded = {without_places(path) for path in paths} & set(source.reworded)
            sections.append(
                {"name": name, "title": title, "count": len(paths), "reworded": len(reworded)}
            )
    return {"source": source, "sections": sections}


def _number(text: str) -> int:
    return find_number(text, 0)
