"""Who looks after a risk, until when it is deferred, and what is under way about it."""
