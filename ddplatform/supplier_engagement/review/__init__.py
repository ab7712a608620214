"""The requester reads answers, accepts them or asks back."""
