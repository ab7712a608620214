"""The sessions of a person: list, and sign-out of each."""
