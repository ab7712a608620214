"""Child-process checker: a form on standard input, its report on standard output.

Standard input begins with a line of JSON, `{"file_type", "name", "given"}`; the bytes of the form
follow. Standard output gets the report as JSON.
"""

import json
import resource
import sys
from dataclasses import asdict

from questionnaires.checking.form import check_form


def main() -> int:
    """Shut the process in by the limits of its arguments, then check standard input."""
    memory, cpu_seconds = map(int, sys.argv[1:3])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(head)
    report = check_form(data, asked["file_type"], name=asked["name"], given=asked["given"])
    sys.stdout.write(json.dumps(asdict(report)))
    return 0
