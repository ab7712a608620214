"""Business child-rights due diligence platform."""

__version__ = "0.1.0"
