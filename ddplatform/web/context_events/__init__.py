"""Pages of events in the surroundings of sites."""
