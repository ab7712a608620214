"""Third-party front-end files: what is copied, what is made, what is refused."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from ddplatform.infrastructure.assets import world_outline
from ddplatform.infrastructure.assets.commands import SOURCES, assets
from ddplatform.infrastructure.assets.files import (
    FONT_FILES,
    PAPER_FONTS,
    MissingAssetError,
    build_assets,
    icon_names,
    load_outline,
    vendor_files,
)
from ddplatform.infrastructure.assets.world_outline import HEIGHT, WIDTH, country_paths, project

PACKAGES = {
    "@tabler/icons": "3.52.0",
    "@fontsource-variable/inter": "5.3.0",
    "@fontsource/noto-sans-arabic": "5.3.0",
    "@fontsource/noto-sans-sc": "5.3.0",
    "world-atlas": "2.0.2",
}
# One square in the west, one ring over the date line, and what is never drawn.
TOPOLOGY = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "arcs": [
        [[-10, 0], [10, 0], [0, 10], [-10, 0], [0, -10]],
        [[170, 0], [9, 0], [0, 5]],
        [[-179, 5], [0, -5]],
        [[170, 0], [0, 5], [9, 0]],
        [[0, -80], [5, 0], [0, 5]],
    ],
    "objects": {
        "countries": {
            "geometries": [
                {"type": "Polygon", "id": "384", "properties": {"name": "A"}, "arcs": [[0]]},
                {
                    "type": "MultiPolygon",
                    "id": "242",
                    "properties": {"name": "B"},
                    "arcs": [[[1, 2, -4]]],
                },
                {"type": "Polygon", "properties": {"name": "Kosovo"}, "arcs": [[0]]},
                {
                    "type": "Polygon",
                    "id": "010",
                    "properties": {"name": "Antarctica"},
                    "arcs": [[4]],
                },
            ]
        }
    },
}
ICON = '<svg width="24"><path stroke="none" d="M0 0h24v24H0z" fill="none"/>\n  <path d="M{n} 1"/></svg>'


def _packages(root: Path, icons: tuple[str, ...]) -> Path:
    for name, version in PACKAGES.items():
        (root / name).mkdir(parents=True)
        (root / name / "package.json").write_text(json.dumps({"version": version}))
        (root / name / "LICENSE").write_text(f"Licence of {name}")
    for font in FONT_FILES:
        file = root / font.package / "files" / font.file
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"wOF2")
    for package, name in PAPER_FONTS.values():
        file = root / package / "files" / name
        file.parent.mkdir(exist_ok=True)
        _small_font(file)
    outline = root / "@tabler/icons" / "icons" / "outline"
    outline.mkdir(parents=True)
    for number, icon in enumerate((*icons, "never-used")):
        (outline / f"{icon}.svg").write_text(ICON.format(n=number))
    (root / "world-atlas" / "countries-110m.json").write_text(json.dumps(TOPOLOGY))
    return root


def _small_font(file: Path) -> None:
    """A font of one letter, packed as for the web."""
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({65: "A"})
    builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in (".notdef", "A")})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "A": (500, 0)})
    builder.setupHorizontalHeader()
    builder.setupPost()
    builder.font.flavor = "woff2"
    builder.save(file)


def _sprite_ids(static: Path) -> list[str]:
    return re.findall(r'<symbol id="([^"]+)"', (static / "vendor" / "icons.svg").read_text())


def test_the_sprite_holds_exactly_the_icons_the_pages_use(tmp_path: Path) -> None:
    used = icon_names(SOURCES)
    assert {"lock", "menu-2", "circle-check", "layout-dashboard", "language"} <= set(used)
    build_assets(_packages(tmp_path / "n", used), tmp_path / "s", SOURCES)
    assert _sprite_ids(tmp_path / "s") == list(used)


def test_icon_names_are_found_in_calls_keywords_and_mappings(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ icon('lock') }} {{ icon( \"map\", title='Map') }}")
    (tmp_path / "b.html").write_text("{{ tabs([{'label': 'x', 'icon': 'table'}]) }}")
    (tmp_path / "c.py").write_text(
        'Item(label="Risks", icon="alert-triangle", href="icon(x)")\nEntry("Reports", "report", 1)'
    )
    (tmp_path / "d.txt").write_text("icon('no-page')")
    assert icon_names([tmp_path]) == ("alert-triangle", "lock", "map", "report", "table")


def test_files_stand_beside_their_licence_under_name_and_version(tmp_path: Path) -> None:
    written = build_assets(_packages(tmp_path / "n", ()), tmp_path / "s")
    vendor = tmp_path / "s" / "vendor"
    assert all(file.is_file() for file in written)
    assert (vendor / "tabler-icons@3.52.0" / "LICENSE").read_text() == "Licence of @tabler/icons"
    inter = vendor / "fontsource-variable-inter@5.3.0"
    assert {file.name for file in inter.iterdir()} == {
        "LICENSE",
        "inter-latin-wght-normal.woff2",
        "inter-latin-ext-wght-normal.woff2",
    }


def test_font_faces_point_to_the_copied_files(tmp_path: Path) -> None:
    build_assets(_packages(tmp_path / "n", ()), tmp_path / "s")
    vendor = tmp_path / "s" / "vendor"
    addresses = re.findall(r'url\("([^"]+)"\)', (vendor / "fonts.css").read_text())
    assert len(addresses) == len(FONT_FILES)
    assert all((vendor / address).is_file() for address in addresses)


def test_fonts_of_paper_are_unpacked_to_what_a_pdf_can_hold(tmp_path: Path) -> None:
    build_assets(_packages(tmp_path / "n", ()), tmp_path / "s")
    paper = tmp_path / "s" / "vendor" / "paper"
    assert {file.name for file in paper.iterdir()} == set(PAPER_FONTS)
    for file in paper.iterdir():
        assert file.read_bytes()[:4] == b"\0\1\0\0"
        assert TTFont(file).getBestCmap() == {65: "A"}


def test_a_second_build_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    packages = _packages(tmp_path / "n", ())
    build_assets(packages, tmp_path / "s")
    old = tmp_path / "s" / "vendor" / "tabler-icons@1.0.0"
    old.mkdir()
    build_assets(packages, tmp_path / "s")
    assert not old.exists()


def test_all_that_is_missing_is_named_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "page.html").write_text("{{ icon('lokc') }}")
    packages = _packages(tmp_path / "n", ("lock",))
    (packages / "world-atlas" / "package.json").unlink()
    (packages / FONT_FILES[0].package / "files" / FONT_FILES[0].file).unlink()
    with pytest.raises(MissingAssetError) as refusal:
        build_assets(packages, tmp_path / "s", [tmp_path / "t"])
    text = str(refusal.value)
    assert "package world-atlas" in text
    assert FONT_FILES[0].file in text
    assert 'icon "lokc"' in text
    assert "npm ci --ignore-scripts" in text
    assert not (tmp_path / "s").exists()


def test_an_icon_file_without_a_drawing_is_refused_by_name(tmp_path: Path) -> None:
    packages = _packages(tmp_path / "n", ("lock",))
    (packages / "@tabler/icons/icons/outline/lock.svg").write_text("gone")
    (tmp_path / "page.html").write_text("{{ icon('lock') }}")
    with pytest.raises(MissingAssetError, match='Icon "lock"'):
        build_assets(packages, tmp_path / "s", [tmp_path])


def test_the_command_builds_or_says_in_one_message_what_is_missing(tmp_path: Path) -> None:
    packages = _packages(tmp_path / "n", icon_names(SOURCES))
    arguments = ["build", "--node-modules", str(packages), "--static", str(tmp_path / "s")]
    good = CliRunner().invoke(assets, arguments)
    assert good.exit_code == 0
    assert "files written" in good.output
    (packages / "@tabler/icons/package.json").unlink()
    bad = CliRunner().invoke(assets, arguments)
    assert bad.exit_code == 1
    assert "package @tabler/icons" in bad.output


def test_pages_can_tell_which_files_were_built(tmp_path: Path) -> None:
    assert vendor_files(tmp_path / "s") == frozenset()
    assert load_outline(tmp_path / "none") == {}
    build_assets(_packages(tmp_path / "n", ()), tmp_path / "s")
    assert vendor_files(tmp_path / "s") == {"icons.svg", "fonts.css", "land.svg", "countries.json"}
    assert set(load_outline(tmp_path / "s")) == {"384", "242", "Kosovo"}


def test_the_land_is_one_shape_to_refer_to(tmp_path: Path) -> None:
    build_assets(_packages(tmp_path / "n", ()), tmp_path / "s")
    land = (tmp_path / "s" / "vendor" / "land.svg").read_text()
    assert land.count("<path") == 1
    assert 'id="land"' in land


def test_the_middle_of_the_world_and_its_directions_are_where_a_reader_expects_them() -> None:
    x, y = project(0, 0)
    assert (x, y) == pytest.approx((308, 200))
    assert project(10, 0)[0] > x
    assert project(0, 10)[1] < y
    for longitude, latitude in ((-125, 50), (-70, -40), (150, -35), (140, 70)):
        east, south = project(longitude, latitude)
        assert 0 <= east <= WIDTH
        assert 0 <= south <= HEIGHT


def test_a_ring_over_the_date_line_does_not_smear_across_the_map() -> None:
    places = corners(country_paths(TOPOLOGY)["242"])
    across = [x for x, _ in places]
    assert len(places) > 2
    assert max(across) - min(across) < 40


def test_a_path_of_steps_comes_by_every_corner() -> None:
    places = [(0.04, 1.0), (0.5, 0.5), (12.34, 0.5), (12.31, 0.5), (-1.0, 7.95), (0.0, 1.0)]

    found = corners(world_outline._path(places))

    expected = [(0.0, 1.0), (0.5, 0.5), (12.3, 0.5), (-1.0, 8.0), (0.0, 1.0)]
    assert found == [pytest.approx(one) for one in expected]
    assert world_outline._path([(1.01, 1.0), (1.02, 1.0)]) == ""


def corners(path: str) -> list[tuple[float, float]]:
    """The places that a path of one or more rings goes by."""
    found = []
    for ring in re.findall(r"M([^l]*)l([^z]*)z", path):
        (x, y), steps = (
            [float(number) for number in re.findall(r"-?[\d.]+", part)] for part in ring
        )
        found.append((x, y))
        for across, down in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + across, y + down
            found.append((x, y))
    return found


def test_antarctica_is_left_out() -> None:
    assert "010" not in country_paths(TOPOLOGY)
