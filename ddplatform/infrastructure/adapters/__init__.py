"""Disk, keys, mail and passwords of the running installation."""
