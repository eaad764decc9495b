"""What goods cost in this shop: a price that was keyed here stands until the shop gives it up (product decision 7).

It is learnt when the sale is paid: what was taken back, cancelled or only practised was a slip of the finger, and what
改价 took off one line is of that line. The card 定价 sets one at any time, and zero gives it up: then the catalogue's
counts, or it is asked for again.
"""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import Asked, Confirmed, ItemScanned, Say, Tone, UnknownScanned
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.item import Item
from edge.model.money import Fen
from edge.model.records import ItemUnknown, SaleCompleted
from edge.model.repricing import far_below, listed_price
from edge.model.sale import Line, LineKind
from edge.ports import Catalogue, Transaction
from edge.services.basket import question
from edge.services.owner_gate import armed, spend

MAX_PRICE = Fen(10_000_000)


def price_here(item: Item, tx: Transaction) -> Fen | None:
    """The shop's own price, the catalogue's, or what was keyed for it in this basket; None: it must be asked for."""
    own = tx.learned.price(item.sku)
    if own is not None:
        return own
    return item.price if item.priced else _keyed_now(item.sku, tx)


def was_keyed_now(line: Line, catalogue: Catalogue, tx: Transaction) -> bool:
    """Whether the price of this line was keyed in this sale, because there was none."""
    if not _has_keyed_price(line) or tx.learned.price(line.sku) is not None:
        return False
    item = catalogue.by_sku(line.sku)
    return item is None or not item.priced


def stranger(barcode: str) -> Item:
    """Goods that no catalogue names, as they are called until one does."""
    return Item(sku=barcode, name=f"新商品{barcode[-4:]}", price=None, name_en=f"New item {barcode[-4:]}")


class ShopPrices:
    """`limit_percent`: so much below the price until now a cashier may set alone, as with 改价."""

    def __init__(self, bus: Bus, catalogue: Catalogue, *, limit_percent: int) -> None:
        self._catalogue = catalogue
        self._limit_percent = limit_percent
        bus.on(Asked, self._asked)
        bus.on(ItemScanned, lambda scanned, tx: self._scanned(scanned.item, tx))
        bus.on(UnknownScanned, lambda scanned, tx: self._scanned(stranger(scanned.barcode), tx))
        bus.on(Confirmed, self._confirmed)
        bus.on(SaleCompleted, self._learn)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        counter = tx.counter
        if asked.verb is Verb.SHELF_PRICE:
            tx.keep(Counter(counter.sale, Waiting.SHELF_PRICE))
            tx.after_commit(question(tx.counter))
        elif asked.verb is Verb.COUNTED and counter.verb is Verb.SHELF_PRICE and counter.barcode is not None:
            self._set(self._item(counter.barcode), Fen(asked.value), tx)

    def _scanned(self, item: Item, tx: Transaction) -> None:
        if tx.counter.waiting is not Waiting.SHELF_PRICE:
            return
        price = price_here(item, tx)
        tx.keep(Counter(tx.counter.sale, Waiting.AMOUNT, item.sku, Verb.SHELF_PRICE))
        prompt = "shelf.now" if price is not None else "shelf.none"
        tx.after_commit(Say(prompt, Tone.ATTENTION, amounts=(("a", price or Fen(0)),), words=(("item", item.name),)))

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """A price that was asked about with its goods (`Plans`)."""
        if confirmed.verb is Verb.SHELF_PRICE and confirmed.barcode is not None:
            self._set(self._item(confirmed.barcode), Fen(confirmed.value), tx)

    def _set(self, item: Item, price: Fen, tx: Transaction) -> None:
        before = price_here(item, tx)
        if price > MAX_PRICE:
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return
        if price and before is not None and far_below(before, price, self._limit_percent) and armed(tx) is None:
            tx.after_commit(Say("owner.first", Tone.ATTENTION))
            return
        if price and before is not None and far_below(before, price, self._limit_percent):
            spend(tx)
        if price:
            tx.learned.learn(item.sku, price)
        else:
            tx.learned.forget(item.sku)
        tx.keep(at_rest(tx.counter.sale))
        said = "shelf.set" if price else "shelf.given_up"
        tx.after_commit(Say(said, amounts=(("a", price),), words=(("item", item.name),)))

    def _learn(self, completed: SaleCompleted, tx: Transaction) -> None:
        for line in completed.sale.standing:
            if line.kind is LineKind.UNKNOWN_ITEM and line.scale:
                tx.append(ItemUnknown(line.sku, listed_price(line)))  # a label says its own price each time
            elif was_keyed_now(line, self._catalogue, tx):
                price = _meant(line, self._limit_percent)
                tx.learned.learn(line.sku, price)
                if line.kind is LineKind.UNKNOWN_ITEM:
                    tx.append(ItemUnknown(line.sku, price))

    def _item(self, sku: str) -> Item:
        return self._catalogue.by_sku(sku) or stranger(sku)


def _meant(line: Line, limit_percent: int) -> Fen:
    """What 改价 made dearer, or far cheaper, was a slip of the keypad; a little cheaper is a mark-down of one line."""
    first = listed_price(line)
    slipped = line.price > first or far_below(first, line.price, limit_percent)
    return line.price if slipped and line.price else first


def _keyed_now(sku: str, tx: Transaction) -> Fen | None:
    lines = tx.counter.sale.standing if tx.counter.sale is not None else ()
    keyed = (line for line in reversed(lines) if line.sku == sku and _has_keyed_price(line))
    return next((listed_price(line) for line in keyed), None)


def _has_keyed_price(line: Line) -> bool:
    """Not that of a label: what stands on a pack is what this one pack costs."""
    is_pack = bool(line.scale) and not line.weighed
    return line.kind in (LineKind.ITEM, LineKind.UNKNOWN_ITEM) and not is_pack
