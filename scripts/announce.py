"""Start announcement: the address and sign-in instructions, once the web process answers."""

import argparse
import http.client
import json
import os
import sys
import time
from pathlib import Path

WAIT_SECONDS = 120


def is_ready(port: int) -> bool:
    """Whether GET /healthz answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_alive(pid: int) -> bool:
    """Whether the process still runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_ready(port: int, pid: int) -> bool:
    """Ask until the web process answers; False if it ends first or takes too long."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        # Alive is asked after ready: another program may hold the port and answer for us.
        if is_ready(port) and is_alive(pid):
            return True
        if not is_alive(pid):
            return False
        time.sleep(0.2)
    return False


def sign_in_lines(file: Path) -> list[str]:
    """The sample sign-ins as lines of a table; none where no sample data was loaded."""
    if not file.exists():
        return []
    rows = json.loads(file.read_text(encoding="utf-8"))
    lines = ["", "Sample sign-ins (sample data only):"]
    lines += [f"  {row['role']:<24} {row['email']:<40} {row['password']}" for row in rows]
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pid", type=int, required=True, help="the web process")
    given = parser.parse_args()
    if not wait_until_ready(given.port, given.pid):
        sys.stderr.write(
            f"The platform does not answer at http://127.0.0.1:{given.port}/healthz. If another "
            "program holds the port, choose another: PORT=8001 make run\n"
        )
        return 1
    instance = Path(os.environ.get("INSTANCE_PATH") or "instance")
    lines = [
        "",
        f"Ready: http://127.0.0.1:{given.port}",
        *sign_in_lines(instance / "demo_sign_ins.json"),
        "",
        "Stop with Ctrl-C.",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
