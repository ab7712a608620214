"""How often somebody may ask in a minute, counted in the memory of this process.

A counter in the database would make each reading a write. The shipped server is one process;
where several run, each counts for itself.
"""

from threading import Lock

MOST = 600
"""Requests of a program."""
WINDOW_S = 60


class RequestRate:
    """Requests of each sender within the current minute."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._lock = Lock()
        self._window, self._counts = 0, dict[str, int]()

    @property
    def most(self) -> int:
        """Requests in a minute that are answered."""
        return MOST if self._most is None else self._most

    def seconds_to_wait(self, who: str, *, at_s: float) -> int:
        """Count one request; the seconds until the next minute where it is one too many, else 0.

        Args:
            at_s: seconds since 1970.
        """
        window = int(at_s // WINDOW_S)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            self._counts[who] = count = self._counts.get(who, 0) + 1
        return int((window + 1) * WINDOW_S - at_s) + 1 if count > self.most else 0
