"""The child process of file checks: a file on standard input, its cleaned copy on output.

It gets an empty environment, the file and its type, and nothing else. Exit codes: 0 cleaned,
3 out of memory, 9 refused, with the reason as JSON on output.
"""

import json
import os
import resource
import sys
from importlib import import_module
from typing import Final

from ddplatform.infrastructure.file_checks.refusals import Refused

OUT_OF_MEMORY: Final = 3
REFUSED: Final = 9
MODULES: Final = {"application/pdf": "pdf"} | dict.fromkeys(
    ("image/png", "image/jpeg", "image/webp"), "pictures"
)
"""Which module cleans a type; Office files have the rest. One is imported, the others are not."""
POLITENESS: Final = 5
"""Steps by which the web processes go before this one on a busy machine."""


def main() -> int:
    """Limit the process by its arguments, clean standard input, answer with the exit code."""
    media_type, memory, cpu_seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.nice(POLITENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    try:
        module = import_module(f"{__package__}.{MODULES.get(media_type, 'office')}")
        cleaned = module.clean(sys.stdin.buffer.read(), media_type)
    except Refused as refused:
        told = {"reason": refused.reason, "where": refused.where}
        sys.stdout.buffer.write(json.dumps(told).encode())
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.buffer.write(cleaned)
    return 0
