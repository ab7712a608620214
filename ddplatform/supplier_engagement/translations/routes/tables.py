"""Pages of the translation table: export as a workbook, import with review of each change."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.documents.exports import XLSX, ExportedFile
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.errors import Invalid, status_of
from ddplatform.infrastructure.forms.uploads import read_upload
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.languages import direction_of, gettext, lazy_gettext, ngettext, own_name
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.translations.queries.tables import (
    Offered,
    Returned,
    look_at_table,
    table_of,
)
from ddplatform.supplier_engagement.translations.queries.texts import load_source
from ddplatform.supplier_engagement.translations.routes.texts import languages_page
from ddplatform.supplier_engagement.translations.services import confirm
from questionnaires.translations.texts import mark_of, source_of
from supply_chain.errors import FileRefused

MOST_UNPACKED = 8 * 1024 * 1024
GONE = lazy_gettext("The changes of the table were lost on the way. Upload the table again.")


@bp.get("/library/<uuid:version_id>/translations.xlsx")
@requires(Permission.QUESTIONNAIRE_READ)
@limited(Use.COSTLY_PAGE)
def translation_table(version_id: UUID) -> Response:
    """The texts of a version with a column a language, of one language where it is named."""
    name, content = table_of(version_id, request.args.get("language", ""))
    return as_download(ExportedFile(name, XLSX, content))


@bp.post("/library/<uuid:version_id>/translations")
@requires(Permission.QUESTIONNAIRE_DESIGN, reads_first=True, takes_files=True)
def bring_table(version_id: UUID) -> ResponseReturnValue:
    """Look at a table that was filled in; nothing is changed yet."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        words = gettext("Choose the table that was filled in.")
        return languages_page(version_id, errors=[words]), 422
    try:
        with adapters().turns.take(g.identity.user_id):
            returned = look_at_table(version_id, upload.filename, read_upload(upload))
    except FileRefused as error:
        words = f"{error.message} {error.advice}"
        return languages_page(version_id, errors=[words]), status_of(error)
    return _look_page(version_id, returned)


def _look_page(version_id: UUID, returned: Returned) -> str:
    form = load_source(version_id)
    return render_template(
        "supplier_engagement/translations/translation_table.html",
        form=form,
        version_id=version_id,
        returned=returned,
        source=source_of(form),
        clashes=sum(1 for one in returned.offered if one.clashes),
        packed=_packed(returned.offered),
        own_name=own_name,
        direction_of=direction_of,
    )


@bp.post("/library/<uuid:version_id>/translations/take")
@requires(Permission.QUESTIONNAIRE_DESIGN)
@takes_lists("take")
def take_table(version_id: UUID) -> ResponseReturnValue:
    """Confirm the chosen texts of a table, each language by an event of its own."""
    chosen = _unpacked(request.form.get("changes", ""), set(request.form.getlist("take")))
    if chosen is None:
        return languages_page(version_id, errors=[str(GONE)]), 422
    count, problems = 0, list[str]()
    for language, (texts, seen) in chosen.items():
        try:
            count += confirm(version_id, language, texts, seen=seen, act=g.act)
        except Invalid as error:
            problems += [f"{language}: {text}" for text in dict.fromkeys(error.fields.values())]
    if problems:
        return languages_page(version_id, errors=problems), 422
    words = ngettext(
        "Confirmed from the table: %(num)s text.", "Confirmed from the table: %(num)s texts.", count
    )
    flash(words, "success")
    return redirect(url_for(".translations", version_id=version_id))


def _packed(offered: Sequence[Offered]) -> str:
    """The changes as the page carries them on: small, and of no use but for this form."""
    rows = [
        [one.change.language, one.change.place, one.change.text, mark_of(one.now)]
        for one in offered
    ]
    return b64encode(zlib.compress(json.dumps(rows).encode())).decode()


Chosen = dict[str, tuple[dict[str, str], dict[str, str]]]


def _unpacked(packed: str, taken: set[str]) -> Chosen | None:
    """Language -> texts, and the marks of earlier texts, by place; None if it was damaged."""
    try:
        reader = zlib.decompressobj()
        plain = reader.decompress(b64decode(packed, validate=True), MOST_UNPACKED)
        rows = [tuple(map(_whole, row)) for row in json.loads(plain)]
        found: Chosen = {}
        for number, (language, place, text, mark) in enumerate(rows):
            if str(number) in taken:
                texts, seen = found.setdefault(language, ({}, {}))
                texts[place], seen[place] = text, mark
    except (ValueError, TypeError, RecursionError, zlib.error):
        return None
    return found


def _whole(text: object) -> str:
    """A text that can be kept. Raises ValueError for one with half a sign in it."""
    return str(text).encode().decode()
