"""The action library: browse by issue and root cause, start an action on a finding."""
