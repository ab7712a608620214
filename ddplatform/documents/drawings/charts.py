"""Small SVG charts: pure functions, no request; sizes are SVG attributes, for the CSP."""

from collections.abc import Sequence
from typing import TypedDict

from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 480, 178
_PLOT_START, _PLOT_END, _PLOT_TOP, _PLOT_FOOT = 38.0, 372.0, 22.0, 148.0
_STEPS = 4
_NEAREST_LABELS = 14.0
_LETTER_WIDTH = 6.4


class Series(TypedDict):
    """One line of a chart: its label and one value a column; None is a gap, never a zero."""

    label: str
    values: Sequence[float | None]


def stacked_bar(parts: Sequence[tuple[str, float]], height: int = 18) -> Markup:
    """One bar of shares. `parts`: pairs of a fill class ("f-accent") and a value >= 0.

    The drawing is decoration: the text beside it must say the same.
    """
    total = sum(value for _, value in parts)
    # By hand, since a table has one in each cell: all but the class is ours.
    start, rects = 0.0, ['<rect class="f-sunken" width="100%" height="100%"/>']
    for css, value in parts:
        if not value:
            continue
        width = 100 * value / total
        place = f'x="{start:.2f}%" y="0" width="{max(width - 0.35, 0.35):.2f}%"'
        rects.append(f'<rect class="{escape(css)}" {place} height="100%"/>')
        start += width
    return Markup(
        f'<svg class="bars" aria-hidden="true" focusable="false" height="{height:d}" '
        f'preserveAspectRatio="none">{"".join(rects)}</svg>'
    )


def line_chart(
    series: Sequence[Series], *, id: str, title: str, labels: Sequence[str], unit: str = ""
) -> Markup:
    """Lines over the columns `labels`, each named at its end. `title` describes the chart in words.

    Raises ValueError when a series has not one value a label.
    """
    for one in series:
        if len(one["values"]) != len(labels):
            raise ValueError(
                f'Series "{one["label"]}" has {len(one["values"])} values for {len(labels)} '
                "columns; give one value a column, None where it is not known."
            )
    top = _ceiling([value for one in series for value in one["values"] if value is not None])
    xs = [_x(index, len(labels)) for index in range(len(labels))]
    marks = [_lines(one["values"], xs, top, css=f"s{n % 3 + 1}") for n, one in enumerate(series)]
    return Markup(
        '<svg class="line" viewBox="0 0 {} {}" role="img" aria-labelledby="{}">'
        '<title id="{}">{}</title>{}{}{}{}</svg>'
    ).format(
        _WIDTH,
        _HEIGHT,
        id,
        id,
        title,
        _scale(top, unit),
        _columns(labels, xs),
        Markup("").join(marks),
        _names(series, top),
    )


def _ceiling(values: Sequence[float]) -> float:
    """A round figure at or above the largest value."""
    largest = max(values, default=0.0)
    size = 1.0
    while size * 10 < largest:
        size *= 10
    return next(size * step for step in (1, 2, 4, 5, 8, 10) if size * step >= largest)


def _x(index: int, count: int) -> float:
    return _PLOT_START + (_PLOT_END - _PLOT_START) * (index + 0.5) / count


def _y(value: float, top: float) -> float:
    return _PLOT_FOOT - (_PLOT_FOOT - _PLOT_TOP) * value / top


def _lines(values: Sequence[float | None], xs: Sequence[float], top: float, *, css: str) -> Markup:
    path, drawing = "", False
    for x, value in zip(xs, values, strict=True):
        if value is None:
            drawing = False
            continue
        point = f"{x:.1f},{_y(value, top):.1f}"
        # A line of no length has round ends: a value between two gaps shows as a dot.
        path += f"L{point}" if drawing else f"M{point}h0"
        drawing = True
    return Markup('<path class="{}" stroke-linecap="round" d="{}"/>').format(css, path)


def _scale(top: float, unit: str) -> Markup:
    out = Markup("")
    for step in range(_STEPS + 1):
        value = top * step / _STEPS
        y = _y(value, top)
        out += Markup(
            '<path class="grid-l" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>'
        ).format(
            _PLOT_START, f"{y:.1f}", _PLOT_END, _PLOT_START - 6, f"{y + 4:.1f}", f"{value:,.4g}"
        )
    if unit:
        out += Markup('<text x="0" y="10">{}</text>').format(unit)
    return out


def _columns(labels: Sequence[str], xs: Sequence[float]) -> Markup:
    """The label of each column, or of the last and of as many before it as do not overlap."""
    out, free_to = Markup(""), float("inf")
    for x, label in zip(reversed(xs), reversed(labels), strict=True):
        half = len(label) * _LETTER_WIDTH / 2
        if x + half > free_to:
            continue
        free_to = x - half - _LETTER_WIDTH
        out += Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
            f"{x:.1f}", _HEIGHT - 8, label
        )
    return out


def _names(series: Sequence[Series], top: float) -> Markup:
    """The name of each line at the height of its last known value, pushed apart to stay legible."""
    ends = []
    for one in series:
        known = [value for value in one["values"] if value is not None]
        if known:
            ends.append((_y(known[-1], top), one["label"]))
    out, previous = Markup(""), -_NEAREST_LABELS
    for y, label in sorted(ends):
        previous = max(y, previous + _NEAREST_LABELS)
        out += Markup('<text class="lab" x="{}" y="{}">{}</text>').format(
            _PLOT_END + 8, f"{previous + 4:.1f}", escape(label)
        )
    return out
