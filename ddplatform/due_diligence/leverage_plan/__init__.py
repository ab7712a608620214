"""Plan of leverage on a finding: steps with owners and results, decision after failures."""
