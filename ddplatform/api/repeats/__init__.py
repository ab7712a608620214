"""Requests that a program sends twice are carried out once."""
