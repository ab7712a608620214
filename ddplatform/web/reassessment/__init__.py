"""Pages of sites that have to be looked at anew."""
