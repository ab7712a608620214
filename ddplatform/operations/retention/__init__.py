"""Retention: how long what is kept, holds, and the nightly removal."""
