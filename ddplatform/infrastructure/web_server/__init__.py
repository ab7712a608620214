"""The shipped web server: waitress with limits on bodies, headers, waiting and connections."""
