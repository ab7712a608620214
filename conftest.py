"""What must stand before the tests import the application: `tests/one_event.py` wraps its verbs."""

pytest_plugins = ("tests.one_event",)
