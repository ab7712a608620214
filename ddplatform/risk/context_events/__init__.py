"""Events in the surroundings of sites."""
