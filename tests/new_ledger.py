"""A ledger that no terminal has opened yet, as the migrations make it: made once for thousands of tests."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from edge.store.disk import Disk
from edge.store.ledger import connect

NAME = "ledger.db"


def lay_new_ledger(folder: Path) -> None:
    """Where none lies yet; what `Ledger.open` does with it is the same as with a file that is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / NAME).exists() and not any(folder.glob(f"{NAME}*")):
        (folder / NAME).write_bytes(_as_made())


@cache
def _as_made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        connect(path, Disk()).close()
        return path.read_bytes()
