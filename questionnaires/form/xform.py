"""Conversion of an XForm document to a Form."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from xml.etree.ElementTree import Element

from questionnaires.form.form import (
    LAST_SAVED,
    NO_TEXT,
    UNASKED,
    Choice,
    Form,
    Group,
    Itemset,
    Kind,
    Node,
    Question,
    Rules,
    Section,
    SetValue,
    Text,
)
from questionnaires.form.search_lists import arguments_of, searched_itemset
from questionnaires.form.xform_xml import JR, ODK, XF, XForm, items_of, parse_xform, plain_text

_BIND_WORDS = "nodeset type relevant required constraint calculate readonly saveIncomplete"
BIND_WORDS = frozenset(_BIND_WORDS.split())
_CONTROL_WORDS = (
    "ref appearance mediatype start end step query autoplay rows accuracyThreshold "
    "unacceptableAccuracyThreshold nodeset class"
)
CONTROL_WORDS = frozenset(_CONTROL_WORDS.split())
RULES = ("relevant", "required", "constraint", "calculate", "readonly")
PARAMETERS = ("start", "end", "step", "rows", "accuracyThreshold")
OUR_PREFIXES = frozenset({"jr", "odk", "orx", "entities"})
BY_TYPE = {
    "int": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "dateTime": Kind.DATETIME,
    "barcode": Kind.BARCODE,
    "geopoint": Kind.GEOPOINT,
    "geotrace": Kind.GEOTRACE,
    "geoshape": Kind.GEOSHAPE,
}
BY_CONTROL = {
    f"{XF}select1": Kind.SELECT_ONE,
    f"{XF}select": Kind.SELECT_MULTIPLE,
    f"{ODK}rank": Kind.RANK,
    f"{XF}trigger": Kind.ACKNOWLEDGE,
    f"{XF}range": Kind.RANGE,
}
UPLOADED = {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}
LIST = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)")


def form_from_xform(xml: str) -> Form:
    """Read the XML of an XForm.

    Raises:
        FormUnusable: it is no XForm, or not safe XML.
    """
    xform = parse_xform(xml)
    lists = {name: _choices(xform, node) for name, node in xform.secondary.items()}
    root = xform.name_of(xform.primary.tag)
    children = _children(xform, xform.primary, f"/{root}", lists)
    return Form(
        root=root,
        form_id=xform.primary.get("id", ""),
        version=xform.primary.get("version", ""),
        title=xform.title,
        children=children,
        sections=sections_of(children),
        languages=xform.languages,
        default_language=xform.default_language,
        choice_lists=MappingProxyType(lists),
        external_files=MappingProxyType(_searched_files(children) | _files(xform)),
        reads_last_saved=LAST_SAVED in xform.secondary,
        texts=MappingProxyType({text_id: xform.itext(text_id) for text_id in xform.translations}),
        set_values=_set_values(xform),
        instance_name=_instance_name(xform, f"/{root}"),
        encrypted=xform.encrypted,
        namespaces=MappingProxyType(
            {prefix: address for address, prefix in xform.prefixes.items() if prefix}
        ),
    )


def _files(xform: XForm) -> dict[str, str]:
    """The files that lists are kept in, by the id of the list; what was saved last is no file."""
    sources = {name: node.get("src", "") for name, node in xform.secondary.items()}
    return {
        name: source.rpartition("/")[2]
        for name, source in sources.items()
        if source and not source.startswith("jr://instance/")
    }


def _searched_files(children: Sequence[Node]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in children:
        if isinstance(node, Group):
            found |= _searched_files(node.children)
        elif node.itemset and node.itemset.is_searched:
            found[node.itemset.list_name] = f"{node.itemset.list_name}.csv"
    return found


def _instance_name(xform: XForm, root: str) -> str | None:
    bind = xform.binds.get(f"{root}/meta/instanceName")
    return bind.get("calculate") if bind is not None else None


def _choices(xform: XForm, instance: Element) -> tuple[Choice, ...]:
    return tuple(_choice(xform, item) for item in items_of(instance))


def _choice(xform: XForm, item: Element) -> Choice:
    cells = {xform.name_of(child.tag): (child.text or "").strip() for child in item}
    name = cells.pop("name", "")
    text_id, label = cells.pop("itextId", ""), cells.pop("label", "")
    return Choice(
        name=name,
        label=xform.itext(text_id) if text_id else plain_text(label),
        text_id=text_id,
        extras=MappingProxyType(cells),
        media=xform.media(text_id),
    )


def _children(
    xform: XForm, parent: Element, path: str, lists: Mapping[str, tuple[Choice, ...]]
) -> tuple[Node, ...]:
    seen: set[str] = set()
    nodes: list[Node] = []
    for element in parent:
        name = xform.name_of(element.tag)
        # A repeat occurs twice, as template and as first instance; meta is not the form's.
        if name in seen or name.rpartition(":")[2] == "meta":
            continue
        seen.add(name)
        own = f"{path}/{name}"
        if len(element) or own in xform.groups or own in xform.repeats:
            nodes.append(_group(xform, element, own, lists))
        else:
            nodes.append(_question(xform, element, own, lists))
    return tuple(nodes)


def _group(
    xform: XForm, element: Element, path: str, lists: Mapping[str, tuple[Choice, ...]]
) -> Group:
    repeat, body = xform.repeats.get(path), xform.groups.get(path)
    return Group(
        path=path,
        name=path.rpartition("/")[2],
        children=_children(xform, element, path, lists),
        label=xform.label(body) or xform.label(repeat),
        rules=_rules(xform.binds.get(path)),
        repeat=repeat is not None,
        count=(repeat.get(f"{JR}count") or "").strip() or None if repeat is not None else None,
        appearance=_appearance(repeat) or _appearance(body),
        extras=_extras(xform, element, path),
    )


def _appearance(element: Element | None) -> str:
    return element.get("appearance", "") if element is not None else ""


def _rules(bind: Element | None) -> Rules:
    if bind is None:
        return Rules()
    return Rules(**{word: (bind.get(word) or "").strip() or None for word in RULES})


def _question(
    xform: XForm, element: Element, path: str, lists: Mapping[str, tuple[Choice, ...]]
) -> Question:
    bind, control = xform.binds.get(path), xform.controls.get(path)
    rules = _rules(bind)
    inline = _inline_choices(xform, control)
    itemset = _itemset(control) or searched_itemset(_appearance(control), inline)
    attributes = bind.attrib if bind is not None else {}
    return Question(
        path=path,
        name=path.rpartition("/")[2],
        kind=_kind(control, attributes, rules),
        data_type=attributes.get("type", "string"),
        label=xform.label(control),
        hint=xform.label(control, "hint"),
        guidance=xform.label(control, "hint", form="guidance"),
        constraint_message=xform.text(attributes.get(f"{JR}constraintMsg")),
        required_message=xform.text(attributes.get(f"{JR}requiredMsg")),
        rules=rules,
        choices=inline or (lists.get(itemset.list_name, ()) if itemset else ()),
        itemset=itemset,
        default=(element.text or "").strip(),
        appearance=_appearance(control),
        parameters=_parameters(control, attributes),
        extras=_extras(xform, element, path),
        media=xform.media(xform.label_id(control)),
    )


def _kind(control: Element | None, bind: Mapping[str, str], rules: Rules) -> Kind:
    if control is None:
        if bind.get(f"{JR}preload"):
            return Kind.META
        return Kind.CALCULATE if rules.calculate else Kind.HIDDEN
    if control.tag in BY_CONTROL:
        return BY_CONTROL[control.tag]
    if control.get("query"):
        return Kind.SELECT_ONE
    if control.tag == f"{XF}upload":
        return UPLOADED.get(control.get("mediatype", "").partition("/")[0], Kind.FILE)
    kind = BY_TYPE.get(bind.get("type", "string"), Kind.TEXT)
    is_note = kind is Kind.TEXT and rules.readonly == "true()" and not rules.calculate
    return Kind.NOTE if is_note else kind


def _itemset(control: Element | None) -> Itemset | None:
    if control is None:
        return None
    found = control.find(f"{XF}itemset")
    nodeset = control.get("query") or (found.get("nodeset", "") if found is not None else "")
    if not nodeset:
        return None
    inner, seed = _unwrap_randomize(nodeset.strip())
    named = LIST.search(inner)
    return Itemset(
        list_name=named[1] if named else "",
        nodeset=inner,
        value=_ref(found, "value", "name"),
        label=_ref(found, "label", "label"),
        randomized=inner != nodeset.strip(),
        seed=seed,
    )


def _ref(itemset: Element | None, tag: str, default: str) -> str:
    child = itemset.find(f"{XF}{tag}") if itemset is not None else None
    return child.get("ref", default) if child is not None else default


def _unwrap_randomize(nodeset: str) -> tuple[str, str | None]:
    """`randomize(items, seed)` -> items and seed: order is a matter of showing, not of value."""
    if not (nodeset.startswith("randomize(") and nodeset.endswith(")")):
        return nodeset, None
    inner, *seed = arguments_of(nodeset, "randomize") or [nodeset]
    return inner, seed[0] if seed else None


def _inline_choices(xform: XForm, control: Element | None) -> tuple[Choice, ...]:
    if control is None:
        return ()
    return tuple(
        Choice(name=(item.findtext(f"{XF}value") or "").strip(), label=xform.label(item))
        for item in control.findall(f"{XF}item")
    )


def _parameters(control: Element | None, bind: Mapping[str, str]) -> Mapping[str, str]:
    found = {
        name: bind[f"{JR}{name}"] for name in ("preload", "preloadParams") if f"{JR}{name}" in bind
    }
    if control is not None:
        found |= {name: control.get(name, "") for name in PARAMETERS if control.get(name)}
    return MappingProxyType(found)


def _extras(xform: XForm, element: Element, path: str) -> Mapping[str, str]:
    control = xform.controls.get(path)
    bind = xform.binds.get(path)
    found: dict[str, str] = {}
    for source, known in ((bind, BIND_WORDS), (control, CONTROL_WORDS), (element, frozenset())):
        for key, value in source.attrib.items() if source is not None else ():
            name = xform.name_of(key)
            if name not in known and name.partition(":")[0] not in OUR_PREFIXES:
                found[name] = value
    return MappingProxyType(found)


def _set_values(xform: XForm) -> tuple[SetValue, ...]:
    return tuple(
        SetValue(
            path=node.get("ref", ""),
            value=(node.get("value") or "").strip() or f"'{node.text or ''}'",
            events=frozenset(node.get("event", "").split()),
            trigger=trigger,
        )
        for node, trigger in xform.set_values
    )


def sections_of(children: tuple[Node, ...]) -> tuple[Section, ...]:
    """The pages of a form: each top-level group or repeat, and each run of questions between.

    A run of loose questions is named after its first question; values without a question make
    no page of their own.
    """
    sections: list[Section] = []
    run: list[Node] = []

    def close_run() -> None:
        asked = [n for n in run if isinstance(n, Question) and n.kind not in UNASKED]
        if asked:
            sections.append(Section(asked[0].name, tuple(run), NO_TEXT))
        run.clear()

    for node in children:
        if isinstance(node, Group):
            close_run()
            sections.append(Section(node.name, (node,), _heading(node), node))
        else:
            run.append(node)
    close_run()
    return tuple(section for section in sections if any(q.is_asked for q in section.questions()))


def _heading(group: Group) -> Text:
    return group.label or plain_text(group.name.replace("_", " ").strip().capitalize())
