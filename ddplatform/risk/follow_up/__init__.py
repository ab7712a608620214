"""Who looks after a risk, and until when it is deferred."""
