"""The requester's review of answers: acceptance or questions back."""
