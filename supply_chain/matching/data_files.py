"""Location of the weights and word lists of matching."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data" / "matching"
