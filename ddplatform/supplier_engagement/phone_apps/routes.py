"""Form list, form and submission for phone apps, authenticated by the secret in the address.

No session is read or begun here, and no form token asked: `gate.by_token`.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.queries import get_account
from ddplatform.accounts.sessions.services import hash_of
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import begin_change
from ddplatform.infrastructure.errors import Busy, NotFound, PlatformError, TooMany, status_of
from ddplatform.infrastructure.forms.uploads import read_upload
from ddplatform.infrastructure.gate import bind_organisation, by_token, files_by_token
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.infrastructure.web.errors import TOO_LARGE
from ddplatform.infrastructure.web.languages import offer
from ddplatform.infrastructure.words.problems import refusal_in_words
from ddplatform.languages import gettext, ngettext
from ddplatform.supplier_engagement.library.models import QuestionnaireVersion
from ddplatform.supplier_engagement.library.queries import get_version
from ddplatform.supplier_engagement.offline.models import AppLink
from ddplatform.supplier_engagement.offline.queries import find_app_link
from ddplatform.supplier_engagement.own_forms.queries.media import get_media, list_media
from ddplatform.supplier_engagement.own_forms.serving import serve
from ddplatform.supplier_engagement.phone_apps.services.forms import write_phone_form
from ddplatform.supplier_engagement.phone_apps.services.links import (
    identity_of,
    receive_submission,
)
from ddplatform.supplier_engagement.phone_apps.services.submissions import OTHER_FORM, SUBMISSION
from ddplatform.supplier_engagement.phone_apps.views import (
    VERSION,
    answer,
    form_list,
    hash_of_form,
    manifest,
    message,
)
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from supply_chain.errors import FileRefused

bp = Blueprint("openrosa", __name__, url_prefix="/openrosa/<token>")
XML_PART = "xml_submission_file"


def _knows(values: Mapping[str, Any]) -> bool:
    """Whether a link with the secret in this address was given out; its end is asked later."""
    with across_tenants():
        return find_app_link(hash_of(str(values.get("token", "")))) is not None


@bp.before_request
def _begin_no_session() -> None:
    session.modified = False  # a language in the address would begin one


@bp.errorhandler(PlatformError)
@bp.errorhandler(FileRefused)
def _refused(error: PlatformError | FileRefused) -> Response:
    """The app shows these words to the person.

    Another form is 404, as in ODK Central: OpenRosa's form submission API has it for what is not
    found at an address.
    """
    is_other_form = isinstance(error, FileRefused) and error.code == OTHER_FORM
    status = 404 if is_other_form else status_of(error)
    response = answer(message(refusal_in_words(error, SUBMISSION)), status)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(error.RETRY_AFTER_S)
    return response


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Response:
    return answer(message(str(TOO_LARGE)), 413)


@bp.get("/formList")
@by_token
def form_list_page(token: str) -> ResponseReturnValue:
    """The form that this link is for."""
    link = _come_in(token)
    asked = get_request(link.assignment_id)
    content = write_phone_form(asked)
    form = asked.plan.form
    return answer(
        form_list(
            {
                "formID": form.form_id,
                "name": f"{asked.title} – {asked.requester}",
                "version": form.version,
                "hash": hash_of_form(content),
                "descriptionText": asked.assignment.node_name,
                "downloadUrl": _address(".form", token),
                "manifestUrl": _address(".manifest_page", token),
            }
        ),
        200,
    )


@bp.get("/form.xml")
@by_token
def form(token: str) -> ResponseReturnValue:
    """The form itself, with the field that identifies the respondent."""
    link = _come_in(token)
    return answer(write_phone_form(get_request(link.assignment_id)), 200)


@bp.get("/manifest")
@by_token
def manifest_page(token: str) -> ResponseReturnValue:
    """The media of the form."""
    link = _come_in(token)
    files = list_media(_version_of(link))
    addresses = [_address(".media", token, name=file.name) for file in files]
    return answer(manifest(zip(files, addresses, strict=True)), 200)


@bp.get("/media/<name>")
@by_token
def media(token: str, name: str) -> ResponseReturnValue:
    """One picture, sound or film of the form."""
    link = _come_in(token)
    response = serve(get_media(_version_of(link), name))
    response.headers["X-OpenRosa-Version"] = VERSION
    return response


@bp.route("/submission", methods=["HEAD", "GET"])
@by_token
def before_submission(token: str) -> ResponseReturnValue:
    """The pre-submission request of an app: target address and size limit."""
    _come_in(token)
    response = answer(None, 204)
    response.headers["Location"] = _address(".submission", token)
    return response


@bp.post("/submission")
@files_by_token(_knows)
def submission(token: str) -> ResponseReturnValue:
    """Answers of an app: kept, and taken over where they contradict nothing on the page."""
    link = _come_in(token)
    part = request.files.get(XML_PART)
    content = read_upload(part) if part is not None else request.form.get(XML_PART, "").encode()
    if not content:
        raise FileRefused(
            "no_submission",
            gettext("There is no submission in what the app sent."),
            gettext("Send the finished form again."),
        )
    attachments = {
        upload.filename: read_upload(upload)
        for name, upload in request.files.items(multi=True)
        if name != XML_PART and upload.filename
    }
    received = receive_submission(
        link,
        content,
        attachments,
        filename=(part.filename if part is not None else "") or SUBMISSION,
        declared=part.mimetype if part is not None else "",
        act=g.act,
    )
    words = gettext("Your answers arrived. Check them on the page and press Send there.")
    if received.waiting:
        words = ngettext(
            "Your answers arrived. %(num)s of them stands otherwise on the page: choose there.",
            "Your answers arrived. %(num)s of them stand otherwise on the page: choose there.",
            received.waiting,
        )
    return answer(message(words, nature="submit_success"), 201)


def _come_in(token: str) -> AppLink:
    """The link behind a token, with its maker as acting identity; an unknown one is counted."""
    with across_tenants():
        link = find_app_link(hash_of(token))
        try:
            if link is None:
                raise NotFound()
            who = identity_of(link, at=g.now, request_ref=g.request_id)
        except NotFound:
            if request.method == "POST":
                begin_change()
                address = request.remote_addr or ""
                rate_limits.count_try(rate_limits.APP_LINK, address, at=g.now)
            raise NotFound(
                gettext("This address for the app does not work any more."),
                gettext("Ask whoever gave it to you for a new one."),
            ) from None
        account = get_account(link.created_by_id)
    bind_organisation(link.organisation_id)
    g.identity, g.act = who, Act(who, g.now)
    if account is not None:
        offer(account.language)  # Collect names no language of its own
    return link


def _version_of(link: AppLink) -> QuestionnaireVersion:
    return get_version(get_request(link.assignment_id).assignment.version_id)


def _address(endpoint: str, token: str, **more: Any) -> str:
    return adapters().base_url.rstrip("/") + url_for(endpoint, token=token, **more)
