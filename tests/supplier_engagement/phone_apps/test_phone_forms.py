"""The form for a phone app: it says who made its translation, and is made once for all it asks."""

from collections.abc import Iterator

import pytest

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import release_write_lock
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.supplier_engagement.phone_apps.services import forms as answer_phone_forms
from ddplatform.supplier_engagement.phone_apps.services.forms import write_phone_form
from ddplatform.supplier_engagement.responses.queries.responses import find_response, get_request
from ddplatform.supplier_engagement.translations.services import confirm, take_back
from questionnaires.form.form import Form
from questionnaires.form.phone_form import ABOUT, REFERENCE
from questionnaires.form.xform import form_from_xform
from questionnaires.translations.texts import translatable
from tests.answering import Supplier, acting, add_node, ask, ask_again, come_in, saq_version
from tests.conftest import NOW
from tests.factories import Tenant, make_tenant

pytestmark = pytest.mark.usefixtures("context")
PLACE = "survey/SAQ_A01/label"
WORDS = "Quel rôle décrit le mieux votre organisation, selon vous ?"
FRENCH, ENGLISH = "French (fr)", "English (en)"
MACHINE = "Cette traduction a été faite par une machine."
PARTLY = "Des parties de cette traduction"


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    answer_phone_forms._kept.clear()
    yield
    answer_phone_forms._kept.clear()


def load(supplier: Supplier) -> bytes:
    with acting(supplier.id):
        release_write_lock()  # as a page that only reads
        return write_phone_form(get_request(supplier.asked.assignment_id))


def form_of(supplier: Supplier) -> Form:
    return form_from_xform(load(supplier).decode())


def speaks_french(supplier: Supplier) -> None:
    with acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        row.language = "fr"


def confirm_as(tenant: Tenant, texts: dict[str, str]) -> None:
    with acting(tenant.id):
        confirm(saq_version(), "fr", texts, act=Act(tenant.analyst, NOW))


def test_form_begins_with_the_words_on_its_translation_in_each_language(supplier: Supplier):
    form = form_of(supplier)
    first = form.children[0]

    assert first.name == ABOUT
    assert first.label.plain(ENGLISH) == form.title
    assert MACHINE in first.label.plain(FRENCH)
    assert {name for name in form.languages if name != ENGLISH} == {
        name for name in form.languages if first.label.plain(name) != form.title
    }


def test_words_on_the_translation_go_with_what_persons_confirm(supplier: Supplier, tenant: Tenant):
    confirm_as(tenant, {PLACE: WORDS})
    assert PARTLY in form_of(supplier).children[0].label.plain(FRENCH)

    with acting(tenant.id):
        whole = answer_phone_forms.load_wording(saq_version(), tenant.id).plan.form
    french = {place: f"«{text}»" for place, text in translatable(whole).items()}
    confirm_as(tenant, french)

    assert len(french) > 300
    assert form_of(supplier).children[0].label.plain(FRENCH) == form_of(supplier).title


def test_form_is_made_once_for_all_who_are_asked_the_same(supplier: Supplier, tenant: Tenant):
    chain_id = supplier.asked.chain_id
    node_id = add_node(tenant, chain_id, "SCOOP Avenir")
    again = ask_again(tenant, chain_id, node_id, ref="SAQ", email="b@avenir.example")
    other = come_in(again)
    forms = {one.asked.assignment_id: load(one).decode() for one in (supplier, other, supplier)}

    assert len(answer_phone_forms._kept) == 1
    for assignment_id, xform in forms.items():
        field = form_from_xform(xform).question(f"/data/{REFERENCE}")
        assert field.default == str(assignment_id)
    one, two = (xform.replace(str(key), "") for key, xform in forms.items())
    assert one == two


def label_of_first(supplier: Supplier) -> str:
    return form_of(supplier).question("/data/A/SAQ_A01").label.plain(FRENCH)


def test_a_confirmed_word_and_one_that_is_taken_back_make_the_form_new(
    supplier: Supplier, tenant: Tenant
):
    before = label_of_first(supplier)
    confirm_as(tenant, {PLACE: WORDS})
    confirmed = label_of_first(supplier)
    with acting(tenant.id):
        take_back(saq_version(), "fr", [PLACE], act=Act(tenant.analyst, NOW))

    assert confirmed == WORDS != before
    assert label_of_first(supplier) == before


def test_words_of_another_organisation_stay_out_of_the_form(supplier: Supplier, tenant: Tenant):
    confirm_as(tenant, {PLACE: WORDS})
    elsewhere = come_in(ask(make_tenant("borisco", at=NOW), email="c@scoop.example"))

    assert label_of_first(supplier) == WORDS
    assert label_of_first(elsewhere) != WORDS


def test_another_language_of_the_supplier_opens_the_form_in_it(supplier: Supplier):
    before = form_of(supplier).default_language
    speaks_french(supplier)

    assert (before, form_of(supplier).default_language) == (ENGLISH, FRENCH)


def test_what_is_not_committed_yet_is_not_kept(supplier: Supplier, tenant: Tenant):
    with acting(tenant.id):
        confirm(saq_version(), "fr", {PLACE: WORDS}, act=Act(tenant.analyst, NOW))
        with acting_in(supplier.id):
            write_phone_form(get_request(supplier.asked.assignment_id))
        assert answer_phone_forms._kept == {}


def test_only_the_newest_forms_are_kept(supplier: Supplier, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answer_phone_forms, "MOST_KEPT", 1)
    load(supplier)
    speaks_french(supplier)
    load(supplier)

    assert [language for *_, language in answer_phone_forms._kept] == ["fr"]
