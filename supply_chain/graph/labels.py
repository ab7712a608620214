"""Labels of nodes assigned by an organisation besides their names: tags, and one group a node.

Lists and JSON carry them as attributes, `tags` and `site_group`, so that no published key changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from supply_chain.intake.drafts import Json

TAGS, GROUP = "tags", "site_group"
TAG_LENGTH, GROUP_LENGTH = 40, 80
MOST_TAGS = 20
_LISTED = "_as_listed"
_BETWEEN = re.compile(r"[|,;\n]")


def plain_tag(text: str) -> str:
    """A tag as it is kept: small letters, single spaces, none of the signs between tags."""
    return _squeezed(_BETWEEN.sub(" ", text)).lower()


def plain_tags(texts: Iterable[str]) -> list[str]:
    """Tags as they are kept: each once, rising; empty ones are passed over."""
    return sorted({tag for text in texts if (tag := plain_tag(text))})


def split_tags(text: str) -> list[str]:
    """The tags of one line or cell: "cotton, high volume"."""
    return plain_tags(_BETWEEN.split(text))


def with_labels(attributes: Mapping[str, Json]) -> dict[str, Json]:
    """The attributes of a node with its tags and its group as they are kept.

    What cannot be tags or a group (too long, too many, an object) stays an attribute as it came.
    """
    tags, group = _tags(attributes.get(TAGS)), _group(attributes.get(GROUP))
    found = dict(attributes)
    if tags is not None:
        found[TAGS] = list(tags)
    if group is not None:
        found[GROUP] = group
    return found


def take_labels(attributes: Mapping[str, Json]) -> tuple[list[str], str | None, dict[str, Json]]:
    """Tags, group and the other attributes of a node."""
    tags, group = _tags(attributes.get(TAGS)), _group(attributes.get(GROUP))
    taken = {*([TAGS] if tags is not None else ()), *([GROUP] if group is not None else ())}
    rest = {key: value for key, value in attributes.items() if key not in taken}
    return tags or [], group, rest


def labelled(
    attributes: Mapping[str, Json], tags: Sequence[str], group: str | None
) -> Mapping[str, Json]:
    """The attributes with tags and group among them, as lists and JSON carry them.

    What stood under these names and could not be tags or a group goes out as `tags_as_listed`.
    """
    if not tags and group is None:
        return attributes
    taken = {*((TAGS,) if tags else ()), *((GROUP,) if group is not None else ())}
    return {
        **{key + _LISTED if key in taken else key: value for key, value in attributes.items()},
        **({TAGS: list(tags)} if tags else {}),
        **({GROUP: group} if group is not None else {}),
    }


def _tags(value: Json) -> list[str] | None:
    texts = [value] if isinstance(value, str | int | float) else value
    if not isinstance(texts, list) or not all(isinstance(one, str | int | float) for one in texts):
        return None
    tags = plain_tags(tag for one in texts for tag in _BETWEEN.split(str(one)))
    if not tags or len(tags) > MOST_TAGS or any(len(tag) > TAG_LENGTH for tag in tags):
        return None
    return tags


def _group(value: Json) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    group = _squeezed(str(value))
    return group if 0 < len(group) <= GROUP_LENGTH else None


def _squeezed(text: str) -> str:
    return " ".join(text.split())
