"""Questions that take the code of a country are told from others of two letters."""

from questionnaires import shipped_form
from questionnaires.library.country_codes import asks_for_country
from tests.forms import respond, table

RULE = "regex(., '^[A-Za-z][A-Za-z]$')"
FORM = respond(
    table(
        "survey",
        "type|name|label|constraint|constraint_message",
        f"text|where|Where?|{RULE}|Write the two letters of the country.",
        f"text|tongue|Which language?|{RULE}|Write the two letters of the language.",
        "text|free|Where?|string-length(.) = 2|Write the two letters of the country.",
    )
).form


def test_country_is_told_by_the_rule_and_by_its_words():
    asked = [question.name for question in FORM.questions() if asks_for_country(question)]

    assert asked == ["where"]


def test_shipped_questionnaires_ask_for_countries_of_sites_suppliers_and_ways():
    names = [
        question.name
        for ref in ("SAQ", "APP", "FIN", "REC")
        for question in shipped_form(ref).questions()
        if asks_for_country(question)
    ]

    assert names == [
        *("SAQ_B02_country", "SAQ_N02_country", "APP_20_country", "FIN_25_country"),
        *("REC_15_origin", "REC_15_destination"),
    ]
