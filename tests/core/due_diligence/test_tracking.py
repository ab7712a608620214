from ddplatform.core.due_diligence.tracking import IndicatorKind, tracking_words
from supply_chain.risk.method import METHOD


def test_all_twenty_five_indicators_are_there_and_half_of_them_look_at_children():
    indicators = tracking_words().indicators

    assert list(indicators) == [f"IND-{number:02}" for number in range(1, 26)]
    outcomes = [one.ref for one in indicators.values() if one.kind is IndicatorKind.OUTCOME]
    assert outcomes == [
        *("IND-06", "IND-07", "IND-08", "IND-09", "IND-11", "IND-12", "IND-14", "IND-16"),
        *("IND-21", "IND-25"),
    ]
    assert all(one.title and one.formula for one in indicators.values())


def test_twelve_triggers_ask_for_a_new_assessment():
    assert list(tracking_words().triggers) == [f"TRG-{number:02}" for number in range(1, 13)]


def test_evidence_levels_in_words_are_those_of_the_risk_method():
    assert tuple(tracking_words().evidence_levels) == METHOD.policy.evidence_levels
