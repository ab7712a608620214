"""RM-1.0 section 12: the order of risks."""

import numpy as np

from supply_chain.risk.salience import INVOLVEMENTS, Involvement, Risks, places, salience_ranks


def ranked(*rows):
    """Rows (node, issue, S, L_res, C, options); names in the order of their ranks."""
    options = [row[5] if len(row) > 5 else {} for row in rows]
    risks = Risks(
        node=places([r[0] for r in rows]),
        issue=places([r[1] for r in rows]),
        emergency=np.array([o.get("emergency", False) for o in options]),
        delay=np.array([o.get("delay", False) for o in options]),
        severity=np.array([r[2] for r in rows], float),
        residual=np.array([r[3] for r in rows], float),
        scope=np.array([o.get("scope", 3) for o in options], float),
        confidence=np.array([r[4] for r in rows], float),
        involvement=np.array(
            [INVOLVEMENTS.index(o.get("involvement", Involvement.LINKED)) for o in options]
        ),
    )
    ranks = salience_ranks(risks)
    assert sorted(ranks) == list(range(1, len(rows) + 1))
    return [f"{rows[i][0]} {rows[i][1]}" for i in np.argsort(ranks)]


def test_ex_26_severity_leads_before_likelihood():
    order = ranked(
        ("R1", "CT", 5.0, 0.12, 0.5), ("R2", "CL", 4.0, 0.80, 0.5), ("R3", "YW", 3.0, 0.90, 0.5),
        ("R4", "HZ", 4.6, 0.35, 0.5), ("R5", "FF", 2.6, 0.95, 0.5),
    )  # fmt: skip
    assert order == ["R4 HZ", "R1 CT", "R2 CL", "R5 FF", "R3 YW"]


def test_ex_37_every_key_in_its_turn():
    order = ranked(
        ("n1", "FL", 5, 0.4, 0.5), ("n1", "CT", 5, 0.4, 0.5), ("n0", "FL", 5, 0.3999999999, 0.5),
        ("n9", "FL", 5, 0.4, 0.2), ("n8", "FL", 5, 0.4, 0.5, {"involvement": Involvement.CAUSE}),
        ("n7", "FL", 5, 0.1, 0.5, {"delay": True}), ("n6", "FL", 2, 0.4, 0.5, {"emergency": True}),
    )  # fmt: skip
    assert order == ["n6 FL", "n7 FL", "n9 FL", "n8 FL", "n0 FL", "n1 CT", "n1 FL"]


def test_wider_scope_comes_before_narrower():
    order = ranked(("a", "CL", 4, 0.4, 0.5), ("b", "CL", 4, 0.4, 0.5, {"scope": 5}))
    assert order == ["b CL", "a CL"]
