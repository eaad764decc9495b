"""`edge receipt … --png`: a receipt from the ledger as its printed bytes look on paper."""

from __future__ import annotations

from pathlib import Path

from edge.codec.escpos import encode_slip
from edge.config import load_settings
from edge.devices import load_driver
from edge.errors import SettingsError, StoreError
from edge.services.receipts import slip_of
from edge.shop_files import paper_of_shop, receipt_words
from edge.store.queries import LedgerQueries
from edge.terminal_folder import LEDGER_FILE


def draw_receipt(config: str, receipt: str, out: str) -> int:
    """1 when the ledger does not have the receipt, 2 when the picture cannot be written."""
    from edge.paper.picture import render_png

    settings = load_settings(Path(config), load_driver)
    ledger = LedgerQueries(settings.terminal.data_dir / LEDGER_FILE)
    found = ledger.receipt(receipt)
    if found is None:
        newest = ledger.newest_receipt()
        expected = f"a number such as {newest}, the newest" if newest else "one that was sold; there is none yet"
        where = str(settings.terminal.data_dir)
        raise StoreError("there is no such receipt", where=where, expected=expected, got=receipt)
    paper = paper_of_shop(settings)
    octets = encode_slip(slip_of(found, receipt_words(settings), settings.terminal.zone), paper)
    try:
        Path(out).write_bytes(render_png(octets, paper))
    except OSError as error:
        raise SettingsError(f"the picture cannot be written: {error.strerror}", where=out) from error
    print(f"{out}: receipt {receipt}, {paper.columns} columns")
    return 0
