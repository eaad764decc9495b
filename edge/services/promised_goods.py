"""Goods promised to orders from apps are sold like others, with a word: the shelf decides, not the books (row 75)."""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import ItemScanned, Say, Tone
from edge.model.counter import Waiting
from edge.model.money import Milli, quantity_text
from edge.ports import Transaction


class PromisedGoods:
    """Built after `Checkout`: the line stands already."""

    def __init__(self, bus: Bus) -> None:
        bus.on(ItemScanned, self._scanned)

    def _scanned(self, scanned: ItemScanned, tx: Transaction) -> None:
        sale, sku = tx.counter.sale, scanned.item.sku
        if sale is None or sale.training or tx.counter.waiting is not Waiting.NOTHING:
            return
        taken, on_hand = sum(line.qty for line in sale.standing if line.sku == sku), tx.stock.on_hand(sku)
        promised = tx.app_orders.reserved(sku) if taken and on_hand is not None else Milli(0)
        if promised and on_hand is not None and on_hand - taken < promised:
            tx.after_commit(Say("app.promised", Tone.ATTENTION, words=(("n", quantity_text(promised)),)))
