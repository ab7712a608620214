"""Our scripts never let a text of a page or an answer become the key of an object."""

import re
from pathlib import Path

SCRIPTS = sorted((Path(__file__).resolve().parents[2] / "static/js").glob("*.js"))
REACHES_PROTOTYPES = re.compile(
    r"__proto__|\bprototype\b(?!\.\w+\.call\()|\.constructor\b|[\"']constructor[\"']|setPrototypeOf|"
    r"defineProperty|fromEntries|Reflect\.set"
)
WRITES_BY_KEY = re.compile(
    r"([\w.]+)\[(?!\])[^\]]*\](?:\[[^\]]*\])*\s*(?:\?\?|\|\||&&|[-+*/])?=(?![=>])"
)
KNOWN = {
    "areas.js": {"boxes": "let boxes = []"},
    "swap.js": {"same": 'same[tick ? "checked" : "value"] = '},
}
"""What is written into by a computed key: an array, and a field of a form by one of two names."""
MERGES = re.compile(r"Object\.assign\(([^{]*)\{")
NEW_ELEMENT = re.compile(r'document\.createElement\("\w+"\), ')


def test_no_script_reaches_a_prototype():
    found = [path.name for path in SCRIPTS if REACHES_PROTOTYPES.search(path.read_text("utf-8"))]

    assert SCRIPTS
    assert found == []


def test_no_object_is_written_into_by_a_key_that_a_text_could_name():
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        known = KNOWN.get(path.name, {})
        assert {match[1] for match in WRITES_BY_KEY.finditer(text)} == set(known), path.name
        assert all(made in text for made in known.values())


def test_objects_are_merged_into_new_elements_alone_from_names_of_the_script():
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        merges = MERGES.findall(text)
        assert len(merges) == text.count("Object.assign("), path.name
        assert all(NEW_ELEMENT.fullmatch(target) for target in merges), path.name


def test_the_checks_find_what_they_are_for():
    assert WRITES_BY_KEY.search("kept[name] = value")
    assert WRITES_BY_KEY.search("kept[a][b] ??= value")
    assert not WRITES_BY_KEY.search("if (kept[name] === value) go(rows[0] => 1)")
    assert REACHES_PROTOTYPES.search("kept.__proto__.x = 1")
    assert not NEW_ELEMENT.fullmatch("kept, ")
