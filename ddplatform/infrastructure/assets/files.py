"""Third-party front-end files: copied from npm packages into `static/vendor/`, never committed.

Icons (Tabler, MIT), fonts (Inter, Noto Sans Arabic and Noto Sans SC, OFL) and the outline of the
world (Natural Earth, public domain, in the world-atlas package, ISC). Each keeps its licence beside
it. Nothing here runs in the browser: the results are drawings, fonts and data. `paper` holds the
fonts that PDFs of other scripts are set in; no page loads them.
"""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from ddplatform.infrastructure.assets.world_outline import HEIGHT, WIDTH, country_paths

SPRITE, FONTS, LAND, COUNTRIES = "icons.svg", "fonts.css", "land.svg", "countries.json"
_TABLER, _INTER = "@tabler/icons", "@fontsource-variable/inter"
_ARABIC, _CHINESE = "@fontsource/noto-sans-arabic", "@fontsource/noto-sans-sc"
_WORLD = "world-atlas"
PAPER = "paper"
_ICON_USES = (
    re.compile(r"""\bicon\(\s*['"]([a-z0-9-]+)['"]"""),
    re.compile(r"""\bicon['"]?\s*[=:]\s*['"]([a-z0-9-]+)['"]"""),
    # Entries of the side navigation: the label, then the icon.
    re.compile(r"""\bEntry\(\s*(?:_\()?['"][^'"]*['"]\)?,\s*['"]([a-z0-9-]+)['"]"""),
)
_ICON_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_EMPTY_FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


class MissingAssetError(Exception):
    """A package or file of the build is missing; the text names it and the command to run."""


@dataclass(frozen=True, slots=True)
class FontFile:
    """One font file and the part of Unicode it serves."""

    package: str
    file: str
    family: str
    weight: str
    unicode_range: str


_LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,"
    "U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"
)
_LATIN_EXTENDED = (
    "U+0100-02BA,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,"
    "U+A720-A7FF"
)
_ARABIC_RANGE = (
    "U+0600-06FF,U+0750-077F,U+0870-088E,U+0890-0891,U+08A0-08FF,U+FB50-FDFF,U+FE70-FEFC"
)
FONT_FILES = (
    FontFile(_INTER, "inter-latin-wght-normal.woff2", "Inter Variable", "100 900", _LATIN),
    FontFile(
        _INTER, "inter-latin-ext-wght-normal.woff2", "Inter Variable", "100 900", _LATIN_EXTENDED
    ),
    FontFile(
        _ARABIC,
        "noto-sans-arabic-arabic-400-normal.woff2",
        "Noto Sans Arabic",
        "400",
        _ARABIC_RANGE,
    ),
    FontFile(
        _ARABIC,
        "noto-sans-arabic-arabic-600-normal.woff2",
        "Noto Sans Arabic",
        "600",
        _ARABIC_RANGE,
    ),
)

PAPER_FONTS = {
    "NotoSansArabic-400.ttf": (_ARABIC, "noto-sans-arabic-arabic-400-normal.woff2"),
    "NotoSansArabic-600.ttf": (_ARABIC, "noto-sans-arabic-arabic-600-normal.woff2"),
    "NotoSansSC-400.ttf": (_CHINESE, "noto-sans-sc-chinese-simplified-400-normal.woff2"),
    "NotoSansSC-600.ttf": (_CHINESE, "noto-sans-sc-chinese-simplified-600-normal.woff2"),
}
"""Fonts of PDFs by the name they get: ReportLab takes TrueType files, not WOFF2."""


def build_assets(
    node_modules: Path, static_dir: Path, sources: Iterable[Path] = ()
) -> tuple[Path, ...]:
    """Write `static_dir`/vendor from the packages in `node_modules`; returns the files written.

    `sources` are the folders searched for icon names (templates, and the pages' Python).
    Raises MissingAssetError, before anything is written, naming all that is missing.
    """
    icons = icon_names(sources)
    _refuse_if_missing(node_modules, icons)
    vendor = static_dir / "vendor"
    if vendor.exists():
        shutil.rmtree(vendor)
    vendor.mkdir(parents=True)
    written = [_copy_licence(node_modules, vendor, package) for package in _PACKAGES]
    written += [_copy_font(node_modules, vendor, font) for font in FONT_FILES]
    written += [_paper_font(node_modules, vendor, name) for name in PAPER_FONTS]
    topology = json.loads(_world_file(node_modules).read_text(encoding="utf-8"))
    paths = country_paths(topology)
    written += [
        _write(vendor / SPRITE, _sprite(node_modules, icons)),
        _write(vendor / FONTS, _font_faces(node_modules)),
        _write(vendor / LAND, _land(paths)),
        _write(vendor / COUNTRIES, json.dumps(paths, separators=(",", ":"))),
    ]
    return tuple(written)


