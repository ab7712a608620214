"""Commands listed by `--help` without the import of their modules (decision 24)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True)
class Verb:
    """A command as `--help` lists it.

    Args:
        name: how it is called.
        words: first paragraph of its docstring.
        find: gives the command, whose module is imported by that; left out: the command of this
            name in the group.
        is_alone: it needs no application: no settings, no database.
    """

    name: str
    words: str
    find: Callable[[], click.Command] | None = None
    is_alone: bool = False


@dataclass(frozen=True)
class Verbs:
    """A group of commands; `find` gives the group that its module has."""

    name: str
    words: str
    find: Callable[[], click.Group]
    verbs: tuple[Verb, ...]


Begin = Callable[[Verb, click.Context], None]


class LazyCommand(click.Command):
    """Stands for a command, and imports it when it is called.

    Args:
        find: gives the command.
        begin: called before the command runs, once its options are read.
    """

    def __init__(
        self, verb: Verb, find: Callable[[], click.Command], begin: Begin | None = None
    ) -> None:
        super().__init__(verb.name, help=verb.words)
        self.verb, self.find, self._begin = verb, find, begin

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """The context of the command itself: click invokes the command in it."""
        context = self.find().make_context(info_name, args, parent, **extra)
        # `--help` and wrong usage do not come this far, and whoever completes a line runs nothing.
        if self._begin is not None and not context.resilient_parsing:
            self._begin(self.verb, context)
        return context


def lazy_commands(
    declared: tuple[Verb | Verbs, ...], *, begin: Begin | None = None
) -> Iterator[click.Command]:
    """Commands and groups that import nothing before one of them is called.

    Args:
        begin: called before a command runs, once its options are read.
    """
    for one in declared:
        if isinstance(one, Verb):
            assert one.find is not None
            yield LazyCommand(one, one.find, begin)
        else:
            verbs = [LazyCommand(verb, _finder(one, verb), begin) for verb in one.verbs]
            yield click.Group(one.name, help=one.words, commands=verbs)


def _finder(group: Verbs, verb: Verb) -> Callable[[], click.Command]:
    return verb.find or (lambda: group.find().commands[verb.name])
