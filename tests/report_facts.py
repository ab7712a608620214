"""Facts for report tests: the example of docs/report-facts-example.json, whole or widened."""

import json
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parents[1] / "docs" / "report-facts-example.json"


def example_facts() -> dict[str, Any]:
    """The documented example, so that a test fails when documentation and code part ways."""
    return json.loads(EXAMPLE.read_text(encoding="utf-8"))


def facts_with_nodes(count: int) -> dict[str, Any]:
    """The example with `count` farms more."""
    facts = example_facts()
    bands = ("critical", "high", "medium", "low", None)
    facts["value_chain"]["nodes"] += [
        {
            "id": f"x{i:05}",
            "name": f"Farm group {i} of Haut-Sassandra",
            "tier": 4,
            "country": "CI",
            "sector": "Cocoa growing",
            "band": bands[i % 5],
            "index": None if bands[i % 5] is None else 80 - 20 * (i % 5),
        }
        for i in range(count)
    ]
    return facts
