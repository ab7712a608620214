"""Country and coordinates of a row, with the doubts they raise."""

from __future__ import annotations

from supply_chain.intake.cells import CellFault, parse_degrees, split_pair
from supply_chain.intake.countries import (
    country_code,
    country_in_address,
    country_point,
    suggest_country,
)
from supply_chain.intake.table_view import TableView

# Degrees from a country's label point: its own places lie nearer than FAR but in the largest
# countries; a swapped pair that falls within NEAR is then the likelier reading.
_FAR, _NEAR = 40.0, 15.0


def read_country(view: TableView, row: tuple[str, ...]) -> str | None:
    """Return the alpha-2 code of the row's country, from its column or else its address."""
    # Not `view.text`: "NA" is Namibia here, and dashes are no country.
    text = view.raw(row, "country")
    code = country_code(text) if text else None
    if code:
        return code
    if view.text(row, "country"):
        near = suggest_country(text)
        hint = f"Did you mean {near}? " if near else ""
        advice = f"{hint}Use the two-letter code of ISO 3166-1, for example CI."
        view.log.problem(
            view.column("country"), text, CellFault(f"The country “{text}” is not known.", advice)
        )
        return None
    return _from_address(view, row)


def _from_address(view: TableView, row: tuple[str, ...]) -> str | None:
    address = view.text(row, "address")
    code = country_in_address(address) if address else None
    if code:
        remark = CellFault(
            f"The country {code} was taken from the address.",
            "Add a country column if that is not right.",
        )
        view.log.note(view.column("address"), address, remark)
    return code


def read_point(
    view: TableView, row: tuple[str, ...], country: str | None
) -> tuple[float | None, float | None]:
    """Return latitude and longitude in degrees; both or neither."""
    texts = {name: view.text(row, name) for name in ("latitude", "longitude")}
    pair = view.text(row, "coordinates")
    if pair and not any(texts.values()):
        parts = split_pair(pair)
        if parts is None:
            fault = CellFault(
                f"“{pair}” is not a pair of coordinates.", "Write latitude, longitude in degrees."
            )
            view.log.problem(view.column("coordinates"), pair, fault)
            return None, None
        texts = dict(zip(texts, parts, strict=True))
    values = {
        name: _degrees(view, name, text, limit)
        for (name, text), limit in zip(texts.items(), (90, 180), strict=True)
    }
    return _checked(view, texts, (values["latitude"], values["longitude"]), country)


def _degrees(view: TableView, name: str, text: str | None, limit: float) -> float | None:
    if text is None:
        return None
    try:
        return parse_degrees(text, limit, name)
    except CellFault as fault:
        view.log.problem(view.column(name) or view.column("coordinates"), text, fault)
        return None


def _checked(
    view: TableView,
    texts: dict[str, str | None],
    point: tuple[float | None, float | None],
    country: str | None,
) -> tuple[float | None, float | None]:
    latitude, longitude = point
    if latitude is None or longitude is None:
        if not view.log.faulty and any(texts.values()):
            only = next(name for name, text in texts.items() if text)
            remark = CellFault(
                f"Only the {only} is given, so the node has no place on the map.",
                "Give both latitude and longitude.",
            )
            view.log.note(view.column(only), texts[only], remark)
        return None, None
    centre = country_point(country) if country else None
    if centre and _gap(centre, point) > _FAR and _gap(centre, (longitude, latitude)) < _NEAR:
        remark = CellFault(
            f"Latitude {latitude:g} and longitude {longitude:g} lie far from {country}; swapped"
            " they would lie in it.",
            "Check the two columns; the row is used as it stands.",
        )
        view.log.note(view.column("latitude"), f"{latitude:g}, {longitude:g}", remark)
    return latitude, longitude


def _gap(centre: tuple[float, float], point: tuple[float | None, float | None]) -> float:
    latitude, longitude = point[0] or 0.0, point[1] or 0.0
    turn = abs(centre[1] - longitude) % 360
    return max(abs(centre[0] - latitude), min(turn, 360 - turn))
