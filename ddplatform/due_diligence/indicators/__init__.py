"""Indicators of effect: baseline, target, values by period, shown beside detection effort."""
