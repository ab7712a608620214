"""Tables of the method pages, generated from the parameters of the program (page_tables.py).

Usage: python -m scripts.write_method_page

Pages: docs/method.md and docs/method/ (RM-2.0), docs/method-1.0.md and docs/method-1.0/.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import yaml

from scripts import page_tables
from scripts.page_tables import pages_of
from scripts.reference_tables import DATA, read_rows

PAGES = (*pages_of("method-1.0"), *pages_of("method"))

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
    return page_tables.table(head, ([figure(cell) for cell in line] for line in lines))


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


def by_issue(values: dict[str, float]) -> str:
    """Figures by issue: "CL 3, HZ 3"."""
    return ", ".join(f"{ref.removeprefix('ISS-')} {figure(value)}" for ref, value in values.items())


def rm2_factor_lines(method: dict[str, Any]) -> Iterator[Sequence[Any]]:
    letters = {"direct": "D", "strong": "S", "some": "s"}
    for row in method["factors"]:
        links = (f"{ref.removeprefix('ISS-')} {letters[how]}" for ref, how in row["links"].items())
        yield [row["id"], row["name"], ", ".join(links)]


def rm2_listing_lines(listing: dict[str, Any]) -> Iterator[Sequence[Any]]:
    for kind, points in listing["pair"].items():
        yield [f"the pair, for {kind.replace('_', ' ')}", by_issue(points)]
    elsewhere = listing["elsewhere"]
    for kind, issues in elsewhere["issues"].items():
        steps = zip(elsewhere["countries_from"], elsewhere["points"], strict=True)
        told = ", ".join(
            f"{figure(points)} from {countries:g} countries" for countries, points in steps
        )
        refs = " ".join(ref.removeprefix("ISS-") for ref in issues)
        yield [f"the good elsewhere, for {kind.replace('_', ' ')}", f"{refs}: {told}"]


def rm2_tables() -> dict[str, str]:
    """Tables of RM-2.0 by their names on its page."""
    method = yaml.safe_load((DATA / "method" / "rm-2.0.yaml").read_text(encoding="utf-8"))
    issues = [
        [row["id"], row["name"], row["source"], row["points"], *row["severity"], row["floor"]]
        for row in method["issues"]
    ]
    sources = [
        [
            f"`{row['id']}`",
            *(row[key] for key in ("name", "reliability", "half_life_months")),
            *(row[key] for key in ("own_word", "looks_again", "visit")),
        ]
        for row in method["source_types"]
    ]
    indicators = [
        [
            row["id"],
            f"{row['name']}; {row['source']}",
            row["lo"],
            row["hi"],
            by_issue(row["weights"]),
        ]
        for row in method["country_indicators"]
    ]
    traits = [[row["id"], row["name"], by_issue(row["weights"])] for row in method["traits"]]
    links = [[name, way["up"], way["down"]] for name, way in method["links"].items()]
    events = [
        [row["id"], row["name"], by_issue(row["points"]), row["months_at_full"] or "while it lasts"]
        for row in method["events"]
    ]
    flags = [[row["id"], row["name"], row["response"]] for row in method["red_flags"]]
    policy = [[f"`{key}`", value] for key, value in method["policy"].items()]
    source_head = ["type", "source", "reliability", "half-life, months", "own word", "looks again"]
    found = {
        "issues": table(["id", "issue", "main source", "K", "a", "b", "c", "floor"], issues),
        "source_types": table([*source_head, "visit"], sources),
        "country_indicators": table(["id", "indicator; source", "lo", "hi", "weights"], indicators),
        "traits": table(["id", "trait of the activity", "weights"], traits),
        "links": table(["link", "W_up", "W_down"], links),
        "listing": table(["listed", "points"], rm2_listing_lines(method["listing"])),
        "factors": table(["id", "factor", "issues"], rm2_factor_lines(method)),
        "events": table(["id", "event", "points", "months at full"], events),
        "controls": table(["id", "control", "d", "helps issues", "group"], control_lines(method)),
        "red_flags": table(["id", "red flag", "default response"], flags),
        "policy": table(["name", "value"], policy),
    }
    return {f"rm2 {name}": text for name, text in found.items()}


def tables() -> dict[str, str]:
    """Tables of both methods by their names on the pages."""
    return rm1_tables() | rm2_tables()


def rm1_tables() -> dict[str, str]:
    """Tables of RM-1.0 by their names on its page."""
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


if __name__ == "__main__":
    page_tables.rewrite(PAGES, tables())
