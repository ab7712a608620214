"""The core of due diligence and the log in plain Python: no Flask, no database."""
