"""How often a program may ask in a minute, counted in the memory of this process.

A counter in the database would make each reading a write. The shipped server is one process;
where several run, each counts for itself.
"""

from threading import Lock

from ddplatform.infrastructure.errors import TooMany

MOST = 600
WINDOW_S = 60


class RequestRate:
    """Requests of each sender within the current minute."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._window, self._counts = 0, dict[str, int]()

    def count(self, who: str, *, at_s: float) -> None:
        """Count one request.

        Args:
            at_s: seconds since 1970.

        Raises:
            TooMany: there were `MOST` in this minute; says when the next one begins.
        """
        window = int(at_s // WINDOW_S)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            self._counts[who] = count = self._counts.get(who, 0) + 1
        if count > MOST:
            raise TooMany(int((window + 1) * WINDOW_S - at_s) + 1)
