"""Sign-in, sign-out and the account of a person."""
