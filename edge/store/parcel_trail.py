"""All that the journal has of one waybill, with the links of its rows: who had it when (product row 62)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from edge.store.journal import GENESIS, pruned, verify_slice

_FIELDS = "n, stream, epoch, seq, id, type, sv, at, clk, boot, up, body"


def trail(connection: sqlite3.Connection, waybill: str) -> Iterator[dict[str, Any]]:
    """The rows in order of n: as `edge journal` has them, and `prev` and `hash` of their links, hexadecimal.

    A row that does not carry the hash of what it says, or is gone, is {n, damaged: why}.
    """
    pruned_n, _ = pruned(connection)
    for n in sorted(_numbers(connection, waybill)):
        if n <= pruned_n:
            continue
        chain = verify_slice(connection, n, 1)
        if chain.broken_at is not None or not chain.rows:
            yield {"n": n, "damaged": chain.why or f"row {n} is missing"}
        else:
            yield _row(connection, n)


def _numbers(connection: sqlite3.Connection, waybill: str) -> set[int]:
    """By the parcel's own index. The station forgets parcels before the journal does: then its rows are looked for."""
    known = [str(id) for (id,) in connection.execute("SELECT id FROM parcel WHERE waybill = ?", (waybill,))]
    parcels = known or _named(connection, waybill)
    rows = "SELECT n FROM parcel_row WHERE parcel = ?"
    return {int(n) for parcel in parcels for (n,) in connection.execute(rows, (parcel,))}


def _named(connection: sqlite3.Connection, waybill: str) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT r.parcel FROM journal j JOIN parcel_row r ON r.n = j.n"
        " WHERE j.stream = 'pk' AND instr(j.body, ?)",
        (f'"waybill":{json.dumps(waybill)}',),
    )
    return [str(parcel) for (parcel,) in rows]


def _row(connection: sqlite3.Connection, n: int) -> dict[str, Any]:
    values = connection.execute(f"SELECT {_FIELDS}, hash FROM journal WHERE n = ?", (n,)).fetchone()
    *told, body, digest = values
    keys = _FIELDS.split(", ")[:-1]
    entry = dict(zip(keys, told, strict=True))
    return entry | {
        "data": json.loads(body) if body else None, "prev": _hash_before(connection, n).hex(), "hash": digest.hex(),
    }  # fmt: skip


def _hash_before(connection: sqlite3.Connection, n: int) -> bytes:
    pruned_n, digest = pruned(connection)
    row = connection.execute("SELECT hash FROM journal WHERE n = ?", (n - 1,)).fetchone()
    return bytes(row[0]) if row else (digest if n - 1 == pruned_n else GENESIS)
