"""Vocabulary of XLSForm: columns, types and settings with a defined meaning."""

import re

from questionnaires.form.sheets import canonical

_SURVEY_COLUMNS = (
    "type name label hint guidance_hint relevant required required_message constraint "
    "constraint_message calculation default appearance read_only choice_filter repeat_count "
    "parameters trigger image audio video big-image media autoplay rows save_to note instance "
    "bind body control readonly required_msg noapperrorstring query sms_field sms_option "
    "sms_separator sms_allow_media sms_date_format sms_datetime_format sms_response disabled "
    "comment comments accuracythreshold intent tag"
)
SURVEY_COLUMNS = frozenset(_SURVEY_COLUMNS.split())
_SETTINGS = (
    "form_title form_id version default_language instance_name style public_key "
    "submission_url auto_send auto_delete allow_choice_duplicates namespaces name title "
    "id_string prefix sms_keyword sms_separator sms_allow_media sms_date_format "
    "sms_datetime_format sms_response omit_instanceid omit_instance_id set_form_title "
    "set_form_id clean_text_values client_editable entity_version compact_prefix delimiter"
)
SETTINGS = frozenset(_SETTINGS.split())
SPECIAL = re.compile(
    r"^(?:bind|instance|body|control|media|label|hint|constraint_message|"
    r"required_message|guidance_hint|image|audio|video|big-image)\s*::?",
    re.I,
)


def is_own_column(heading: str) -> bool:
    """Whether a survey column is not XLSForm's, so that the converter would drop it."""
    return not SPECIAL.match(heading) and canonical(heading) not in SURVEY_COLUMNS


SCORING_COLUMNS = {
    "risk_factor": "bind::dd:factor",
    "factor": "bind::dd:factor",
    "weight": "bind::dd:weight",
    "evidence": "bind::dd:evidence",
    "requirement": "bind::dd:requirement",
    "why": "bind::dd:why",
}
