"""Check of a coverage report against the limits: every line of core and services, 90 % overall.

Usage: python -m scripts.check_coverage REPORT.json (as `coverage json` writes it)

`make test-full` measures and checks at the end of the run; a run of part of the tests necessarily
falls short of the limits, and is not measured.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

OVERALL = 90.0  # per cent of the lines
WHOLE = (
    "supply_chain/",
    "questionnaires/",
    "ddplatform/core/",
    "ddplatform/demo/",
    "ddplatform/infrastructure/plain_text.py",
    "ddplatform/infrastructure/stale_edits.py",
)
SERVICES = ("/services.py", "/services/")


def shortfalls(report: Mapping[str, Any]) -> list[str]:
    """Shortfalls of the report, one line each: files by name, the whole last."""
    short = [
        f"{name}: lines {spans(file['missing_lines'])} are never run"
        for name, file in sorted(report["files"].items())
        if is_whole(name) and file["missing_lines"]
    ]
    total = report["totals"]["percent_covered"]
    if total < OVERALL:
        short.append(f"All files: {total:.1f} % is covered, {OVERALL:g} % is the limit")
    return short


def is_whole(name: str) -> bool:
    """Whether every line of a file has to be run: core and services."""
    return name.startswith(WHOLE) or any(part in name for part in SERVICES)


def spans(lines: Sequence[int]) -> str:
    """Line numbers with neighbours joined: [3, 4, 5, 9] is "3-5, 9"."""
    return ", ".join(_spans(sorted(lines)))


def _spans(lines: Sequence[int]) -> Iterator[str]:
    start = previous = lines[0]
    for line in (*lines[1:], None):
        if line is None or line > previous + 1:
            yield f"{start}" if start == previous else f"{start}-{previous}"
            start = line or 0
        previous = line or 0


def main(arguments: Sequence[str]) -> int:
    """Print the shortfalls of a report; 1 where there are any, 2 without a report."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        sys.stderr.write("Name the report: python -m scripts.check_coverage REPORT.json\n")
        return 2
    short = shortfalls(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    sys.stdout.writelines(f"{line}\n" for line in short)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
