"""Answers by ODK Collect and Enketo."""
