"""`edge journal`: the rows as JSON lines, or a verdict on the whole of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from edge.config import load_settings
from edge.devices import load_driver
from edge.model.records import Stream
from edge.store.queries import LedgerQueries
from edge.terminal_folder import LEDGER_FILE


def journal(config: str, *, stream: str | None, since: int, verify: bool, waybill: str | None = None) -> int:
    """0, or 1 when the journal is broken, or has nothing of this waybill."""
    settings = load_settings(Path(config), load_driver)
    queries = LedgerQueries(settings.terminal.data_dir / LEDGER_FILE)
    if verify:
        return _verify(queries)
    if waybill is not None:
        return _waybill(queries, waybill)
    for row in queries.journal(stream=Stream(stream) if stream else None, since=since):
        print(json.dumps(row, ensure_ascii=False))
    return 0


def _waybill(queries: LedgerQueries, waybill: str) -> int:
    rows = queries.waybill(waybill)
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    damaged = [row["damaged"] for row in rows if "damaged" in row]
    for why in damaged:
        print(f"broken: {why}", file=sys.stderr)
    if not rows:
        print(f"nothing is known of {waybill}", file=sys.stderr)
    return 1 if damaged or not rows else 0


def _verify(queries: LedgerQueries) -> int:
    chain, positions = queries.verify()
    if chain.broken_at is not None:
        print(f"broken: {chain.why} (rows {chain.first} to {chain.broken_at - 1} are whole)")
        return 1
    if positions:
        print(f"broken: {positions}")
        return 1
    print(f"whole: {chain.rows} rows from {chain.first} to {chain.last}, no gap, {queries.unsent()} unsent")
    return 0
