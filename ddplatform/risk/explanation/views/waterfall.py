"""Score as a waterfall: printed lines that add up, and the position of each bar on the axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from ddplatform.languages import gettext as _

LEAST_LINE = 0.5  # points; smaller lines of the place are one row
NAMED = 3  # folded lines that are named
SPAN = 50  # points that the axis shows at least
TENS = 10
THINNEST = 0.35  # % of the axis: a bar that is there is seen


@dataclass(frozen=True)
class Line:
    """One line of a score."""

    part: str  # key of its group
    title: str
    source: str
    points: float
    href: str | None = None
    is_free: bool = False  # of the place: may take what rounding leaves over
    is_named: bool = False  # its title is somebody's own words
    is_sum: bool = False  # no points of its own: the total so far
    notes: tuple[str, ...] = ()  # more of what stands behind it
    within: str = ""  # its title within a sentence, where that differs by more than the capital


@dataclass(frozen=True)
class Row:
    """A line as it is drawn; positions in % of the axis."""

    line: Line
    printed: str  # with its sign
    before: float
    after: float
    left: float
    width: float
    css: str  # bs the base, up, dn; empty where there is no bar
    is_zero: bool
    is_cut: bool  # the axis begins above 0: the bar goes on to its left


@dataclass(frozen=True)
class Waterfall:
    """All rows by part, the axis, and the lines that were folded into one."""

    parts: tuple[tuple[str, tuple[Row, ...]], ...]
    ticks: tuple[tuple[float, int], ...]  # (position, points)
    start: int
    end: int
    total: str  # as printed
    range_: tuple[float, float]  # positions of its ends
    mark: float  # position of the total
    folded: tuple[Row, ...]


def printed_tenths(values: Sequence[float], total: float, free: Sequence[int]) -> list[int]:
    """Values in tenths of a point, rounded, that add up to the rounded total where they can.

    Args:
        free: positions of values that may move by a tenth, those with the largest error first.
    """
    tenths = [_tenths(value) for value in values]
    missing = _tenths(total) - sum(tenths)
    step = 1 if missing > 0 else -1
    by_error = sorted(free, key=lambda at: (-(values[at] * 10 - tenths[at]) * step, at))
    for at in by_error[: abs(missing)]:
        tenths[at] += step
    return tenths


def _tenths(value: float) -> int:
    """Rounded to tenths, halves away from zero."""
    return floor(abs(value) * 10 + 0.5) * (1 if value >= 0 else -1)


def fold(lines: Sequence[Line], title: str) -> tuple[list[Line], list[Line]]:
    """Small lines of the place as one line with their sum, where there are two or more of them."""
    small = [line for line in lines if line.is_free and abs(line.points) < LEAST_LINE]
    if len(small) < 2:
        return list(lines), []
    names = ", ".join(line.title[:1].lower() + line.title[1:] for line in small[:NAMED])
    source, total = names[:1].upper() + names[1:], sum(line.points for line in small)
    if len(small) > NAMED:
        source = _("%(names)s and %(num)s more", names=source, num=len(small) - NAMED)
    one = Line(small[0].part, title, source, total, "#tiny", is_free=True)
    end = 1 + max(at for at, line in enumerate(lines) if line.part == one.part)
    return [*(line for line in lines[:end] if line not in small), one, *lines[end:]], small


def draw(lines: Sequence[Line], total: float, low: float, high: float, folded: str) -> Waterfall:
    """Lines as rows of a waterfall.

    Args:
        total: what the lines add up to, the residual index.
        low, high: its range.
        folded: what the row of small lines is called.
    """
    shown, small = fold(lines, folded)
    free = [at for at, line in enumerate(shown) if line.is_free]
    tenths = printed_tenths([line.points for line in shown], total, free)
    if rest := _tenths(total) - sum(tenths):
        source = _("Each line is printed with one decimal")
        shown.append(Line(shown[-1].part, _("Rounding"), source, 0.0))
        tenths.append(rest)
    totals = [0.0]
    for line in shown:
        totals.append(totals[-1] + line.points)
    start, end = axis(totals[1:], low, high)
    scale = _Scale(start, end)
    rows = [
        _row(line, tenth, totals[at], scale, is_first=at == 0, so_far=sum(tenths[: at + 1]))
        for at, (line, tenth) in enumerate(zip(shown, tenths, strict=True))
    ]
    return Waterfall(
        parts=_by_part(rows),
        ticks=tuple((scale.at(tick), tick) for tick in range(start, end + 1, TENS)),
        start=start,
        end=end,
        total=f"{sum(tenths) / 10:.1f}",
        range_=(scale.at(low), scale.at(high)),
        mark=scale.at(total),
        folded=tuple(_row(line, _tenths(line.points), 0.0, scale) for line in small),
    )


def axis(totals: Sequence[float], low: float, high: float) -> tuple[int, int]:
    """Tens within 0 to 100 that hold all totals and the range, 50 points at least."""
    start = floor((min([*totals, low]) - 1) / TENS) * TENS
    end = max(start + SPAN, ceil((max([*totals, high]) + 1) / TENS) * TENS)
    return max(0, min(start, 100 - SPAN)), min(100, end)


@dataclass(frozen=True)
class _Scale:
    start: int
    end: int

    def at(self, points: float) -> float:
        """Position of some points, %; outside the axis at its end."""
        inside = min(max(points, self.start), self.end)
        return round((inside - self.start) / (self.end - self.start) * 100, 2)


def _row(
    line: Line, tenth: int, before: float, scale: _Scale, *, is_first: bool = False, so_far: int = 0
) -> Row:
    after = before + line.points
    left, right = sorted((scale.at(before), scale.at(after)))
    if line.is_sum:
        css, text = "", f"{so_far / 10:.1f}"
    elif is_first:
        css, left, text = "bs", 0.0, f"{tenth / 10:.1f}"
        right = scale.at(after)
    else:
        css = "" if not tenth else "up" if tenth > 0 else "dn"
        text = signed(tenth)
    return Row(
        line=line,
        printed=text,
        before=scale.at(before),
        after=scale.at(after),
        left=left,
        width=round(max(right - left, THINNEST), 2),
        css=css,
        is_zero=not tenth and not line.is_sum,
        is_cut=is_first and scale.start > 0,
    )


def signed(tenths: int) -> str:
    """Tenths of a point with their sign: "+9.0", "−19.5", "0.0"."""
    sign = "+" if tenths > 0 else "−" if tenths < 0 else ""
    return f"{sign}{abs(tenths) / 10:.1f}"


def _by_part(rows: Sequence[Row]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    keys = dict.fromkeys(row.line.part for row in rows)
    return tuple((key, tuple(row for row in rows if row.line.part == key)) for key in keys)
