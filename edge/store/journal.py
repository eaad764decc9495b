"""The hash chain of the journal: SHA-256(previous hash ‖ n ‖ id ‖ type ‖ sv ‖ at ‖ boot ‖ up ‖ body)."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass

GENESIS = bytes(32)
"""The hash before row 1."""
DROPPED = "dropped"
"""`rej` of an event row that gave its body up for room (contract B2: ev is bounded); its link is kept."""

_COVERED = ", ".join(
    f"coalesce(CAST({column} AS BLOB), x'')" for column in ("id", "type", "sv", "at", "boot", "up", "body")
)
"""As octets: a text with a wrong one is no UTF-8 any more, and must still be told by its row."""

_UNCOVERED = (
    "stream IN ('pk', 'tx', 'ev') AND clk IN ('ok', 'unsync', 'cert') AND epoch NOT GLOB '*[^0-9A-Za-z]*'"
    " AND coalesce(rej, '') NOT GLOB '*[^!-~]*'"
)
"""What the hash says nothing of. A text that is no UTF-8 would end each process that reads its row."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The verdict on a stretch of the journal. `broken_at` is the first bad n, `why` says what is wrong with it."""

    first: int
    last: int
    broken_at: int | None = None
    why: str = ""

    @property
    def rows(self) -> int:
        return max(0, self.last - self.first + 1)


def link(previous: bytes, n: int, id: str, type: str, sv: int, at: str, boot: int, up: int, body: str) -> bytes:
    """The hash of one row. Epoch and seq stay out of it: a new epoch renumbers rows (decisions 1)."""
    return _link(previous, f"{n}\x1f{id}\x1f{type}\x1f{sv}\x1f{at}\x1f{boot}\x1f{up}\x1f{body}".encode())


def _link(previous: bytes, octets: bytes) -> bytes:
    digest = hashlib.sha256(previous)
    digest.update(octets)
    return digest.digest()


def verify(connection: sqlite3.Connection, *, last_links: int | None = None) -> Chain:
    """Check numbering and links of the newest `last_links` rows, or of all from the last pruned row on."""
    first, previous = _start(connection, last_links)
    return _verified(connection, first, previous, limit=-1)


def verify_slice(connection: sqlite3.Connection, first: int, rows: int) -> Chain:
    """The same for `rows` rows from `first` on, or from the oldest where `first` is gone."""
    pruned_n, digest = pruned(connection)
    first = max(first, pruned_n + 1)
    row = connection.execute("SELECT hash FROM journal WHERE n = ?", (first - 1,)).fetchone()
    return _verified(connection, first, row[0] if row else digest, limit=rows)


def _verified(connection: sqlite3.Connection, first: int, previous: object, *, limit: int) -> Chain:
    chain, n = Chain(first, first - 1), first - 1
    rows = connection.execute(
        f"SELECT n, {_UNCOVERED}, rej = 'dropped' AND stream = 'ev' AND body = '', hash, {_COVERED}"
        " FROM journal WHERE n >= ? ORDER BY n LIMIT ?",
        (first, limit),
    )
    if not isinstance(previous, bytes):
        return Chain(first, first, first, f"row {first - 1} has no hash")
    for row_n, sound, emptied, stored, *covered in rows:
        n += 1
        if row_n != n:
            return Chain(first, row_n, n, f"row {n} is missing")
        if not isinstance(stored, bytes) or len(stored) != len(GENESIS):
            return Chain(first, n, n, f"row {n} has no hash")
        if not emptied and _link(previous, b"\x1f".join([b"%d" % n, *covered])) != stored:
            return Chain(first, n, n, f"row {n} does not carry the hash of what it says")
        if not sound:
            return Chain(first, n, n, f"row {n} has a stream, epoch, clk or rej that nobody wrote")
        previous = stored
        chain = Chain(first, n)
    return chain


def verify_positions(connection: sqlite3.Connection, epoch: str) -> str:
    """An empty text when each stream's head is its newest row and its numbers have no gap, else what is wrong."""
    for stream, head, acked in connection.execute("SELECT stream, head, acked FROM pos"):
        newest, oldest, rows = connection.execute(
            "SELECT max(seq), min(seq), count(*) FROM journal WHERE stream = ? AND epoch = ?", (stream, epoch)
        ).fetchone()
        if newest is not None and (newest != head or newest - oldest + 1 != rows):
            return f"stream {stream}: head {head}, newest row {newest}, {rows} rows from {oldest}"
        if newest is None and acked != head:
            return f"stream {stream}: rows {acked + 1} to {head} are missing"
    return ""


def _start(connection: sqlite3.Connection, last_links: int | None) -> tuple[int, bytes]:
    pruned_n, pruned_hash = pruned(connection)
    if last_links is None:
        return pruned_n + 1, pruned_hash
    (newest,) = connection.execute("SELECT coalesce(max(n), 0) FROM journal").fetchone()
    first = max(pruned_n + 1, newest - last_links + 1)
    row = connection.execute("SELECT hash FROM journal WHERE n = ?", (first - 1,)).fetchone()
    return first, row[0] if row else pruned_hash


def pruned(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """(n, hash) of the last row that retention removed; (0, GENESIS) when none was."""
    row = connection.execute("SELECT v FROM meta WHERE k = 'pruned'").fetchone()
    if row is None:
        return 0, GENESIS
    n, _, text = row[0].partition(":")
    return int(n), bytes.fromhex(text)
