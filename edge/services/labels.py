"""Labels of the shop's scale: the goods by their number, the price or the weight by the label (product row 8)."""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.messages import ItemScanned, LabelScanned, Say, Tone, UnknownScanned
from edge.model.counter import Pack, Waiting
from edge.model.item import Item
from edge.model.money import Fen, Milli, line_amount
from edge.model.sale import add_item, add_unknown
from edge.ports import Catalogue, Transaction
from edge.services.basket import ask_price, refunding, tell_price
from edge.services.new_line import put_in
from edge.services.offers import Offers
from edge.services.shop_prices import price_here, stranger


class Labels:
    """What the label says it costs wins over the catalogue; where it tells the weight, too, both must agree."""

    def __init__(self, bus: Bus, catalogue: Catalogue, offers: Offers) -> None:
        self._catalogue = catalogue
        self._offers = offers
        bus.on(LabelScanned, self._scanned)

    def _scanned(self, label: LabelScanned, tx: Transaction) -> None:
        item, waiting = self._catalogue.by_plu(label.plu), tx.counter.waiting
        if waiting is Waiting.PRICE_CHECK and label.amount is not None:
            tell_price(replace(item or stranger(label.text), weighed=False), label.amount, tx)  # of the pack
        elif waiting in (Waiting.PRICE_CHECK, Waiting.REMOVE, Waiting.SHELF_PRICE) or refunding(tx.counter):
            seen = ItemScanned(item, label.asked_mono) if item else UnknownScanned(label.text, label.asked_mono)
            tx.after_commit(seen)
        elif item is None:
            self._sell_unknown(label, tx)
        elif item.blocked:
            tx.after_commit(Say("item.blocked", Tone.ERROR))
        else:
            self._sell(label, item, tx)

    def _sell_unknown(self, label: LabelScanned, tx: Transaction) -> None:
        """As a barcode that nobody knows, but its price is on it (row 12)."""
        item = stranger(label.text)
        price = label.amount or price_here(item, tx)
        if price is None:
            ask_price(item.sku, tx, is_known=False)
        else:
            put_in(lambda sale, _: add_unknown(sale, item, price=price, scale=item.sku), self._offers, tx)

    def _sell(self, label: LabelScanned, item: Item, tx: Transaction) -> None:
        price = label.unit_price or price_here(item, tx)
        qty = label.grams or label.pieces
        counted = line_amount(price, qty) if price is not None and qty is not None else None
        amount = label.amount if label.amount is not None else counted
        if amount is None and qty is not None:
            pack = Pack(label.text, qty, weighed=label.grams is not None)
            ask_price(item.sku, tx, is_known=True, pack=pack)
        elif amount is None:
            ask_price(item.sku, tx, is_known=True)
        elif amount == 0:
            tx.after_commit(Say("label.empty", Tone.ERROR))
        elif counted is not None and price is not None and abs(amount - counted) > tolerance(label, price):
            tx.after_commit(Say("label.differs", Tone.ERROR))
        elif price is None or qty is None:
            whole_pack = replace(item, weighed=False)
            put_in(lambda sale, _: add_item(sale, whole_pack, price=amount, scale=label.text), self._offers, tx)
        else:
            goods, each, many, whole = replace(item, weighed=label.grams is not None), price, qty, amount
            put_in(
                lambda sale, _: add_item(sale, goods, qty=many, price=each, amount=whole, scale=label.text),
                self._offers,
                tx,
            )


def tolerance(label: LabelScanned, price: Fen) -> Fen:
    """How far the amount of a label may be from price × weight.

    A scale rounds or cuts its amount to a whole step where the terminal cuts to the fen (devices 2.5). It counts with
    the grams that it weighed, and with a price to the fen, where its label has only steps of them.
    """
    amount, grams, qty = label.amount_step, label.grams_step, label.grams or label.pieces or Milli(0)
    of_price = (amount - 1) * qty if label.unit_price is not None else 0
    return Fen(amount - (-((grams - 1) * price + of_price) // 1000))
