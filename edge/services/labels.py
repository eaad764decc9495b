"""Labels of the shop's scale: the goods by their number, the price or the weight by the label (product row 8)."""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.messages import ItemScanned, LabelScanned, Say, Tone, UnknownScanned
from edge.model.counter import Waiting
from edge.model.item import Item
from edge.model.money import line_amount
from edge.model.records import ItemUnknown
from edge.model.sale import add_item, add_unknown
from edge.ports import Catalogue, Transaction
from edge.services.basket import ask_price, refunding, tell_price, waits_for_wallet, wallet_words
from edge.services.new_line import put_in
from edge.services.offers import Offers

TOLERANCE_FEN = 1
"""Scales round where the terminal cuts (devices 2.5)."""


class Labels:
    """What the label says it costs wins over the catalogue; where it tells the weight, too, both must agree."""

    def __init__(self, bus: Bus, catalogue: Catalogue, offers: Offers) -> None:
        self._catalogue = catalogue
        self._offers = offers
        bus.on(LabelScanned, self._scanned)

    def _scanned(self, label: LabelScanned, tx: Transaction) -> None:
        item, waiting = self._catalogue.by_plu(label.plu), tx.counter.waiting
        if waits_for_wallet(tx.counter):
            tx.after_commit(wallet_words(tx.counter))
        elif waiting is Waiting.PRICE_CHECK and label.amount is not None:
            tell_price(item or Item(sku=label.text, name=label.text, price=None), label.amount, tx)
        elif waiting in (Waiting.PRICE_CHECK, Waiting.REMOVE) or refunding(tx.counter):
            seen = ItemScanned(item, label.asked_mono) if item else UnknownScanned(label.text, label.asked_mono)
            tx.after_commit(seen)
        elif item is None:
            self._sell_unknown(label, tx)
        elif item.blocked:
            tx.after_commit(Say("item.expired", Tone.ERROR))
        else:
            self._sell(label, item, tx)

    def _sell_unknown(self, label: LabelScanned, tx: Transaction) -> None:
        """As a barcode that nobody knows, but its price is on it (row 12)."""
        text, price = label.text, label.amount or tx.learned.price(label.text)
        if price is None:
            ask_price(text, "item.unknown", tx)
        elif put_in(lambda sale, _: add_unknown(sale, text, name=text, price=price, scale=text), self._offers, tx):
            tx.append(ItemUnknown(text, price))

    def _sell(self, label: LabelScanned, item: Item, tx: Transaction) -> None:
        price = label.unit_price or item.price or tx.learned.price(item.sku)
        qty = label.grams or label.pieces
        counted = line_amount(price, qty) if price is not None and qty is not None else None
        amount = label.amount if label.amount is not None else counted
        if amount is None:
            ask_price(label.text, "item.zero", tx)
        elif amount == 0:
            tx.after_commit(Say("label.empty", Tone.ERROR))
        elif counted is not None and abs(amount - counted) > TOLERANCE_FEN:
            tx.after_commit(Say("label.differs", Tone.ERROR))
        elif price is None or qty is None:
            pack = replace(item, weighed=False)
            put_in(lambda sale, _: add_item(sale, pack, price=amount, scale=label.text), self._offers, tx)
        else:
            goods, each, many, whole = replace(item, weighed=label.grams is not None), price, qty, amount
            put_in(
                lambda sale, _: add_item(sale, goods, qty=many, price=each, amount=whole, scale=label.text),
                self._offers,
                tx,
            )
