"""Context indicators, one function for each: raw copies in, {alpha-3: (year, value, basis)} out.

These figures are shown beside the scores and are part of none.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from reference_indicators import Values, series
from reference_tables import read_rows

SURVEY = "survey, survey year not kept"
SCALED = "back-computed from a scaled copy, year not kept"
INPUT = "raw input of the index"


def of_children(raw: Path, column: str) -> Values:
    """A share of ILAB's child statistics in per cent; a value that cannot be right is dropped."""
    return {
        row["iso3"]: ("", f"{float(row[column]) * 100:.6g}", SURVEY)
        for row in read_rows(raw / "dol_sweat_toil" / "child_statistics_2022.csv")
        if row[column] and not row["suspect"].startswith(column)
    }


def share(column: str) -> Callable[[Path], Values]:
    return partial(of_children, column=column)


CONTEXT: dict[str, Callable[[Path], Values]] = {
    "ilab_school_attendance": share("school_attendance_share"),
    "ilab_work_and_school": share("work_and_school_share"),
    "ilab_primary_completion": share("primary_completion_rate"),
    "ilab_work_in_agriculture": share("agriculture_share"),
    "ilab_work_in_industry": share("industry_share"),
    "ilab_work_in_services": share("services_share"),
    "ilo_children_in_employment": series("ilo_children_in_employment_thousands", "survey"),
    "ilo_child_employment_rate": series(
        "ilo_child_employment_rate_0_14", "survey, divided by the population under 15"
    ),
    "wdi_child_marriage": series("wdi_child_marriage_u18", SCALED),
    "wdi_population_0_14": series("wdi_population_0_14", "back-computed from a scaled copy"),
    "wdi_employment_in_agriculture": series("wdi_employment_agriculture", f"modelled, {SCALED}"),
    "inform_children_under_5": series("informdata_children_u5_share", INPUT),
    "inform_under_5_mortality": series("informdata_u5_mortality", INPUT),
    "inform_undernourishment": series("informdata_undernourishment", INPUT),
    "inform_human_development": series("informdata_hdi", INPUT),
    "inform_multidimensional_poverty": series("informdata_mpi", INPUT),
    "inform_income_gini": series("informdata_gini", INPUT),
    "inform_gender_inequality": series("informdata_gender_inequality_index", INPUT),
    "inform_adult_literacy": series("informdata_adult_literacy", INPUT),
    "inform_gdp_per_head": series("informdata_gdp_per_capita", INPUT),
    "wgi_control_of_corruption": series("wgi_cc", "index estimate"),
    "wgi_government_effectiveness": series("wgi_ge", "index estimate"),
    "wgi_regulatory_quality": series("wgi_rq", "index estimate"),
    "wgi_voice_and_accountability": series("wgi_va", "index estimate"),
    "wgi_political_stability": series("wgi_pv", "index estimate"),
    "inform_risk": series("inform_risk", "index"),
    "inform_hazard_exposure": series("inform_hazard_exposure", "index"),
    "inform_vulnerability": series("inform_vulnerability", "index"),
    "inform_lack_of_coping_capacity": series("inform_lack_of_coping_capacity", "index"),
    "ucdp_deaths_state_based": series("ucdp_deaths_state_based", "best estimate"),
    "ucdp_deaths_non_state": series("ucdp_deaths_non_state", "best estimate"),
    "ucdp_deaths_one_sided": series("ucdp_deaths_one_sided", "best estimate"),
    "unhcr_refugees_hosted": series("unhcr_refugees_hosted", "register"),
    "unhcr_asylum_seekers_hosted": series("unhcr_asylum_seekers_hosted", "register"),
    "unhcr_refugees_from": series("unhcr_refugees_from", "register"),
    "unhcr_internally_displaced": series("unhcr_idps", "register"),
    "unhcr_stateless": series("unhcr_stateless", "register"),
    "idmc_internally_displaced": series("idmc_idps_conflict", "estimate"),
}
