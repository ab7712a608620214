"""Entry point of all benchmarks: `python -m benchmarks --size small|full`.

The last lines are `name  ours  baseline  ratio  goal  ok|SHORT`; the same goes to
`instance/bench.json` with sizes, versions and cores. SHORT is a finding, not a failure.
"""

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
import time
import traceback
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import benchmarks
from benchmarks.contract import REPEATS, SEED, Row

ANSWER = Path(__file__).parent.parent / "instance" / "bench.json"


def main() -> None:
    """Run all modules at the size asked for and print what they found."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("--only", nargs="+", metavar="MODULE", help="leave the others out")
    asked = parser.parse_args()
    size: str = asked.size
    rows: list[Row] = []
    failed: list[str] = []
    for module in _modules(asked.only):
        start = time.perf_counter()
        try:
            rows += module.run(size)
        except Exception:
            failed.append(module.__name__)
            traceback.print_exc()  # the others are still worth their lines
        print(f"{module.__name__}: {time.perf_counter() - start:.1f} s in all", flush=True)
    _write(size, rows)
    for row in rows:
        mark = "ok" if row.ok else "SHORT"
        times = f"{row.ours:.4f} {row.unit}  {row.baseline:.4f} {row.unit}  {row.ratio:.2f}"
        print(f"{row.name}  {times}  {row.goal}  {mark}")
    if failed:
        sys.exit(f"Without an answer: {', '.join(failed)}")


def _modules(only: list[str] | None) -> list[ModuleType]:
    """Every module beside this one that has a `run`, by name; or those asked for."""
    names = sorted({i.name for i in pkgutil.iter_modules(benchmarks.__path__)} - {"__main__"})
    found = [
        importlib.import_module(f"benchmarks.{name}") for name in names if name in (only or names)
    ]
    return [module for module in found if hasattr(module, "run")]


def _write(size: str, rows: list[Row]) -> None:
    answer = {
        "size": size,
        "seed": SEED,
        "repeats": REPEATS,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("numpy", "scipy", "networkx")},
        "rows": [asdict(row) for row in rows],
    }
    ANSWER.parent.mkdir(exist_ok=True)
    ANSWER.write_text(json.dumps(answer, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
