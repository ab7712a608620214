"""Third-party front-end files, copied into `static/vendor`."""
