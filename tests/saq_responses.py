"""Responses to shipped and made questionnaires, for tests: good answers, with what differs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from questionnaires.evaluation.response import Plan, Response, plan
from questionnaires.form.form import Form
from questionnaires.library.shipped import shipped_form

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)

# A calm site: all scored questions answered without a red flag, no check raised.
GOOD_ANSWERS = {
    "SAQ_A01": "manufacturer",
    "SAQ_A02": "Meadow Weavers Ltd",
    "SAQ_A03": "family",
    "SAQ_A04": "120",
    "SAQ_A05": "yes",
    "SAQ_A06": "child_labour hazardous_under_18 remediation",
    "SAQ_A07": "2026-01-10",
    "SAQ_C01": "10",
    "SAQ_C02": "0",
    "SAQ_C03": "5",
    "SAQ_C04": "always",
    "SAQ_C05": "time_based",
    "SAQ_C06": "no",
    "SAQ_D01": "0",
    "SAQ_D02": "none_found_with_checks",
    "SAQ_D03": "official_identity birth_record trained_interview",
    "SAQ_D04": "trained_age_check_benefit_of_doubt",
    "SAQ_D05": "yes",
    "SAQ_D06": "none",
    "SAQ_D07": "yes",
    "SAQ_D08": "no",
    "SAQ_D09": "yes",
    "SAQ_E01": "no",
    "SAQ_E02": "none",
    "SAQ_E03": "none",
    "SAQ_E04": "worker",
    "SAQ_E05": "yes",
    "SAQ_F01": "at_or_above_living",
    "SAQ_F02": "none",
    "SAQ_F03": "45",
    "SAQ_F04": "mostly",
    "SAQ_G01": "yes",
    "SAQ_G02": "yes",
    "SAQ_H01": "childcare_support predictable_hours",
    "SAQ_H02": "family_at_home",
    "SAQ_H03": "nearly_all",
    "SAQ_I01": "no",
    "SAQ_I02": "none",
    "SAQ_I03": "always",
    "SAQ_I04": "none",
    "SAQ_I05": "yes",
    "SAQ_I06": "yes",
    "SAQ_J01": "no",
    "SAQ_J02": "none",
    "SAQ_J03": "yes",
    "SAQ_K01": "no",
    "SAQ_K02": "no",
    "SAQ_K03": "visits age_checks",
    "SAQ_L01": "phone_or_message trusted_person",
    "SAQ_L02": "yes",
    "SAQ_L03": "4",
    "SAQ_L04": "always",
    "SAQ_M01": "make_safe_keep_income_call_partner",
    "SAQ_M02": "immediate_safety best_interests schooling",
    "SAQ_M03": "yes",
    "SAQ_N07": "0",
    "SAQ_O01": "managers workers",
    "SAQ_O02": "yes",
    "SAQ_O03": "partly",
    "SAQ_O05": "confirm",
}
GOOD_SITE = {"SAQ_B02": "Weaving hall", "SAQ_B03": "no", "SAQ_B04": "none", "SAQ_B05": "under_3km"}
GOOD_SUPPLIER = {
    "SAQ_N02": "Golden Gin Ltd",
    "SAQ_N03": "80",
    "SAQ_N04": "confirmed",
    "SAQ_N05": "not_yet",
}


def respond(form: Form, answers: Mapping[str, str]) -> Response:
    """A response to any form with `answers` by path, at a fixed moment."""
    return Response(plan(form), answers, now=NOW)


def respond_saq(
    answers: Mapping[str, str],
    *,
    sites: Sequence[Mapping[str, str]] = ({},),
    suppliers: Sequence[Mapping[str, str]] | None = None,
) -> Response:
    """A response to the SAQ: good answers, but for `answers`; one site each of `sites`.

    Suppliers are one good one, but for what is given; an empty mapping is an untouched entry.
    """
    found = {
        f"/data/{name[4]}/{name}": value for name, value in {**GOOD_ANSWERS, **answers}.items()
    }
    for place, site in enumerate(sites, start=1):
        found |= _entry(f"/data/B/SAQ_B01[{place}]", {**GOOD_SITE, **site})
    entries = [GOOD_SUPPLIER] if suppliers is None else suppliers
    for place, entry in enumerate(entries, start=1):
        found |= _entry(f"/data/N/SAQ_N01[{place}]", entry)
    return Response(_saq_plan(), {path: text for path, text in found.items() if text}, now=NOW)


def _entry(path: str, answers: Mapping[str, str]) -> dict[str, str]:
    return {f"{path}/{name}": value for name, value in answers.items()}


@cache
def _saq_plan() -> Plan:
    return plan(shipped_form("SAQ"))
