"""Where the weights and word lists of matching stand."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data" / "matching"
