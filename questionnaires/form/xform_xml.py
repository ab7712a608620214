"""Parsed XML of an XForm: names with prefixes, texts in all languages, binds, controls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from types import MappingProxyType
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from questionnaires.errors import Fault, FormUnusable
from questionnaires.form.form import NO_LANGUAGE, NO_TEXT, Output, Text

XF = "{http://www.w3.org/2002/xforms}"
XH = "{http://www.w3.org/1999/xhtml}"
JR = "{http://openrosa.org/javarosa}"
ODK = "{http://www.opendatakit.org/xforms}"
OUTPUT = f"{XF}output"
MEDIA = ("image", "big-image", "audio", "video")
NO_TRANSLATION = "-"  # what pyxform writes into an empty cell of a translated column
STANDARD = {
    "http://www.w3.org/2002/xforms": "",
    "http://openrosa.org/javarosa": "jr",
    "http://www.opendatakit.org/xforms": "odk",
    "http://www.opendatakit.org/xforms/entities": "entities",
    "http://openrosa.org/xforms": "orx",
}

Parts = tuple[str | Output, ...]
Translations = dict[
    str, dict[str, dict[str, Parts]]
]  # text id -> form ("" or "guidance") -> language


@dataclass(slots=True)
class XForm:
    """The pieces of one XForm document, each by the path or id it is about."""

    title: str
    primary: Element
    binds: dict[str, Element]
    controls: dict[str, Element]
    groups: dict[str, Element]
    repeats: dict[str, Element]
    secondary: dict[str, Element]
    set_values: list[tuple[Element, str | None]]  # with the path of the control that triggers it
    translations: Translations
    languages: tuple[str, ...]
    default_language: str
    encrypted: bool
    prefixes: dict[str, str] = field(default_factory=dict)  # address -> prefix

    def name_of(self, tag: str) -> str:
        """A tag or attribute as the form writes it: "name", "orx:meta", "dd:factor"."""
        if not tag.startswith("{"):
            return tag
        address, _, local = tag[1:].partition("}")
        prefix = STANDARD.get(address, self.prefixes.get(address, ""))
        return f"{prefix}:{local}" if prefix else local

    def text(self, reference: str | None, *, form: str = "") -> Text:
        """The text that `jr:itext('id')` names, or the plain words in a bind's message."""
        if not reference:
            return NO_TEXT
        if not reference.startswith("jr:itext("):
            return plain_text(reference)
        return self.itext(_text_id(reference), form=form)

    def itext(self, text_id: str, *, form: str = "") -> Text:
        """The text of an id in all languages."""
        found = self.translations.get(text_id, {}).get(form, {})
        return Text(MappingProxyType(dict(found))) if found else NO_TEXT

    def media(self, text_id: str) -> Mapping[str, Text]:
        """The files that a label of that id shows or plays: "image" -> its name in all languages.

        Source: xlsform.org, "Media".
        """
        found = {
            kind: Text(MappingProxyType({language: _file_name(p) for language, p in by.items()}))
            for kind in MEDIA
            if (by := self.translations.get(text_id, {}).get(kind))
        }
        return MappingProxyType(found)

    def label_id(self, element: Element | None) -> str:
        """The id of the text that a control's label names; "" where it is written in place."""
        child = element.find(f"{XF}label") if element is not None else None
        return _text_id(child.get("ref", "")) if child is not None else ""

    def label(self, element: Element | None, tag: str = "label", *, form: str = "") -> Text:
        """The label or hint under a control, translated or written in place."""
        child = element.find(f"{XF}{tag}") if element is not None else None
        if child is None:
            return NO_TEXT
        if reference := child.get("ref"):
            return self.text(reference, form=form)
        return text_of(parts_of(child)) if not form else NO_TEXT


def _text_id(reference: str) -> str:
    return reference.removeprefix("jr:itext(").removesuffix(")").strip("'\"")


def _file_name(parts: Parts) -> Parts:
    """`jr://images/map.png` -> `map.png`; a name calculated from answers stays as it is."""
    first = parts[0]
    name = first.rpartition("/")[2] if isinstance(first, str) else first
    return (name, *parts[1:])


def plain_text(words: str) -> Text:
    """One text in a form without languages."""
    return text_of((words,) if words else ())


