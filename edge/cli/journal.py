"""`edge journal`: the rows as JSON lines, or a verdict on the whole of them."""

from __future__ import annotations

import json
from pathlib import Path

from edge.config import load_settings
from edge.devices import load_driver
from edge.model.records import Stream
from edge.store.queries import LedgerQueries
from edge.terminal_folder import LEDGER_FILE


def journal(config: str, *, stream: str | None, since: int, verify: bool) -> int:
    """0, or 1 when the journal is broken."""
    settings = load_settings(Path(config), load_driver)
    queries = LedgerQueries(settings.terminal.data_dir / LEDGER_FILE)
    if verify:
        return _verify(queries)
    for row in queries.journal(stream=Stream(stream) if stream else None, since=since):
        print(json.dumps(row, ensure_ascii=False))
    return 0


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
