"""What the owner's export reads of the ledger: row by row on one snapshot, so that its tables agree with each other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from edge.errors import StoreError
from edge.model.money import Milli
from edge.store.transaction import failure

_ROWS = "SELECT type, at, body FROM journal WHERE type IN ({}) AND body <> '' ORDER BY n"


class OwnBooks:
    """Open with `own_books`; the terminal may run and sell on meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, types: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
        """(type, at, body) of the journal's rows, the oldest first."""
        marks = ", ".join("?" * len(types))
        yield from self._connection.execute(_ROWS.format(marks), types)

    def stock(self) -> Iterator[tuple[str, Milli]]:
        """(sku, on hand) of all that was ever counted."""
        yield from self._connection.execute("SELECT sku, on_hand FROM stock WHERE on_hand IS NOT NULL ORDER BY sku")

    def catalogue(self) -> str | None:
        """The name of the active catalogue's file."""
        row = self._connection.execute("SELECT v FROM meta WHERE k = 'catalogue'").fetchone()
        return str(row[0]) if row else None


@contextmanager
def own_books(path: Path) -> Iterator[OwnBooks]:
    """Raises StoreError: there is none, or it cannot be read."""
    if not path.exists():
        raise StoreError("there is no ledger yet", where=str(path), cure="Run edge run once, or edge demo.")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            yield OwnBooks(connection)
    except sqlite3.Error as error:
        raise failure(error, path) from error
