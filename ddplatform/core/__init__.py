"""Plain Python about due diligence and the log: no Flask, no database."""
