"""OpenRosa: the addresses that ODK Collect and Enketo talk to."""
