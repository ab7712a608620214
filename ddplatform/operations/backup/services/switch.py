"""The switch from what stands to what was restored: undone where it was interrupted."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ddplatform.infrastructure.adapters.private_files import sync
from ddplatform.operations.backup.place import STAGED, write_private
from ddplatform.operations.backup_databases.interface import Database, Staged

JOURNAL: Final = ".restore-journal"
FOLDERS: Final = ("files", "snapshots", "screening-lists", "protection-services.yaml")
"""What is replaced as a whole. Snapshots are made from the database, so those of before go."""
Move = tuple[Path, Path]


@dataclass(frozen=True)
class Switch:
    """Moves of files, then the database, whose turn decides which state is in force."""

    instance: Path
    staged: Staged
    aside: str
    """Name of the folder for what stood here before, below the instance folder."""
    keys: tuple[str, ...]
    """Paths of key files that came with the backup."""

    def run(self) -> str:
        """Put the restored state in force; tells where the database of before was put."""
        moves = list(self._moves())
        journal = {
            "staged": self.staged.ref,
            "aside": self.aside,
            "moves": [[str(source), str(target)] for source, target in moves],
        }
        write_private(self.instance / JOURNAL, json.dumps(journal).encode())
        sync(self.instance)
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            source.rename(target)
        sync(self.instance)
        kept = self.staged.put_in_force(self.aside)
        (self.instance / JOURNAL).unlink()
        return kept

    def _moves(self) -> Iterator[Move]:
        restored, aside = self.instance / STAGED, self.instance / self.aside
        for name in (*FOLDERS, *self.keys):
            if (self.instance / name).exists():
                yield self.instance / name, aside / name
            if (restored / name).exists() and name != "snapshots":
                yield restored / name, self.instance / name


def undo_interrupted(instance: Path, database: Database) -> bool:
    """Bring back what stood before a switch that was interrupted; True where there was one.

    Once the database had its turn the restored state is in force, and only the journal is left.
    """
    path = instance / JOURNAL
    if not path.exists():
        return False
    journal = json.loads(path.read_bytes() or b"{}")
    if journal and database.is_staged(journal["staged"]):
        database.undo(journal["aside"])
        for source, target in reversed(journal["moves"]):
            if Path(target).exists() and not Path(source).exists():
                Path(source).parent.mkdir(parents=True, exist_ok=True)
                Path(target).rename(source)
    path.unlink()
    shutil.rmtree(instance / STAGED, ignore_errors=True)
    return True
