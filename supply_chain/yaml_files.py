"""YAML data files shipped with the program."""

from pathlib import Path
from typing import Any

import yaml


def read_yaml(path: Path) -> Any:
    """Content of a file in UTF-8: plain values only, by the parser in C, eight times as fast."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
