"""Mails to a person about their own sign-in."""
