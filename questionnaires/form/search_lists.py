"""Choices from a file in the old notation: `search('villages', 'matches', 'district', ${d})`.

It is in the appearance of a select whose one choice names columns of the file instead of an
answer; choices whose name is a whole number are answers beside those of the file.
Source: xlsform.org, "Dynamic selects from pre-loaded data".
"""

import re
from collections.abc import Sequence

from questionnaires.form.form import Choice, Itemset

CONDITIONS = {
    "matches": "{} = {}",
    "contains": "contains({}, {})",
    "startswith": "starts-with({}, {})",
    "endswith": "ends-with({}, {})",
}
WHOLE = re.compile(r"-?\d+\Z")
COLUMN = re.compile(r"[A-Za-z_][\w.-]*\Z")


def arguments_of(text: str, name: str) -> list[str]:
    """The arguments of the first `name(...)` in a text, as written; none where it is not there."""
    call = re.search(rf"(?<![\w-]){name}\s*\(", text)
    if call is None:
        return []
    found, depth, quote, begin = [], 0, "", call.end()
    for place in range(begin, len(text)):
        sign = text[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif depth == 0 and sign in ",)":
            found.append(text[begin:place].strip())
            begin = place + 1
            if sign == ")":
                return found
        else:
            depth += (sign in "([") - (sign in ")]")
    return []


def searched_file(appearance: str) -> str:
    """The name of the file that `search()` looks in; empty where there is no `search()`."""
    file, *_ = arguments_of(appearance, "search") or [""]
    name = _word(file).removesuffix(".csv")
    return f"{name}.csv" if name else ""


def searched_itemset(appearance: str, choices: Sequence[Choice]) -> Itemset | None:
    """Source of the choices of a select with `search()`; None where it has none.

    Args:
        appearance: of the control, paths in place of `${names}`.
        choices: those of the sheet: one that names columns, and answers of its own.
    """
    _, *rest = arguments_of(appearance, "search") or [""]
    columns = next((choice for choice in choices if not WHOLE.match(choice.name)), None)
    if columns is None or not COLUMN.match(columns.name):
        return None
    list_name = searched_file(appearance).removesuffix(".csv")
    # More than one column for the words is allowed; the first is shown.
    label = columns.label.plain().partition(",")[0].strip()
    return Itemset(
        list_name=list_name,
        nodeset=f"instance('{list_name}')/root/item{_filter(rest)}",
        value=columns.name,
        label=label if COLUMN.match(label) else columns.name,
        beside=tuple(choice for choice in choices if WHOLE.match(choice.name)),
        is_searched=True,
    )


def _filter(arguments: Sequence[str]) -> str:
    """The predicate of the conditions: one kind, its columns and text, then a column and value."""
    conditions = []
    if len(arguments) >= 3 and (condition := CONDITIONS.get(_word(arguments[0]))):
        columns = [column.strip() for column in _word(arguments[1]).split(",")]
        either = [condition.format(column, arguments[2]) for column in columns]
        conditions.append(" or ".join(either))
    if len(arguments) >= 5:
        conditions.append(f"{_word(arguments[3])} = {arguments[4]}")
    return "".join(f"[{condition}]" for condition in conditions)


def _word(argument: str) -> str:
    return argument.strip().strip("'\"").strip()
