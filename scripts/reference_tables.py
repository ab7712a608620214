"""Raw copies, data files and the plan: reading and writing, shared by the two builders."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "supply_chain" / "data"
PLAN: dict[str, Any] = yaml.safe_load((HERE / "reference_plan.yaml").read_text(encoding="utf-8"))

Row = dict[str, str]


def read_rows(path: Path) -> list[Row]:
    """All rows as text: nothing is taken for a missing value (Namibia's code is "NA")."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write_rows(path: Path, columns: Sequence[str], lines: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(lines)
