"""The language of a page: asked for, kept, offered, or the browser's; and of mails and answers."""

import re
from pathlib import Path

import pytest
from flask import Flask

from ddplatform.accounts.organisations.queries import get_user_by_email
from ddplatform.accounts.sign_in.services.account import choose_language
from ddplatform.documents.paper import scripts
from ddplatform.documents.paper.scripts import speaking_on_paper
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import nobody
from ddplatform.infrastructure.words.files import FAULTS
from ddplatform.infrastructure.words.problems import PROBLEMS, in_words
from ddplatform.languages import (
    LANGUAGES,
    LazyText,
    day_in_words,
    direction_of,
    gettext,
    lazy_gettext,
    ngettext,
    own_name,
    speaking,
)
from tests.conftest import NOW
from tests.factories import Tenant, signed_in_client

ROOT = Path(__file__).resolve().parents[2]


def test_a_link_of_the_menu_turns_the_page_and_the_next_one_stays_turned(app: Flask):
    client = app.test_client()

    turned = client.get("/sign-in?lang=ar").text
    after = client.get("/forgotten-password").text

    assert '<html lang="ar" dir="rtl"' in turned
    assert "تسجيل الدخول" in turned
    assert '<html lang="ar" dir="rtl"' in after


def test_the_menu_names_each_language_in_its_own_tongue_and_keeps_the_rest_of_the_address(
    app: Flask,
):
    page = app.test_client().get("/sign-in?next=/account").text

    for language in LANGUAGES:
        assert own_name(language) in page
    assert 'href="?next=%2Faccount&amp;lang=fr"' in page


def test_without_a_choice_the_browser_decides_and_an_unknown_language_is_english(app: Flask):
    fresh = app.test_client()

    assert '<html lang="es"' in fresh.get("/sign-in", headers={"Accept-Language": "es-MX"}).text
    assert '<html lang="en"' in fresh.get("/sign-in", headers={"Accept-Language": "xx"}).text
    assert '<html lang="en"' in fresh.get("/sign-in?lang=xx").text


def test_who_is_signed_in_finds_the_language_on_another_device(app: Flask, tenant: Tenant):
    signed_in_client(app, tenant, RoleId.ANALYST).get("/account?lang=tr")

    elsewhere = signed_in_client(app, tenant, RoleId.ANALYST).get("/account").text

    assert '<html lang="tr" dir="ltr"' in elsewhere


def test_a_language_that_is_not_offered_is_refused_for_an_account(app: Flask, tenant: Tenant):
    with app.app_context(), nobody(), unit_of_work():
        user = get_user_by_email(tenant.email(RoleId.ANALYST))
        assert user is not None
        with pytest.raises(Invalid):
            choose_language(user, "xx")


def test_plural_forms_days_and_values_follow_the_language(app: Flask):
    with app.test_request_context():
        with speaking("ar"):
            two = ngettext("%(num)s question", "%(num)s questions", 2)
            five = ngettext("%(num)s question", "%(num)s questions", 5)
        with speaking("fr"):
            assert day_in_words(NOW) == "25 novembre 2026"
            assert gettext("Join %(organisation_name)s", organisation_name="Acme") == (
                "Rejoindre Acme"
            )
        with speaking(None):
            assert day_in_words(NOW) == "25 November 2026"
    assert (two, five) == ("سؤالان (2)", "5 أسئلة")
    assert direction_of("ar") == "rtl"


def test_paper_speaks_english_only_while_the_fonts_of_a_language_are_not_there(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def on_paper(language: str) -> str:
        with app.test_request_context(), speaking(language), speaking_on_paper():
            return gettext("Receipt")

    there = [on_paper(language) for language in ("zh", "ar", "fr")]
    monkeypatch.setattr(scripts, "FOLDER", tmp_path)
    missing = [on_paper(language) for language in ("zh", "ar", "fr")]

    assert there == ["回执", "إيصال", "Reçu"]
    assert missing == ["Receipt", "Receipt", "Reçu"]


def test_a_lazy_text_with_a_value_is_never_read_as_markup(app: Flask):
    text = lazy_gettext("Join %(organisation_name)s", organisation_name="<b>Acme</b>")

    with app.test_request_context():
        assert text.__html__() == "Join &lt;b&gt;Acme&lt;/b&gt;"


def test_a_problem_of_an_answer_is_said_in_the_language_of_the_page(app: Flask):
    problem = "'a dozen' is not a whole number. Write digits only, without words, spaces or "
    problem += "decimals, for example 12."

    with app.test_request_context(), speaking("fr"):
        said = in_words(problem)
        assert in_words("Own words of a form.") == "Own words of a form."
    assert said.startswith("« a dozen » n’est pas un nombre entier. N’écrivez que des chiffres")
    assert len(PROBLEMS) == len({problem.source for problem in PROBLEMS})


def values_of(source: str) -> dict[str, str]:
    return {name: f"{name}-7" for name in re.findall(r"%\((\w+)\)s", source)}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.source[:40])
def test_a_fault_of_a_file_is_said_in_the_language_of_the_page(app: Flask, fault: LazyText):
    values = values_of(fault.source)

    with app.test_request_context(), speaking("sw"):
        said = in_words(fault.source % values)
        assert said == gettext(fault.source, **values) != fault.source % values
        assert in_words(f"{fault.source % values} Leave it out.").endswith(gettext("Leave it out."))


def test_faults_of_files_are_the_words_of_those_who_read_files():
    readers = (
        *ROOT.glob("questionnaires/**/*.py"),
        ROOT / "ddplatform/infrastructure/adapters/uploads.py",
    )
    written = "\n".join(path.read_text("utf-8") for path in readers)
    written = re.sub(r'"\s*\n\s*f?"', "", written)

    for fault in FAULTS:
        parts = re.split(r"%\(\w+\)s", fault.source)
        assert re.search(r"\{[^{}\n]*\}".join(map(re.escape, parts)), written), fault.source
