"""The value chain and the world as SVG."""

import re
from xml.etree import ElementTree

import pytest

from ddplatform.value_chain.drawings.chain import BoxDetail, value_chain_svg
from ddplatform.value_chain.drawings.shades import BAND_SHADES
from ddplatform.value_chain.drawings.world import Bubble, world_map_svg
from supply_chain.graph.layout import Box, LaneTitle, Link, Placed, View, place
from supply_chain.vocabulary import RiskBand

BOXES = (
    Box("farms", 2, "Nawa", "Côte d’Ivoire · 1,146 farms", RiskBand.CRITICAL, group=True),
    Box("ghost", 2, "Origin not mapped", "18% of cocoa volume", ghost=True),
    Box("coop", 1, "SCOOP Espoir & Fils de Soubré", "Soubré", RiskBand.HIGH),
    Box("own", 0, "Maison Cacao", "Lyon", RiskBand.LOW),
)
LINKS = (
    Link("farms", "coop", 0.8),
    Link("ghost", "coop", 0.18, confirmed=False),
    Link("coop", "own", 1.0),
)
DETAILS = {
    "farms": BoxDetail(
        "/n/farms", mix=(2, 3, 0, 1, 4), more="Open 1,146 farms", more_href="?open=1"
    ),
    "ghost": BoxDetail("/n/ghost", state="ask traders"),
    "coop": BoxDetail("/n/coop", state="no reply", overdue=2),
    "own": BoxDetail("/n/own"),
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def placed() -> Placed:
    return place(View(BOXES, LINKS, (LaneTitle(2, "Tier 2 · Farms", "6,189 farms"),)))


def _tree(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(
        str(drawing).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )


def _chain(placed: Placed, **more: object) -> str:
    return value_chain_svg(placed, details=DETAILS, label="Cocoa, three tiers", **more)  # type: ignore[arg-type]


def test_every_box_is_a_link_named_with_its_place_risk_and_overdue_actions(placed: Placed) -> None:
    links = {
        a.get("href"): a.findtext(f"{SVG}title") for a in _tree(_chain(placed)).iter(f"{SVG}a")
    }
    assert links["/n/coop"] == (
        "SCOOP Espoir & Fils de Soubré, Soubré, risk: High, no reply, 2 actions overdue"
    )
    assert {"/n/farms", "/n/ghost", "/n/own"} <= set(links)


def test_a_group_is_a_pile_with_its_mix_and_a_link_that_opens_it(placed: Placed) -> None:
    drawing = _chain(placed)
    group = drawing[drawing.index('href="/n/farms"') :]
    group = group[: group.index("</g>")]
    assert group.count('class="box"') == 3
    assert [css for css in ("critical", "high", "low", "none") if f'class="f-{css}"' in group] == [
        "critical",
        "high",
        "low",
        "none",
    ]
    assert 'class="f-medium"' not in group
    assert '<a class="more" href="?open=1"><title>Open 1,146 farms, Nawa</title>' in group


def test_the_mix_of_a_group_fills_the_width_in_the_right_shares(placed: Placed) -> None:
    drawing = _chain(placed)
    widths = [float(w) for w in re.findall(r'width="([\d.]+)" height="7"', drawing)]
    critical, high = widths[0], widths[1]
    assert (high + 1) / (critical + 1) == pytest.approx(3 / 2, rel=0.01)


def test_unknown_origin_is_drawn_dashed_and_hatched_with_its_share(placed: Placed) -> None:
    drawing = _chain(placed)
    assert 'class="n ghost"' in drawing
    assert "18% of cocoa volume" in drawing
    assert 'class="e q"' in drawing
    assert 'fill="url(#hatch)"' in drawing
    assert "Not assessed" in drawing


def test_the_selection_and_its_path_stand_out_and_the_path_is_drawn_last(placed: Placed) -> None:
    drawing = _chain(placed, selected="coop", path={("farms", "coop")})
    assert '<g class="n sel"><a href="/n/coop" aria-current="true">' in drawing
    assert drawing.count('class="e on"') == 1
    assert drawing.rindex('class="e') == drawing.index('class="e on"')


def test_a_long_name_is_cut_on_the_box_but_whole_in_its_name(placed: Placed) -> None:
    drawing = _chain(placed)
    assert ">SCOOP Espoir &amp; Fils…<" in drawing
    assert "SCOOP Espoir &amp; Fils de Soubré, Soubré" in drawing


def test_a_right_to_left_drawing_runs_the_other_way_with_text_anchored_anew(placed: Placed) -> None:
    def own_box_x(drawing: str) -> float:
        own = drawing[drawing.index('href="/n/own"') :]
        found = re.search(r'class="box" x="([\d.]+)"', own)
        assert found is not None
        return float(found[1])

    ltr, rtl = _chain(placed), _chain(placed, rtl=True)
    assert own_box_x(ltr) > own_box_x(rtl)
    assert own_box_x(ltr) + own_box_x(rtl) + 164 == pytest.approx(placed.width)
    assert re.search(r'class="t" x="[\d.]+" y="[\d.]+" text-anchor="end">Maison Cacao', rtl)
    assert re.search(r'class="t" x="[\d.]+" y="[\d.]+">Maison Cacao', ltr)


def test_names_with_markup_cannot_leave_their_place() -> None:
    view = View((Box("x", 0, "<b>Bad</b>", '"><i>', RiskBand.LOW),))
    drawing = value_chain_svg(place(view), details={"x": BoxDetail('/"><script>')}, label='"<u>')
    tags = {element.tag.removeprefix(SVG) for element in _tree(drawing).iter()}
    assert tags <= {"svg", "defs", "pattern", "path", "rect", "text", "g", "a", "title"}


@pytest.mark.parametrize("part", ["title", "sub", "state", "more", "more_href", "href", "lane"])
def test_markup_in_any_word_of_a_group_or_lane_stays_words(part: str) -> None:
    bad = '"><script>&'
    words = dict.fromkeys(("title", "sub", "state", "more", "more_href", "href", "lane"), "Farms")
    words[part] = bad
    box = Box("x", 0, words["title"], words["sub"], group=True)
    detail = BoxDetail(
        words["href"], words["state"], more=words["more"], more_href=words["more_href"]
    )
    placed = place(View((box,), (), (LaneTitle(0, words["lane"]),)))
    drawing = value_chain_svg(placed, details={"x": detail}, label="One group")
    found = _tree(drawing).iter()
    told = [text for one in found for text in (one.text, *one.attrib.values()) if text]
    assert any(bad in text for text in told)
    assert "<script" not in drawing


def test_drawings_hold_no_style_and_no_script(placed: Placed) -> None:
    drawing = _chain(placed) + _world()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script|<style", drawing)


def test_a_box_without_its_detail_is_refused_by_its_id(placed: Placed) -> None:
    with pytest.raises(KeyError, match="own"):
        value_chain_svg(placed, details={k: DETAILS[k] for k in DETAILS if k != "own"}, label="x")


CRITICAL, HIGH, _, LOW, NOT_ASSESSED = BAND_SHADES
BUBBLES = (
    Bubble(-5.6, 7.5, 4118, CRITICAL, "Côte d’Ivoire", "/c/CI", events=2),
    Bubble(-1.0, 7.7, 2071, HIGH, "Ghana", "/c/GH"),
    Bubble(14.4, 35.9, 3, NOT_ASSESSED, "Malta"),
)
OUTLINE = {"384": "M1,1L2,2Z", "120": "M3,3L4,4Z"}


def _world(land: str | None = "/land.svg") -> str:
    return world_map_svg(
        {"CI": CRITICAL, "CMR": NOT_ASSESSED, "MT": NOT_ASSESSED},
        BUBBLES,
        outline=OUTLINE,
        land_href=land,
    )


def test_hit_countries_take_the_colour_of_their_shade_and_unassessed_ones_are_hatched() -> None:
    drawing = _world()
    assert '<path class="hit f-critical" d="M1,1L2,2Z"/>' in drawing
    assert '<path class="hit f-none" d="M3,3L4,4Z"/><path fill="url(#map-hatch)"' in drawing


def test_a_country_too_small_for_the_outline_keeps_its_bubble() -> None:
    drawing = _world()
    assert drawing.count('class="hit') == 2
    assert "<title>Malta: 3, Not assessed</title>" in drawing


def test_land_comes_from_the_cached_file_and_may_be_missing() -> None:
    assert '<use class="land" href="/land.svg#land"/>' in _world()
    assert "<use" not in _world(land=None)


def test_bubbles_are_links_with_counts_and_do_not_hide_each_other() -> None:
    drawing = _world()
    circles = [
        tuple(map(float, found))
        for found in re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', drawing)
    ]
    (x1, y1, r1), (x2, y2, r2) = circles[:2]
    assert ((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5 >= r1 + r2 - 0.2
    assert '<a href="/c/CI"><title>Côte d’Ivoire: 4,118, Critical, 2 sites in ' in drawing
    assert ">4.1k</text>" in drawing


def test_a_bubble_speaks_by_letter_and_hatching_too_and_a_place_in_an_event_has_a_mark() -> None:
    drawing = _world()
    letters = re.findall(r'class="cnt let x-(\w+)"[^>]*>([^<]*)<', drawing)
    assert letters == [("critical", "C"), ("high", "H"), ("none", "?")]
    assert drawing.count('<circle fill="url(#map-hatch)"') == 1
    assert drawing.count('class="ev"') == 1


def test_a_bubble_may_be_as_large_as_a_share_with_the_share_in_it() -> None:
    shares = [Bubble(n * 40, 0, 1, LOW, f"P{n}", size=n / 4, text=f"{n * 25} %") for n in range(5)]
    drawing = world_map_svg({}, shares, outline={}, land_href=None)
    radii = [float(r) for r in re.findall(r'class="bub[^>]* r="([\d.]+)"', drawing)]
    assert radii == sorted(radii, reverse=True)
    areas = [(radius - radii[-1]) ** 2 for radius in radii]
    assert areas[0] == pytest.approx(4 * areas[3], rel=0.01)
    assert ">75 %</text>" in drawing


def test_names_on_the_map_never_overlap_and_are_left_out_where_there_is_no_room() -> None:
    crowd = [Bubble(0, 0, 10, LOW, f"A place with a long name {n}") for n in range(8)]
    drawing = world_map_svg({}, crowd, outline={}, land_href=None)
    shown = re.findall(r'text-anchor="\w+">A place', drawing)
    assert 1 <= len(shown) < 8
    assert drawing.count("<title>A place") == 8


def test_a_map_without_links_is_one_picture_with_a_name() -> None:
    drawing = world_map_svg({}, [], outline={}, land_href=None, title="No sites yet", id="m")
    assert 'role="img" aria-labelledby="m"><title id="m">No sites yet</title>' in drawing
