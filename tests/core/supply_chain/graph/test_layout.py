import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.crossings import count_crossings
from supply_chain.graph.layout import (
    MAX_BOXES,
    Box,
    LaneTitle,
    Link,
    Placed,
    View,
    ViewRefused,
    mirrored,
    place,
)

COCOA = View(
    boxes=(
        Box("maison", 0, "Maison Cacao"),
        Box("broyage", 1, "Ivoire Broyage"),
        Box("zaan", 1, "Zaan Cocoa Works"),
        Box("golfe", 2, "Golfe Négoce SA"),
        Box("volta", 2, "Volta Commodities"),
        Box("soubre", 3, "SCOOP Espoir Soubré"),
        Box("more", 3, "378 more cooperatives", group=True),
        Box("unmapped", 3, "Origin not mapped", ghost=True),
    ),
    links=(
        Link("broyage", "maison", 0.6),
        Link("zaan", "maison", 0.4),
        Link("golfe", "broyage", 1.0),
        Link("volta", "zaan", 1.0),
        Link("soubre", "golfe", 0.3),
        Link("more", "golfe", 0.5),
        Link("more", "volta"),
        Link("unmapped", "volta", 0.18, confirmed=False),
    ),
    lanes=(LaneTitle(3, "Tier 3 · Cooperatives", "382 sites"),),
)


@st.composite
def views(draw: st.DrawFn) -> View:
    count = draw(st.integers(1, 30))
    boxes = tuple(
        Box(
            f"n{i:02}",
            draw(st.integers(-1, 5)),
            f"Site {i}",
            group=draw(st.booleans()),
            rest=draw(st.booleans()),
            ghost=draw(st.booleans()),
        )
        for i in range(count)
    )
    ends = st.sampled_from([box.id for box in boxes])
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=40))
    return View(boxes, tuple(Link(a, b) for a, b in pairs))


def order_of(placed: Placed, tier: int) -> list[str]:
    lane = [box for box in placed.boxes if box.box.tier == tier]
    return [box.box.id for box in sorted(lane, key=lambda box: box.y)]


def overlaps(placed: Placed) -> list[tuple[str, str]]:
    return [
        (a.box.id, b.box.id)
        for i, a in enumerate(placed.boxes)
        for b in placed.boxes[i + 1 :]
        if a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h
    ]


@given(views(), st.randoms(use_true_random=False))
def test_same_view_in_any_order_gives_the_same_drawing(view, random):
    boxes, links = list(view.boxes), list(view.links)
    random.shuffle(boxes)
    random.shuffle(links)

    assert place(View(tuple(boxes), tuple(links))) == place(view)


@given(views())
def test_no_two_boxes_overlap_and_all_stand_inside_their_lane(view):
    placed = place(view)

    assert overlaps(placed) == []
    lanes = {lane.lane.tier: lane for lane in placed.lanes}
    for box in placed.boxes:
        lane = lanes[box.box.tier]
        assert lane.x <= box.x and box.x + box.w <= lane.x + lane.w
        assert lane.y <= box.y and box.y + box.h <= lane.y + lane.h


@given(views(), st.integers(1, 8))
def test_opening_a_group_keeps_the_order_of_all_other_boxes(view, members):
    target = view.boxes[0]
    others = {box.id for box in view.boxes if box.id != target.id}
    opened = tuple(
        Box(f"m{i}", target.tier, f"Member {i}", opened_from=target.id) for i in range(members)
    )
    spread = [
        Link(
            f"m{i % members}" if link.supplier == target.id else link.supplier,
            f"m{i % members}" if link.buyer == target.id else link.buyer,
        )
        for i, link in enumerate(view.links)
    ]
    closed_view = place(view)
    open_view = place(View((*view.boxes, *opened), tuple(spread)))

    for tier in {box.tier for box in view.boxes}:
        before = [ref for ref in order_of(closed_view, tier) if ref in others]
        after = [ref for ref in order_of(open_view, tier) if ref in others]
        assert after == before


def test_opened_boxes_stand_together_and_the_rest_of_the_group_below_them():
    boxes = (
        Box("a", 1, "A"),
        Box("g", 1, "Group", group=True),
        Box("z", 1, "Z"),
        Box("g1", 1, "One", opened_from="g"),
        Box("g2", 1, "Two", opened_from="g"),
    )

    assert order_of(place(View(boxes)), 1) == ["a", "g1", "g2", "g", "z"]


