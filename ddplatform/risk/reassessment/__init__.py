"""Sites that have to be looked at anew."""
