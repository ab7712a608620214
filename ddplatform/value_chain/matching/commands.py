"""`flask value-chain match` and `match-pairs`: likely duplicates in lists, without a database."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from ddplatform.infrastructure.commands import answer, json_option, refuse, write_out
from supply_chain.errors import FileRefused
from supply_chain.intake.cells import shield
from supply_chain.intake.drafts import NamedBytes
from supply_chain.matching.matcher import find_between, find_within, score_pairs
from supply_chain.matching.pairs import Pair
from supply_chain.matching.tables import Fault, ReadList, ReadPairs, read_list, read_pairs

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
FAULTS_SHOWN = 50
MATCH_COLUMNS = ("left_id", "right_id", "score", "decision", "reasons")
ADDED = ("score", "decision", "reasons")
NOT_COMPARED = ("", "", "not compared: a name is missing")


@click.command()
@click.argument("left", metavar="LEFT.csv", type=FILE)
@click.argument("right", metavar="[RIGHT.csv]", type=FILE, required=False)
@click.option("--out", required=True, type=OUT, help="CSV file to write the pairs to.")
@json_option
def match(left: Path, right: Path | None, out: Path, as_json: bool) -> None:
    """Find likely duplicates within one list or between two."""
    _keep_input(out, left, right)
    try:
        lists = [read_list(_named(path)) for path in (left, right) if path]
    except FileRefused as fault:
        refuse(fault)
    if right:
        pairs = find_between(lists[0].records, lists[1].records)
    else:
        pairs = find_within(lists[0].records)
    rows = [(pair.left_id, pair.right_id, *_verdict(pair)) for pair in pairs]
    _write(out, MATCH_COLUMNS, rows)
    _tell(lists, pairs, out=out, as_json=as_json)


@click.command("match-pairs")
@click.argument("pairs_file", metavar="PAIRS.csv", type=FILE)
@click.option("--out", required=True, type=OUT, help="CSV file to write the scored pairs to.")
@json_option
def match_pairs(pairs_file: Path, out: Path, as_json: bool) -> None:
    """Score given pairs of records; each is written in the order of the list."""
    _keep_input(out, pairs_file)
    try:
        read = read_pairs(_named(pairs_file))
    except FileRefused as fault:
        refuse(fault)
    pairs = score_pairs([*read.pairs.values()])
    scored = dict(zip(read.pairs, pairs, strict=True))
    kept = [place for place, column in enumerate(read.header) if column not in ADDED]
    rows = [
        (
            *(cells[place] for place in kept),
            *(_verdict(scored[number]) if number in scored else NOT_COMPARED),
        )
        for number, cells in enumerate(read.rows)
    ]
    _write(out, [*(read.header[place] for place in kept), *ADDED], rows)
    _tell([read], pairs, out=out, as_json=as_json)


def _keep_input(out: Path, *read: Path | None) -> None:
    """Wrong usage where the answer would be written over a list that is read."""
    if any(path and path.resolve() == out.resolve() for path in read):
        raise click.BadParameter(
            f"{out} is a list that is read; give the answer another name.", param_hint="'--out'"
        )


def _named(path: Path) -> NamedBytes:
    return NamedBytes(path.name, path.read_bytes())


def _verdict(pair: Pair) -> tuple[str, str, str]:
    return f"{pair.score:.4f}", pair.decision.value, "; ".join(pair.reasons)


def _write(out: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    # Cells are those of a list that came from outside: none may run when a spreadsheet opens it.
    writer.writerows([_shielded(cell) for cell in row] for row in (header, *rows))
    write_out(out, text.getvalue().encode("utf-8"))


def _shielded(cell: str) -> str:
    """Once is enough: an answer may be the list of the next command."""
    return cell if cell.startswith("'") else shield(cell)


def _tell(
    lists: Sequence[ReadList | ReadPairs], pairs: Sequence[Pair], *, out: Path, as_json: bool
) -> None:
    """What was found and what is faulty; exit code 1 where a row could not be used."""
    faults = [fault for read in lists for fault in read.faults]
    notes = [note for read in lists for note in read.notes]
    found = Counter(pair.decision.value for pair in pairs)
    rows = [read.rows if isinstance(read.rows, int) else len(read.rows) for read in lists]
    counted = {decision: found[decision] for decision in ("same", "review", "different")}
    document = {
        "rows": rows,
        "pairs": len(pairs),
        **counted,
        "problems": [asdict(fault) for fault in faults],
        "notes": [asdict(note) for note in notes],
        "unused_columns": [list(read.unused) for read in lists],
        "out": str(out),
    }
    unused = [", ".join(filter(None, read.unused)) for read in lists]
    answer(document, as_json=as_json, text=_words(document, [*faults, *notes], unused))
    sys.exit(1 if faults else 0)


def _words(document: dict[str, object], faults: Sequence[Fault], unused: Sequence[str]) -> str:
    pairs = "1 pair" if document["pairs"] == 1 else f"{document['pairs']} pairs"
    lines = [
        f"{pairs}: {document['same']} same, {document['review']} to review.",
        *(
            f"{fault.file}, row {fault.row}, column {fault.column}: {fault.problem} {fault.advice}"
            for fault in faults[:FAULTS_SHOWN]
        ),
    ]
    if len(faults) > FAULTS_SHOWN:
        lines.append(f"... and {len(faults) - FAULTS_SHOWN} more problems (see --json).")
    lines += [f"Columns that nothing is compared by: {names}." for names in unused if names]
    return "\n".join([*lines, f"Wrote {document['out']}."])
