"""Removal of words from the parts of a DOCX or XLSX, in the child of `blackening.py`.

A part in which nothing is found stays as it is, byte for byte.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from ddplatform.evidence.redaction.blackening_words import (
    TAKEN_OUT,
    Refused,
    around,
    count,
    pattern_of,
)

UNPLACED = 6
MOST_SHOWN = 60
XML_ENDS = (".xml", ".rels", ".vml", ".svg")
BLOCKS = frozenset({"p", "si", "is", "text", "comment", "threadedComment"})
"""Elements whose text reads as one, in however many runs it is kept."""
BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
SPOKEN = frozenset(
    {
        *("descr", "title", "alt", "author", "initials", "display", "displayName", "tooltip"),
        *("prompt", "promptTitle", "error", "errorTitle", "location", "instr", "caption"),
        *("providerId", "userId", "oddHeader", "oddFooter", "string", "uniqueName"),
    }
)
"""Attributes that people write, wherever they stand."""
SPOKEN_OF = {
    "docPr": {"name"},
    "cNvPr": {"name"},
    "tableColumn": {"name"},
    "cacheField": {"name"},
    "s": {"v"},
    "alias": {"val"},
    "tag": {"val"},
    "definedName": {"comment"},
}
FORMULAS = frozenset({"f", "formula", "formula1", "formula2", "definedName"})
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
Text = tuple[etree._Element, str]
"""An element and where its text stands: `text` or `tail`."""


@dataclass
class Taken:
    """The words to remove, and the finds so far."""

    words: Sequence[str]
    times: list[int] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    formulas: int = 0

    def __post_init__(self) -> None:
        self.times = [0] * len(self.words)
        self.pattern = pattern_of(self.words)

    def found(self, match: re.Match[str], text: str) -> None:
        """Note one find."""
        count(match, self.words, self.times)
        if len(self.shown) < MOST_SHOWN:
            left = around(text, match.start(), match.end())
            self.shown.append(self.pattern.sub(TAKEN_OUT, left))

    def out_of(self, text: str) -> str:
        """A text without the words."""

        def put(match: re.Match[str]) -> str:
            self.found(match, text)
            return TAKEN_OUT

        return self.pattern.sub(put, text)


def pictures_in(book: zipfile.ZipFile) -> list[str]:
    """The names of the pictures of a file, in the order in which it holds them."""
    return [name for name in book.namelist() if "/media/" in name and not name.endswith("/")]


def take_out(content: bytes, words: Sequence[str]) -> tuple[bytes, Taken]:
    """The file without the words, in every part of it that holds text."""
    return rewrite(content, words, lambda _place, data: data)


def rewrite(
    content: bytes, words: Sequence[str], paint: Callable[[int, bytes], bytes]
) -> tuple[bytes, Taken]:
    """The file without the words, and its pictures as `paint` gives them back.

    Args:
        paint: a picture by its place among them, and its bytes.

    Raises:
        Refused: the words are where no text is expected.
    """
    taken, output = Taken(words), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        pictures = {name: place for place, name in enumerate(pictures_in(book))}
        parts = {name: book.read(name) for name in book.namelist() if not name.endswith("/")}
    for name, data in parts.items():
        if words and name.lower().endswith(XML_ENDS):
            parts[name] = _clean_part(data, taken)
        elif name in pictures:
            parts[name] = paint(pictures[name], data)
    if taken.formulas:
        _forget_order_of_formulas(parts)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts.items():
            book.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return output.getvalue(), taken


def _clean_part(data: bytes, taken: Taken) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(data, parser)
    before = sum(taken.times) + taken.formulas
    for element in list(root.iter(etree.Element)):
        _clean_formula(element, taken)
        _clean_number(element, taken)
        _clean_attributes(element, taken)
    for block in _blocks(root):
        _clean_block(block, taken)
    _require_gone(root, taken)
    if sum(taken.times) + taken.formulas == before:
        return data
    return _written(root)


def _written(root: etree._Element) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _clean_formula(element: etree._Element, taken: Taken) -> None:
    """A formula that names the words is removed as a whole: its last result stays."""
    parent = element.getparent()
    if _local(element) not in FORMULAS or parent is None:
        return
    if match := taken.pattern.search(element.text or ""):
        taken.found(match, element.text or "")
        taken.formulas += 1
        above = parent.getparent()
        if _local(parent) == "dataValidation" and above is not None:
            above.remove(parent)
        else:
            parent.remove(element)


def _clean_number(element: etree._Element, taken: Taken) -> None:
    """A number is taken out whole, where its digits are those of the words."""
    parent = element.getparent()
    if _local(element) != "v" or parent is None or _local(parent) != "c":
        return
    if parent.get("t", "n") != "n" or not (kept := (element.text or "").strip()):
        return
    for place, word in enumerate(taken.words):
        digits = re.sub(r"[\s()/+.-]", "", word)
        if digits.isdigit() and digits.lstrip("0") == kept.lstrip("0"):
            taken.times[place] += 1
            taken.shown.append(TAKEN_OUT)
            element.text = TAKEN_OUT
            parent.set("t", "str")
            return


def _clean_attributes(element: etree._Element, taken: Taken) -> None:
    own = SPOKEN_OF.get(_local(element), set())
    for name, value in element.attrib.items():
        local = etree.QName(name).localname
        if local in SPOKEN or local in own:
            element.set(name, taken.out_of(str(value)))
        elif local == "Target" and element.get("TargetMode") == "External":
            if taken.out_of(str(value)) != value:
                element.set(name, "about:blank")
        elif local == "name" and _local(element) == "sheet":
            _rename_sheet(element, taken)


def _rename_sheet(element: etree._Element, taken: Taken) -> None:
    """The name of a sheet has no square brackets, and is unique in a workbook."""
    name = element.get("name") or ""
    if taken.out_of(name) != name:
        element.set("name", f"(…) {element.get('sheetId', '')}".strip())


def _blocks(root: etree._Element) -> Iterator[list[Text]]:
    """The texts of a part, those together that read as one."""
    found: dict[etree._Element, list[Text]] = {}
    for element in root.iter(etree.Element):
        found.setdefault(_block_of(element), []).append((element, "text"))
        parent = element.getparent()
        if element.tail and parent is not None:
            found.setdefault(_block_of(parent), []).append((element, "tail"))
    yield from found.values()


def _block_of(element: etree._Element) -> etree._Element:
    above: etree._Element | None = element
    while above is not None:
        if _local(above) in BLOCKS:
            return above
        above = above.getparent()
    return element


def _clean_block(block: list[Text], taken: Taken) -> None:
    texts = [_text(one) for one in block]
    whole = "".join(texts)
    matches = list(taken.pattern.finditer(whole))
    for match in matches:
        taken.found(match, whole)
    for match in reversed(matches):
        _cut(block, texts, match.start(), match.end())


def _text(one: Text) -> str:
    element, where = one
    text = element.tail if where == "tail" else element.text
    if where == "text" and _local(element) in BREAKS:
        return BREAKS[_local(element)]
    if where == "text" and _is_kept(element):
        return ""
    # Between elements blank text is the layout of the file, and no part of a word.
    is_layout = where == "tail" or len(element) > 0
    return "" if text is None or (is_layout and not text.strip()) else text


def _is_kept(element: etree._Element) -> bool:
    """Whether the text of an element is a number or an index, and no words."""
    parent = element.getparent()
    is_value = _local(element) == "v" and parent is not None and _local(parent) == "c"
    return is_value and parent is not None and parent.get("t", "n") in ("s", "n", "b", "e", "d")


def _cut(block: list[Text], texts: list[str], start: int, end: int) -> None:
    """Take one stretch out of the texts it runs over; the sign goes into the first of them."""
    place, sign = 0, TAKEN_OUT
    for at, text in enumerate(texts):
        first, last = max(start - place, 0), min(end - place, len(text))
        place += len(text)
        if first >= last or (_local(block[at][0]) in BREAKS and block[at][1] == "text"):
            continue
        texts[at] = text[:first] + sign + text[last:]
        sign = ""
        element, where = block[at]
        setattr(element, where, texts[at])
        if where == "text" and _local(element) == "t":
            element.set(SPACE, "preserve")


def _require_gone(root: etree._Element, taken: Taken) -> None:
    """No attribute that nobody writes by hand holds the words; short ones could be anything."""
    long = [word for word in taken.words if len(word) >= 4]
    if not long:
        return
    whole = re.compile(rf"\b(?:{pattern_of(long).pattern})\b", re.IGNORECASE)
    for element in root.iter(etree.Element):
        if any(whole.search(str(value)) for value in element.attrib.values()):
            raise Refused(UNPLACED)


def _forget_order_of_formulas(parts: dict[str, bytes]) -> None:
    """The list of formulas is made anew by whatever opens the book."""
    if parts.pop("xl/calcChain.xml", None) is None:
        return
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        root = etree.fromstring(parts[name])
        for element in list(root):
            if "calcChain" in (element.get("PartName") or element.get("Target") or ""):
                root.remove(element)
        parts[name] = _written(root)
