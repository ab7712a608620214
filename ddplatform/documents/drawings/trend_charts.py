"""Trend charts: the years of one figure as a small drawing; pure functions, no request.

A line joins only what `Trend.runs` allows. Years without a figure are shaded, so that a gap is
visible; figures from another method than the newest one are grey. The table beside it has the
same content (`templates/risk/atlas/_parts.html`).
"""

from collections.abc import Sequence

from markupsafe import Markup

from supply_chain.reference.trends import Trend, TrendPoint

WIDTH, HEIGHT = 176, 78
_START, _END, _TOP, _FOOT = 6.0, 170.0, 20.0, 56.0


def trend_chart(trend: Trend, *, id: str, title: str) -> Markup:
    """The drawing of a series with two figures or more; `title` describes it in words."""
    drawing = _Drawing(trend)
    return Markup(
        '<svg class="line" viewBox="0 0 {} {}" width="{}" height="{}" role="img" '
        'aria-labelledby="{}"><title id="{}">{}</title>{}{}{}{}</svg>'
    ).format(
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        id,
        id,
        title,
        drawing.gaps(),
        drawing.lines(),
        drawing.dots(),
        drawing.labels(),
    )


def short(value: float) -> str:
    """A figure as it fits into a drawing: 5239471 -> "5.2m", 930958 -> "931k", 28.76 -> "28.8"."""
    size = abs(value)
    if size >= 999_500:
        return f"{value / 1e6:.1f}m"
    if size >= 10_000:
        return f"{value / 1e3:.0f}k"
    if size >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def year_spans(years: Sequence[int]) -> str:
    """Years in words, rows of them as spans: "2016 to 2020, 2022"."""
    spans: list[list[int]] = []
    for year in years:
        if spans and spans[-1][-1] == year - 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(
        f"{span[0]} to {span[-1]}" if len(span) > 1 else str(span[0]) for span in spans
    )


class _Drawing:
    def __init__(self, trend: Trend) -> None:
        self.trend = trend
        self.first, self.last = trend.points[0], trend.points[-1]
        values = [point.value for point in trend.points]
        self.low, self.high = min(values), max(values)

    def x(self, year: float) -> float:
        years = max(1, self.last.year - self.first.year)
        return _START + (_END - _START) * (year - self.first.year) / years

    def y(self, point: TrendPoint) -> float:
        """From the lowest figure to the highest; where all are equal, in the middle."""
        if self.high == self.low:
            return (_TOP + _FOOT) / 2
        return _FOOT - (_FOOT - _TOP) * (point.value - self.low) / (self.high - self.low)

    def gaps(self) -> Markup:
        """Shades between two neighbours of which the later is not the next year."""
        out = Markup("")
        if not self.trend.is_yearly:
            return out
        for before, after in zip(self.trend.points, self.trend.points[1:], strict=False):
            if after.year > before.year + 1:
                start, end = self.x(before.year + 0.5), self.x(after.year - 0.5)
                out += Markup(
                    '<rect class="f-sunken" x="{}" y="{}" width="{}" height="{}"/>'
                ).format(f"{start:.1f}", _TOP - 6, f"{end - start:.1f}", _FOOT - _TOP + 12)
        return out

    def lines(self) -> Markup:
        """One path a run of two figures or more."""
        out = Markup("")
        for run in self.trend.runs:
            if len(run) > 1:
                way = "L".join(f"{self.x(point.year):.1f},{self.y(point):.1f}" for point in run)
                out += Markup('<path class="s1" d="M{}"/>').format(way)
        return out

    def dots(self) -> Markup:
        """A dot for each figure that no line joins, and for the newest."""
        alone = {run[0].year for run in self.trend.runs if len(run) == 1} | {self.last.year}
        return Markup("").join(
            Markup('<circle class="{}" cx="{}" cy="{}" r="3.2"/>').format(
                "f-accent" if point.method == self.last.method else "f-ctl",
                f"{self.x(point.year):.1f}",
                f"{self.y(point):.1f}",
            )
            for point in self.trend.points
            if point.year in alone
        )

    def labels(self) -> Markup:
        """First and newest year below, their figures above."""
        out = Markup("")
        for point, anchor in ((self.first, "start"), (self.last, "end")):
            x = 0 if anchor == "start" else WIDTH
            for y, css, text in (
                (HEIGHT - 4, "", str(point.year)),
                (11, "lab", short(point.value)),
            ):
                out += Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
                    css, x, y, anchor, text
                )
        return out
