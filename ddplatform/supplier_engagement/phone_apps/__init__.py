"""Answers that come by ODK Collect and Enketo."""
