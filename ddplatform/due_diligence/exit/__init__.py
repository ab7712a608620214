"""Ending or suspending a business relationship responsibly."""
