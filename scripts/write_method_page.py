"""Write the tables of docs/method.md from the parameters that the program reads.

Usage: python scripts/write_method_page.py

The prose of the page is kept by hand; what stands between `<!-- table NAME -->` and
`<!-- end -->` is written anew, so the page cannot drift from the method's data.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import yaml
from reference_tables import DATA, read_rows

PAGE = DATA.parent.parent / "docs" / "method.md"
MARKED = re.compile(r"<!-- table (.+?) -->\n.*?<!-- end -->", re.DOTALL)

WEIGHING = ("weight", "critical")
Cells = Iterable[Sequence[Any]]


def figure(value: Any) -> str:
    """A number as short as it can be: .45, 36, "yes" for true and "" for false."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return ", ".join(figure(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {figure(item)}" for key, item in value.items())
    if not isinstance(value, int | float):
        return str(value)
    text = f"{value:g}"
    return text[1:] if text.startswith("0.") else text


def table(head: Sequence[str], lines: Cells) -> str:
    rows = [head, ["---"] * len(head), *([figure(cell) for cell in line] for line in lines)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def issue_lines(method: dict[str, Any]) -> Iterator[Sequence[Any]]:
    for row in method["issues"]:
        yield [row["id"], row["name"], row["source"], f"{row['floor']:.1f}", *row["beta"]]


def factor_table(method: dict[str, Any], group: str) -> str:
    rows = [row for row in method["factors"] if row["group"] == group]
    extra = {"CTY": ["lo", "hi"], "SEC": ["scoring"], "ONL": []}.get(group, ["link"])
    lines = [
        [
            row["id"],
            row["name"],
            *(row.get(key, "") for key in extra),
            *(row[key] for key in WEIGHING),
        ]
        for row in rows
    ]
    return table(["id", "factor", *extra, "w", "critical"], lines)


def control_lines(method: dict[str, Any]) -> Iterator[Sequence[Any]]:
    for row in method["controls"]:
        every = row["issues"] == "all"
        issues = "all" if every else " ".join(item.removeprefix("ISS-") for item in row["issues"])
        yield [row["id"], row["name"], row["d"], issues, row["group"]]


def rate_table() -> str:
    by_rate: dict[str, list[str]] = {}
    for row in read_rows(DATA / "activity_base_rates.csv"):
        by_rate.setdefault(row["rate"].removeprefix("0"), []).append(row["name"])
    return table(
        ["rate", "activities"], [[rate, "; ".join(names)] for rate, names in by_rate.items()]
    )


def tables() -> dict[str, str]:
    method = yaml.safe_load((DATA / "method" / "rm-1.0.yaml").read_text(encoding="utf-8"))
    issue_head = ["id", "issue", "main source", "S floor", *method["groups"]]
    sources = [
        [f"`{row['id']}`", row["name"], row["reliability"], row["half_life_months"]]
        for row in method["source_types"]
    ]
    flags = [[row["id"], row["name"], row["response"]] for row in method["red_flags"]]
    policy = [[f"`{key}`", value] for key, value in method["policy"].items()]
    found = {
        "issues": table(issue_head, issue_lines(method)),
        "source_types": table(["type", "source", "reliability", "half-life, months"], sources),
        "base_rates": rate_table(),
        "controls": table(["id", "control", "d", "helps issues", "group"], control_lines(method)),
        "red_flags": table(["id", "red flag", "default response"], flags),
        "policy": table(["name", "value"], policy),
    }
    return found | {f"factors {group}": factor_table(method, group) for group in method["groups"]}


def filled(page: str) -> str:
    """The page with every marked table written anew; a mark without a table is a KeyError."""
    found = tables()
    return MARKED.sub(lambda mark: f"<!-- table {mark[1]} -->\n{found[mark[1]]}<!-- end -->", page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