def test_highest_tier_stands_on_the_left_and_own_business_on_the_right():
    placed = place(COCOA)

    assert [lane.lane.tier for lane in placed.lanes] == [3, 2, 1, 0]
    assert [lane.x for lane in placed.lanes] == sorted(lane.x for lane in placed.lanes)
    assert placed.lanes[0].lane.title == "Tier 3 · Cooperatives"
    assert placed.lanes[2].lane.title == "Tier 1"
    assert placed.lanes[3].lane.title == "Own business"


def test_barycentre_removes_crossings_that_the_order_of_ids_would_have():
    boxes = (Box("a", 1, "A"), Box("b", 1, "B"), Box("x", 2, "X"), Box("y", 2, "Y"))
    pairs = [("x", "b"), ("y", "a")]
    tiers = {box.id: box.tier for box in boxes}
    placed = place(View(boxes, tuple(Link(*pair) for pair in pairs)))

    assert count_crossings({1: ["a", "b"], 2: ["x", "y"]}, pairs, tiers) == 1
    assert count_crossings({t: order_of(placed, t) for t in (1, 2)}, pairs, tiers) == 0


def test_ghost_stands_last_in_its_lane():
    assert order_of(place(COCOA), 3)[-1] == "unmapped"


def test_box_for_the_rest_of_a_tier_stands_below_those_shown_and_above_the_ghost():
    boxes = (
        Box("a-rest", 1, "12 more", group=True, rest=True),
        Box("b-ghost", 1, "Not mapped", ghost=True),
        Box("c", 1, "C"),
    )

    assert order_of(place(View(boxes)), 1) == ["c", "a-rest", "b-ghost"]


def test_link_runs_from_right_edge_to_left_edge_and_a_larger_share_is_wider():
    placed = place(COCOA)
    at = {box.box.id: box for box in placed.boxes}
    links = {(link.link.supplier, link.link.buyer): link for link in placed.links}
    link = links["broyage", "maison"]

    assert link.curve[0] == (at["broyage"].x + 164, at["broyage"].y + 29)
    assert link.curve[3] == (at["maison"].x, at["maison"].y + 29)
    assert link.width > links["zaan", "maison"].width > links["more", "volta"].width == 1.5


def test_link_inside_a_tier_bows_out_and_a_link_back_upstream_leaves_on_the_left():
    boxes = (Box("a", 1, "A"), Box("b", 1, "B"), Box("c", 2, "C"))
    placed = place(View(boxes, (Link("a", "b"), Link("a", "c"))))
    at = {box.box.id: box for box in placed.boxes}
    inside, back = placed.links

    assert inside.curve[0][0] == inside.curve[3][0] == at["a"].x + 164
    assert inside.curve[1][0] > inside.curve[0][0]
    assert (back.curve[0][0], back.curve[3][0]) == (at["a"].x, at["c"].x + 164)


def test_mirrored_twice_is_the_drawing_itself():
    placed = place(COCOA)
    turned = mirrored(placed)

    assert turned.lanes[0].x > turned.lanes[-1].x
    assert mirrored(turned) == placed


def test_empty_view_is_an_empty_drawing():
    placed = place(View(()))

    assert (placed.boxes, placed.links, placed.lanes) == ((), (), ())


def test_view_with_too_many_boxes_says_to_group_them():
    boxes = tuple(Box(f"n{i}", 1, "Farm") for i in range(MAX_BOXES + 1))

    with pytest.raises(ViewRefused, match=r"251 boxes, more than 250\. Put nodes of the same"):
        place(View(boxes))


def test_box_that_stands_twice_is_named():
    with pytest.raises(ViewRefused, match="Box 'a' stands twice"):
        place(View((Box("a", 1, "A"), Box("b", 1, "B"), Box("a", 2, "A"))))


def test_link_to_no_box_names_the_link_and_the_end():
    with pytest.raises(ViewRefused, match="a -> ghost names 'ghost'"):
        place(View((Box("a", 1, "A"),), (Link("a", "ghost"),)))