def icon_names(sources: Iterable[Path]) -> tuple[str, ...]:
    """Names of the icons used in the folders, sorted.

    A name is found in `icon('x')`, `icon="x"`, `'icon': 'x'` and `Entry("Label", "x", ...)`.
    """
    found: set[str] = set()
    for folder in sources:
        for file in folder.rglob("*"):
            if file.suffix in {".html", ".py"}:
                text = file.read_text(encoding="utf-8")
                found.update(name for use in _ICON_USES for name in use.findall(text))
    return tuple(sorted(found))


@cache
def load_outline(static_dir: Path) -> Mapping[str, str]:
    """SVG path of each country in the built `countries.json`; empty where it was not built."""
    file = static_dir / "vendor" / COUNTRIES
    if not file.is_file():
        return {}
    paths: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return paths


def vendor_files(static_dir: Path) -> frozenset[str]:
    """The built files that exist; pages leave out missing ones."""
    names = (SPRITE, FONTS, LAND, COUNTRIES)
    return frozenset(name for name in names if (static_dir / "vendor" / name).is_file())


_PACKAGES = (_TABLER, _INTER, _ARABIC, _CHINESE, _WORLD)


def _icon_file(node_modules: Path, name: str) -> Path:
    return node_modules / _TABLER / "icons" / "outline" / f"{name}.svg"


def _world_file(node_modules: Path) -> Path:
    return node_modules / _WORLD / "countries-110m.json"


def _licence_file(node_modules: Path, package: str) -> Path:
    folder = node_modules / package
    return next((f for f in sorted(folder.glob("LICENSE*"))), folder / "LICENSE")


def _refuse_if_missing(node_modules: Path, icons: Iterable[str]) -> None:
    packages = [p for p in _PACKAGES if not (node_modules / p / "package.json").is_file()]
    present = [p for p in _PACKAGES if p not in packages]
    needed = [_licence_file(node_modules, package) for package in present]
    needed += [
        node_modules / font.package / "files" / font.file
        for font in FONT_FILES
        if font.package in present
    ]
    needed += [
        node_modules / package / "files" / file
        for package, file in PAPER_FONTS.values()
        if package in present
    ]
    if _WORLD in present:
        needed.append(_world_file(node_modules))
    missing = [f"package {name}" for name in packages]
    missing += [f"file {f.relative_to(node_modules)}" for f in needed if not f.is_file()]
    if _TABLER in present:
        missing += [
            f'icon "{name}"' for name in icons if not _icon_file(node_modules, name).is_file()
        ]
    if missing:
        raise MissingAssetError(
            f"Not found in {node_modules}: {', '.join(missing)}. Run `npm ci --ignore-scripts` in "
            "frontend/, and check the spelling of icon names."
        )


def _folder_name(node_modules: Path, package: str) -> str:
    manifest = json.loads((node_modules / package / "package.json").read_text(encoding="utf-8"))
    return f"{package.lstrip('@').replace('/', '-')}@{manifest['version']}"


def _copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target


def _copy_licence(node_modules: Path, vendor: Path, package: str) -> Path:
    folder = vendor / _folder_name(node_modules, package)
    return _copy(_licence_file(node_modules, package), folder / "LICENSE")


def _copy_font(node_modules: Path, vendor: Path, font: FontFile) -> Path:
    folder = vendor / _folder_name(node_modules, font.package)
    return _copy(node_modules / font.package / "files" / font.file, folder / font.file)


def _paper_font(node_modules: Path, vendor: Path, name: str) -> Path:
    """A font of the web as a font that a PDF can hold: the same outlines, unpacked."""
    package, file = PAPER_FONTS[name]
    target = vendor / PAPER / name
    target.parent.mkdir(exist_ok=True)
    with TTFont(node_modules / package / "files" / file, recalcTimestamp=False) as font:
        font.flavor = None
        font.save(target)
    return target


def _write(target: Path, text: str) -> Path:
    target.write_text(text, encoding="utf-8")
    return target


def _sprite(node_modules: Path, icons: Iterable[str]) -> str:
    symbols = []
    for name in icons:
        drawing = _ICON_BODY.search(_icon_file(node_modules, name).read_text(encoding="utf-8"))
        if drawing is None:
            raise MissingAssetError(f'Icon "{name}" of {_TABLER} holds no drawing.')
        body = re.sub(r"\s+", " ", _EMPTY_FRAME.sub("", drawing[1])).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'


def _font_faces(node_modules: Path) -> str:
    return "\n".join(
        f'@font-face{{font-family:"{font.family}";font-display:swap;font-weight:{font.weight};'
        f'src:url("{_folder_name(node_modules, font.package)}/{font.file}") format("woff2");'
        f"unicode-range:{font.unicode_range}}}"
        for font in FONT_FILES
    )


def _land(paths: dict[str, str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path id="land" d="{"".join(paths.values())}"/></svg>'
    )
