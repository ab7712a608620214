"""Pictures, sounds and films of an own form: given along, checked, kept, shown, fetched."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import md5
from io import BytesIO
from xml.etree.ElementTree import fromstring
from zipfile import ZIP_BZIP2, ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.accounts.organisations.services import invitations
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.supplier_engagement.library.queries import get_version, list_library
from ddplatform.supplier_engagement.offline.services.books import write_book
from ddplatform.supplier_engagement.own_forms.queries.forms import get_draft
from ddplatform.supplier_engagement.own_forms.queries.media import list_media
from ddplatform.supplier_engagement.own_forms.services import forms as own_forms
from ddplatform.supplier_engagement.own_forms.services import media as own_form_media
from ddplatform.supplier_engagement.own_forms.services.media import check_all
from ddplatform.supplier_engagement.phone_apps.services.links import make_link
from questionnaires.form.sheet_edits import texts_of
from tests.answer_books import opened
from tests.answering import EMAIL, Supplier, acting, ask, come_in, mails
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, make_tenant, signed_in_client
from tests.forms import table
from tests.stored_worlds import stored_world

HOME = "/o/acme/questionnaires/own"
REAL_NOW = datetime.now(UTC)
FORM = (
    table(
        "survey",
        "type | name | label | media::image | media::big-image | media::audio | media::video",
        "select_one yn | hostel | Is this your hostel? | house.png | large.png | ask.mp3 |",
        "note | how | Watch this first. | | | | film.mp4",
        "text | why | Why? | missing.png | | |",
    )
    + table(
        "choices",
        "list_name | name | label | media::image | media::audio",
        "yn | yes | Yes | yes.png |",
        "yn | no | No | | no.ogg",
    )
    + table("settings", "form_title | form_id", "Hostels | hostels")
).encode()
MP3 = b"ID3\x04" + bytes(60)
MP4 = b"\0\0\0\x18ftypisom" + bytes(60)
OGG = b"OggS\0\2" + bytes(20) + b"\1\x08OpusHead"
WAV = b"RIFF....WAVEdata\0\0\x40\0" + bytes(4 * 1024**2)
WEBM = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"


def picture(colour: str = "red", kind: str = "PNG") -> bytes:
    """A small picture that says where it was taken."""
    target, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "At Kofi's house"
    Image.new("RGB", (8, 6), colour).save(target, kind, exif=exif)
    return target.getvalue()


def archive(files: dict[str, bytes], **more: int) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", **more) as made:  # type: ignore[call-overload]
        for name, content in files.items():
            made.writestr(name, content)
    return target.getvalue()


def without_bytes(value: object) -> str | None:
    """Names of tests without the content of files."""
    return "content" if isinstance(value, bytes) else None


FILES = {
    "house.png": picture(),
    "large.png": picture("blue"),
    "ask.mp3": MP3,
    "film.mp4": MP4,
    "yes.png": picture("green"),
    "no.ogg": OGG,
}


def bring(tenant: Tenant, files: dict[str, bytes] = FILES) -> own_forms.ImportedForm:
    with acting(tenant.id):
        uploads = list(files.items())
        return own_forms.bring_in("hostels.csv", FORM, act=Act(tenant.analyst, NOW), media=uploads)


def names(tenant: Tenant, brought: own_forms.ImportedForm, number: int | None = None) -> list[str]:
    assert brought.form is not None
    with acting(tenant.id):
        return [one.name for one in list_media(get_draft(brought.form.id, number))]


def published(tenant: Tenant) -> str:
    """The reference of the form with its files, once it is in the library."""
    brought = bring(tenant)
    with acting(tenant.id):
        assert brought.form is not None
        version = own_forms.publish(brought.form.id, number=1, act=Act(tenant.analyst, NOW))
        return next(row.ref for row in list_library() if row.version_id == version.id)


@stored_world
def supplier(app: Flask, tenant: Tenant) -> Supplier:
    """Who was sent the form with its files."""
    with app.app_context():
        return come_in(ask(tenant, ref=published(tenant)))


def on_phone(app: Flask) -> FlaskClient:
    phone = app.test_client()
    token = csrf_token(phone, "/sign-in")
    phone.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    return phone


def address(supplier: Supplier) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"


def upload(client: FlaskClient, *media: tuple[str, bytes], page: str = HOME):
    data = {
        "csrf_token": csrf_token(client, HOME),
        "file": (BytesIO(FORM), "hostels.csv"),
        "media": [(BytesIO(content), name) for name, content in media],
    }
    return client.post(page, data=data, follow_redirects=True)


def test_files_come_along_in_an_archive_or_one_by_one_and_are_listed(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    packed = archive(
        {"a/house.png": picture(), "__MACOSX/house.png": b"x", ".DS_Store": b"x", "b/": b""}
    )

    page = upload(client, ("files.zip", packed), ("yes.png", picture()), ("own.png", picture()))

    assert page.status_code == 200
    assert "house.png</bdi>" in page.text and "yes.png</bdi>" in page.text
    assert "No label names these files: own.png." in page.text
    assert "The file &#39;missing.png&#39; was not given along" in page.text
    assert "The file &#39;house.png&#39;" not in page.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("house.svg", b"<svg/>", "house.svg is of a kind that is not taken. Send PNG"),
        ("house.png", MP3, "The content of house.png is not what its name says."),
        ("ask.mp3", b"<script>alert(1)</script>", "The content of ask.mp3 is not what"),
        ("film.mp4", WEBM, "The content of film.mp4 is not what its name says."),
        ("ask.mp3", b"", "The content of ask.mp3 is not what"),
        ("ask.mp3", MP3 + bytes(5 * 1024**2), "ask.mp3 is larger than 5 MB."),
        ("a" * 101 + ".png", b"x", "is longer than 100 characters."),
        ("all.zip", archive({"run.exe": b"MZ"}), "run.exe is of a kind that is not taken."),
        ("all.zip", archive({"a/x.mp3": MP3, "b/x.mp3": MP3}), "x.mp3 is there twice"),
        (
            "all.zip",
            archive({"x.mp3": MP3 + bytes(6 * 1024**2)}),
            "all.zip holds a file larger than 5 MB",
        ),
        ("all.zip", archive({f"{n}.wav": WAV for n in range(4)}), "more than 15 MB"),
        ("all.zip", archive({f"{n}.mp3": MP3 for n in range(61)}), "more than 60 files"),
        ("all.zip", archive({f"{n}.mp3": b"" for n in range(241)}), "more than 60 files"),
        ("all.zip", archive({"x.mp3": MP3}, compression=ZIP_BZIP2), "packed in a way"),
        ("all.zip", archive({"x.mp3": MP3})[:60], "all.zip cannot be opened"),
        ("all.zip", b"no archive", "all.zip is of a kind that is not taken."),
    ],
    ids=without_bytes,
)
def test_a_file_that_may_not_come_in_is_refused_in_words_and_nothing_is_kept(
    name: str, content: bytes, words: str
):
    with pytest.raises(Invalid) as refused:
        check_all([(name, content)])

    assert words in refused.value.fields["media"]


def test_the_refusal_stands_at_the_field_and_no_draft_is_made(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ANALYST)

    answer = upload(client, ("house.svg", b"<svg/>"))

    assert answer.status_code == 422 and "house.svg is of a kind" in answer.text
    assert "No form of your own yet" in client.get(HOME).text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mp3", b"\xff\xfb\x90\x00"),
        ("a.wav", b"RIFF....WAVEfmt "),
        ("a.m4a", b"\0\0\0\x0cftypM4A "),
        ("a.webm", WEBM),
        ("a.JPG", picture(kind="JPEG")),
        ("a.webp", picture(kind="WEBP")),
    ],
    ids=without_bytes,
)
def test_each_kind_that_a_browser_plays_may_come_in(name: str, content: bytes):
    assert name in check_all([(name, content)])


def test_what_a_sound_says_of_its_maker_is_taken_off():
    tagged = b"ID3\x04\0\0\0\0\0\x04Kofi" + b"\xff\xfb\x90\x00" + bytes(400)

    assert check_all([("a.mp3", tagged)])["a.mp3"].content == tagged[14:]


def test_what_a_picture_says_of_its_maker_is_taken_off(context: Flask, tenant: Tenant):
    brought = bring(tenant)
    assert brought.form is not None and b"Kofi" in FILES["house.png"]

    with acting(tenant.id):
        kept = {one.name: one for one in list_media(get_draft(brought.form.id))}
        content = own_form_media.read(kept["house.png"])

    assert b"Kofi" not in content
    assert kept["house.png"].md5 == md5(content, usedforsecurity=False).hexdigest()
    assert kept["house.png"].size_bytes == len(content)


def test_files_stay_with_a_form_that_is_changed_and_a_newer_one_takes_their_place(
    context: Flask, tenant: Tenant
):
    brought = bring(tenant)
    assert brought.form is not None
    form_id, by = brought.form.id, tenant.analyst
    with acting(tenant.id):
        texts = texts_of(FORM, ".csv", "why") | {"label": "Why so?"}
        own_forms.change_question(form_id, "why", texts, number=1, act=Act(by, NOW))
    assert names(tenant, brought) == sorted(FILES)

    with acting(tenant.id):
        newer = [("yes.png", picture("black"))]
        own_forms.bring_in("a.csv", FORM, act=Act(by, NOW), form_id=form_id, media=newer)
        sums = [{f.name: f.sha256 for f in list_media(get_draft(form_id, n))} for n in (1, 3)]
    assert {name for name in FILES if sums[0][name] != sums[1][name]} == {"yes.png"}


def test_files_that_no_label_names_any_more_go_and_all_together_have_a_limit(
    context: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    brought = bring(tenant)
    assert brought.form is not None
    with acting(tenant.id):
        own_forms.bring_in(
            "a.csv",
            FORM.replace(b"film.mp4", b""),
            act=Act(tenant.analyst, NOW),
            form_id=brought.form.id,
        )
    assert "film.mp4" not in names(tenant, brought)

    monkeypatch.setattr(own_form_media, "MOST_FILES", 5)
    with acting(tenant.id), pytest.raises(Invalid) as refused:
        own_forms.bring_in(
            "a.csv",
            FORM,
            act=Act(tenant.analyst, NOW),
            form_id=brought.form.id,
            media=[("film.mp4", MP4)],
        )
    assert "more than 5 files" in refused.value.fields["media"]


def test_the_same_form_with_other_files_is_another_version(context: Flask, tenant: Tenant):
    brought = bring(tenant, {"house.png": picture()})
    assert brought.form is not None
    form_id, by = brought.form.id, tenant.analyst
    with acting(tenant.id):
        first = own_forms.publish(form_id, number=1, act=Act(by, NOW))
        other = [("house.png", picture("black"))]
        own_forms.bring_in("a.csv", FORM, act=Act(by, NOW), form_id=form_id, media=other)
        second = own_forms.publish(form_id, number=2, act=Act(by, NOW + timedelta(days=1)))

        assert (first.version, second.version) == ("1", "2")
        assert first.checksum == second.checksum and first.media != second.media
        assert [one.name for one in list_media(get_version(second.id))] == ["house.png"]


def test_the_page_of_a_supplier_shows_what_came_along_and_nothing_that_did_not(
    app: Flask, supplier: Supplier
):
    phone, home = on_phone(app), address(supplier)

    page = phone.get(f"{home}/hostel")

    assert f'<p><a href="{home}/media/large.png" target="_blank" rel="noopener"><img' in page.text
    assert f'src="{home}/media/house.png" alt="Is this your hostel?" loading="lazy"' in page.text
    assert f'<audio controls preload="none" src="{home}/media/ask.mp3"' in page.text
    assert f'<video controls preload="none" src="{home}/media/film.mp4"' in page.text
    assert f'src="{home}/media/yes.png" alt="Yes"' in page.text
    assert f'</label><p><audio controls preload="none" src="{home}/media/no.ogg"' in (page.text)
    assert "missing.png" not in page.text
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    assert len(page.data) < 30 * 1024


@pytest.mark.parametrize(
    ("name", "kind"),
    [("house.png", "image/png"), ("ask.mp3", "audio/mpeg"), ("film.mp4", "video/mp4")],
)
def test_a_file_is_given_out_as_what_it_is_and_runs_nothing(
    app: Flask, supplier: Supplier, name: str, kind: str
):
    phone = on_phone(app)

    file = phone.get(f"{address(supplier)}/media/{name}")

    assert file.status_code == 200 and file.mimetype == kind
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    policy = file.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert file.headers["Cache-Control"] == "private, max-age=3600"
    again = phone.get(
        f"{address(supplier)}/media/{name}", headers={"If-None-Match": file.headers["ETag"]}
    )
    assert again.status_code == 304
    part = phone.get(f"{address(supplier)}/media/{name}", headers={"Range": "bytes=0-3"})
    assert part.status_code == 206 and part.data == file.data[:4]


def test_nobody_else_gets_a_file(app: Flask, tenant: Tenant, supplier: Supplier):
    home = address(supplier)
    with app.app_context():
        other = make_tenant("other", at=NOW)
    stranger = signed_in_client(app, other, RoleId.ANALYST)
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    own = client.get(HOME).text.split(f'href="{HOME}/')[1].split('"')[0]
    draft = f"{HOME}/{own}/drafts/1/media/house.png"

    assert client.get(draft).mimetype == "image/png"
    assert client.get(draft.replace("house", "gone")).status_code == 404
    assert client.get(draft.replace("drafts/1", "drafts/9")).status_code == 404
    assert stranger.get(draft).status_code == 404
    assert stranger.get(draft.replace("/o/acme/", "/o/other/")).status_code == 404
    assert app.test_client().get(f"{home}/media/house.png").status_code == 302
    theirs = f"/o/other/responses/{supplier.asked.assignment_id}/media/house.png"
    assert stranger.get(theirs).status_code == 403
    respondent = signed_in_client(app, other, RoleId.SUPPLIER)
    assert respondent.get(theirs).status_code == 404
    assert on_phone(app).get(f"{home}/media/missing.png").status_code == 404


def test_who_tries_a_form_out_sees_the_same_as_a_respondent(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    page = upload(client, *FILES.items())
    form_page = page.request.path

    for view in ("", "?view=respondent"):
        html = client.get(f"{form_page}/try{view}").text
        assert f'src="{form_page}/drafts/1/media/house.png" alt="Is this your hostel?"' in html
        assert f'src="{form_page}/drafts/1/media/yes.png" alt="Yes"' in html
        assert f'src="{form_page}/drafts/1/media/film.mp4"' in html
        assert "missing.png" not in html


def test_an_app_finds_the_files_with_their_sums_in_the_manifest(app: Flask, supplier: Supplier):
    with app.app_context(), acting(supplier.id):
        _, token = make_link(
            supplier.asked.assignment_id,
            name="Field",
            act=Act(supplier.identity, NOW),
        )
    phone, space = app.test_client(), "{http://openrosa.org/xforms/xformsManifest}"

    listed = fromstring(phone.get(f"/openrosa/{token}/manifest").data)

    found = {one.findtext(f"{space}filename"): one for one in listed.iter(f"{space}mediaFile")}
    assert sorted(name or "" for name in found) == sorted(FILES)
    for one in found.values():
        link = (one.findtext(f"{space}downloadUrl") or "").partition("/openrosa/")[2]
        file = phone.get(f"/openrosa/{link}")
        told = "md5:" + md5(file.data, usedforsecurity=False).hexdigest()
        assert (file.status_code, one.findtext(f"{space}hash")) == (200, told)
        assert file.headers["X-OpenRosa-Version"] == "1.0"
    assert phone.get(f"/openrosa/{token}/media/gone.png").status_code == 404
    assert phone.get("/openrosa/nobody/media/house.png").status_code == 404


def test_questions_read_first_show_and_play_the_files_of_their_labels(
    app: Flask, supplier: Supplier
):
    phone = on_phone(app)
    page = phone.get(f"{address(supplier)}/questions").text

    assert f'<img src="{address(supplier)}/media/house.png" alt="Is this your hostel?"' in page
    assert f'src="{address(supplier)}/media/no.ogg" aria-label="No"' in page
    assert '<p class="small muted">Yes</p>' in page
    assert "missing.png" not in page and "large.png" not in page


def test_link_shows_the_files_of_its_questions_until_it_is_used(app: Flask, tenant: Tenant):
    with app.app_context():
        asked = ask(tenant, ref=published(tenant))
        with acting(tenant.id):
            invitation = db.session.scalars(select(Invitation)).one()
            invitation.expires_at = REAL_NOW + timedelta(days=14)
            invitations.send(invitation.id, at=REAL_NOW)
        link = re.search(r"/respond/\S+", mails()[-1])
    assert link is not None
    visitor = app.test_client()
    page = visitor.get(f"{link[0]}/questions").text
    found = re.search(r'<img src="([^"]+yes\.png)" alt="Yes"', page)

    assert found is not None
    assert visitor.get(found[1]).mimetype == "image/png"
    with app.app_context():
        come_in(asked)
    assert visitor.get(found[1]).status_code == 404


def test_paper_of_the_questions_shows_pictures_with_their_words_and_names_what_is_played(
    app: Flask, supplier: Supplier
):
    paper = on_phone(app).get(f"{address(supplier)}/questions.pdf")

    pages = PdfReader(BytesIO(paper.data)).pages
    colours = [
        image.image.convert("RGB").getpixel((0, 0)) for page in pages for image in page.images
    ]
    text = " ".join(page.extract_text() for page in pages)
    assert [max(range(3), key=one.__getitem__) for one in colours] == [0, 1]  # red, green
    assert "ask.mp3 (Is this your hostel?)" in text and "no.ogg (No)" in text
    assert "missing.png" not in text and "large.png" not in text


def test_workbook_names_the_files_of_a_label_beside_its_question(app: Flask, supplier: Supplier):
    with app.app_context(), acting(supplier.id):
        _, book = write_book(supplier.asked.assignment_id, at=NOW)

    sheets = opened(book).worksheets
    helps = [str(cell.value or "") for sheet in sheets for row in sheet.rows for cell in row[5:6]]

    (named,) = [text for text in helps if "house.png" in text]
    assert named.splitlines() == [
        "house.png (Is this your hostel?)",
        "ask.mp3 (Is this your hostel?)",
        "yes.png (Yes)",
        "no.ogg (No)",
    ]
    assert not any("missing.png" in text for text in helps)


def test_page_of_a_version_shows_its_files_to_who_may_read_it(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    with app.app_context(), acting(tenant.id):
        version = next(row.version_id for row in list_library() if row.title == "Hostels")
    home = f"/o/acme/questionnaires/library/{version}"

    page = client.get(home).text

    assert f'src="{home}/media/house.png" alt="Is this your hostel?"' in page
    assert f'src="{home}/media/yes.png" alt="Yes"' in page
    assert f'src="{home}/media/no.ogg" aria-label="No"' in page
    assert '<p class="small muted">Yes</p>' in page
    assert '<p class="small muted">Is this your hostel?</p>' not in page
    assert "missing.png" not in page
    kept = client.get(f"{home}/media/house.png")
    assert (kept.status_code, kept.mimetype) == (200, "image/png")
    assert app.test_client().get(f"{home}/media/house.png").status_code == 302
    assert client.get(f"{home}/media/missing.png").status_code == 404
