"""Tables of docs/performance.md, written from the measured figures in benchmarks/figures.yaml.

Usage: python -m scripts.write_performance_page
"""

from pathlib import Path

import yaml

from scripts.page_tables import DOCS, rewrite, table

FIGURES = Path(__file__).resolve().parents[1] / "benchmarks" / "figures.yaml"
PAGE = DOCS / "performance.md"


def tables() -> dict[str, str]:
    """Every table of the page by its name; a row of the wrong length is a ValueError."""
    named = yaml.safe_load(FIGURES.read_text(encoding="utf-8"))
    for name, body in named.items():
        for row in body["rows"]:
            if len(row) != len(body["head"]):
                raise ValueError(f"{FIGURES.name}, {name}: {len(row)} cells in {row}")
    return {name: table(body["head"], body["rows"]) for name, body in named.items()}


if __name__ == "__main__":
    rewrite([PAGE], tables())
