"""What can still be read from a damaged ledger moves into a new one: nothing that the cloud lacks is given up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from edge.model.records import Stream
from edge.store.journal import GENESIS, link

_KEPT_META = ("boot", "boot_id", "sess", "ctr", "cat_ver", "catalogue", "reconnect")
_KEPT_TABLES = ("stock", "learned_price", "cmd", "counter")
_FIELDS = "stream, epoch, seq, id, type, sv, at, boot, up, clk, body"
RECEIPT_JUMP = 5_000
"""Added to receipt numbers when the old file does not tell the last one: no two receipts of a day share a number."""


def salvage(damaged: Path, target: sqlite3.Connection, *, epoch: str, today: date) -> int:
    """Copy un-acknowledged rows (same ids, renumbered from 1), settings and projections; returns the rows copied.

    Rows that cannot be read are left in the file that was set aside. One transaction: a cut leaves an empty new ledger
    and the old file aside.
    """
    try:
        source = sqlite3.connect(f"file:{damaged}?mode=ro", uri=True)
        acked: dict[str, int] = dict(source.execute("SELECT stream, acked FROM pos").fetchall())
    except sqlite3.DatabaseError:
        # Not even the positions can be read: everything is treated as lost to this box; the file stays for a person.
        _put_floor(target, today, RECEIPT_JUMP)
        return 0
    old_epoch = _first(source, "SELECT v FROM meta WHERE k = 'epoch'")
    target.execute("BEGIN IMMEDIATE")
    target.execute("INSERT OR REPLACE INTO meta VALUES ('epoch', ?)", (epoch,))
    _put_floor(target, today, _last_receipt_no(source))
    for key in _KEPT_META:
        if (value := _first(source, f"SELECT v FROM meta WHERE k = '{key}'")) is not None:
            target.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
    for table in _KEPT_TABLES:
        for row in _readable(source, f"SELECT * FROM {table}"):
            target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    carried = _copy_rows(source, target, acked, old_epoch, epoch)
    target.execute("COMMIT")
    source.close()
    return carried


def _copy_rows(
    source: sqlite3.Connection, target: sqlite3.Connection, acked: dict[str, int], old_epoch: Any, epoch: str
) -> int:
    seqs = {stream.value: 0 for stream in Stream}
    n, previous = 0, GENESIS
    for row in _readable(source, f"SELECT {_FIELDS} FROM journal ORDER BY n"):
        stream, row_epoch, seq, id, type, sv, at, boot, up, clk, body = row
        if row_epoch != old_epoch or seq <= acked.get(stream, 0):
            continue
        n, seqs[stream] = n + 1, seqs[stream] + 1
        previous = link(previous, n, id, type, sv, at, boot, up, body)
        target.execute(
            "INSERT OR IGNORE INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            (n, stream, epoch, seqs[stream], id, type, sv, at, boot, up, clk, body, previous),
        )
    target.executemany("UPDATE pos SET head = ? WHERE stream = ?", [(seq, stream) for stream, seq in seqs.items()])
    return n


def _put_floor(target: sqlite3.Connection, today: date, number: int) -> None:
    """Receipts of business days up to tomorrow are numbered above `number`; later days begin at 1 again."""
    until = today + timedelta(days=1)
    target.execute("INSERT OR REPLACE INTO meta VALUES ('receipt_floor', ?)", (f"{until.isoformat()}:{number}",))


def _readable(source: sqlite3.Connection, sql: str) -> Iterator[tuple[Any, ...]]:
    """Rows up to the first that cannot be read."""
    try:
        yield from source.execute(sql)
    except sqlite3.DatabaseError:
        return


def _first(source: sqlite3.Connection, sql: str) -> Any:
    row = next(_readable(source, sql), None)
    return row[0] if row else None


def _last_receipt_no(source: sqlite3.Connection) -> int:
    """The highest number of any day: higher than needed, never too low."""
    found = _first(source, "SELECT max(no) FROM sale")
    return int(found) if found is not None else RECEIPT_JUMP