def text_of(parts: Parts) -> Text:
    """A text whose parts are the same in every language."""
    return Text(MappingProxyType({NO_LANGUAGE: parts})) if parts else NO_TEXT


def parts_of(element: Element) -> Parts:
    """The words and put-in values of an element, blanks at both ends cut."""
    parts: list[str | Output] = [element.text or ""]
    for child in element:
        if child.tag == OUTPUT:
            parts.append(Output((child.get("value") or child.get("ref") or "").strip()))
        else:  # markup inside a text stays as its words
            parts.append("".join(child.itertext()))
        parts.append(child.tail or "")
    if isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return tuple(part for part in parts if part != "")


def parse_xform(xml: str) -> XForm:
    """Take an XForm apart. Entities and DTDs are refused.

    Raises:
        FormUnusable: the XML is broken or not an XForm (`converter`).
    """
    prefixes: dict[str, str] = {}
    root: Element | None = None
    try:
        source = BytesIO(xml.encode("utf-8"))
        for event, found in iterparse(source, events=("start-ns", "end"), forbid_dtd=True):
            if event == "start-ns":
                prefixes[found[1]] = found[0]
            else:
                root = found
    except (ParseError, DefusedXmlException) as error:
        raise FormUnusable([_broken(str(error))]) from error
    model = root.find(f"{XH}head/{XF}model") if root is not None else None
    instance = model.find(f"{XF}instance") if model is not None else None
    if root is None or model is None or instance is None or not len(instance):
        raise FormUnusable([_broken("it has no model with an instance")])
    return _take_apart(root, model, instance[0], prefixes)


def _broken(why: str) -> Fault:
    return Fault(
        "error",
        "converter",
        f"The form becomes XML that cannot be read: {why}.",
        "Look for unusual signs in names, and declare every prefix in settings, 'namespaces'.",
    )


def _take_apart(root: Element, model: Element, primary: Element, prefixes: dict[str, str]) -> XForm:
    translations, languages, default = _read_itext(model)
    form = XForm(
        title=(root.findtext(f"{XH}head/{XH}title") or "").strip(),
        primary=primary,
        binds={bind.get("nodeset", ""): bind for bind in model.findall(f"{XF}bind")},
        controls={},
        groups={},
        repeats={},
        secondary={
            node.get("id", ""): node
            for node in model.findall(f"{XF}instance")[1:]
            if node.get("id")
        },
        set_values=[(node, None) for node in model.findall(f"{XF}setvalue")],
        translations=translations,
        languages=languages,
        default_language=default,
        encrypted=model.find(f"{XF}submission[@base64RsaPublicKey]") is not None,
        prefixes=prefixes,
    )
    body = root.find(f"{XH}body")
    for element in body if body is not None else ():
        _read_body(form, element)
    return form


def _read_itext(model: Element) -> tuple[Translations, tuple[str, ...], str]:
    texts: Translations = {}
    languages: list[str] = []
    default = ""
    for translation in model.findall(f"{XF}itext/{XF}translation"):
        language = translation.get("lang", "")
        languages.append(language)
        if translation.get("default"):
            default = language
        for text in translation.findall(f"{XF}text"):
            forms = texts.setdefault(text.get("id", ""), {})
            for value in text.findall(f"{XF}value"):
                parts = parts_of(value)
                if parts and parts != (NO_TRANSLATION,):
                    forms.setdefault(value.get("form", ""), {})[language] = parts
    return texts, tuple(languages) or (NO_LANGUAGE,), default or next(iter(languages), NO_LANGUAGE)


def _read_body(form: XForm, element: Element) -> None:
    path = element.get("ref", "") or element.get("nodeset", "")
    if element.tag == f"{XF}setvalue":
        return
    if element.tag == f"{XF}group":
        if path:
            form.groups[path] = element
    elif element.tag == f"{XF}repeat":
        form.repeats[path] = element
        form.set_values.extend((node, None) for node in element.findall(f"{XF}setvalue"))
    elif path:
        form.controls[path] = element
        form.set_values.extend((node, path) for node in element.findall(f"{XF}setvalue"))
        return
    for child in element:
        _read_body(form, child)


def items_of(instance: Element) -> Iterator[Element]:
    """The items of a secondary instance: the children of its `root`."""
    for root in instance:
        yield from root
