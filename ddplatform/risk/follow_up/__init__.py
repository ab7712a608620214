"""Owner and deferral of a risk."""
