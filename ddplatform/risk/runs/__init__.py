"""Assessment runs and their scores, as they are kept."""
