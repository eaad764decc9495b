"""A connection of its own to the ledger, for those who only look: it holds nobody up, and comes from any thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from edge.errors import CorruptStore, StoreError
from edge.store.transaction import failure


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A damaged file is one clear error for whoever looks; the terminal repairs it at its next boot."""
    if not path.exists():
        raise StoreError("there is no ledger yet", where=str(path), cure="Run edge run once, or edge demo.")
    address = f"file:{path}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise failure(error, path) from error
    except (ValueError, TypeError) as error:
        raise CorruptStore(f"the ledger cannot be read: {error!r}", where=str(path)) from error
