"""Bulk changes of many nodes in one step, with undo."""
