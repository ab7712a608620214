"""What the requester makes of answers: risk signals and facts."""
