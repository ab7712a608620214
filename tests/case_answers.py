"""Answers of a case worker at a follow-up visit where all is well."""

from tests.conftest import NOW

GOOD = {
    "/data/A/REM_Q01": NOW.date().isoformat(),
    "/data/A/REM_Q01_visit": "week_2",
    "/data/A/REM_Q02": "child_and_caregiver",
    "/data/A/REM_Q03": "yes",
    "/data/A/REM_Q09": "content",
    "/data/B/REM_Q04": "none",
    "/data/B/REM_Q05": "attending",
    "/data/C/REM_Q06": "always",
    "/data/C/REM_Q07": "better",
    "/data/C/REM_Q08_planned": "health documents",
    "/data/C/REM_Q08": "health documents",
    "/data/C/REM_Q11": "yes",
    "/data/D/REM_Q10": "no",
    "/data/D/REM_Q12": "yes",
    "/data/E/REM_Q13": "yes",
    "/data/E/REM_Q14": "more hours of school help",
    "/data/E/REM_Q15": "continue",
}
