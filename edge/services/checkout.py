"""The open basket: goods come in by scan, card and key, are counted, taken back and undone; each beep is a commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.errors import ModelError
from edge.messages import Asked, Confirmed, DeviceUp, ItemScanned, Say, Show, Started, Tone, UnknownScanned, View
from edge.model.counter import Counter, Verb, Waiting
from edge.model.item import Item
from edge.model.money import Fen, Milli
from edge.model.records import ItemUnknown, SaleCancelled
from edge.model.sale import (
    MAX_LINES,
    MAX_PIECES,
    ONE_PIECE,
    Event,
    Line,
    Sale,
    add_item,
    add_open_price,
    add_unknown,
    moved,
    set_pieces,
    undone,
    void_line,
)
from edge.ports import Catalogue, Transaction
from edge.services.basket import basket_view, fits_one_record, one_more, question, refunding, waits_for_wallet
from edge.services.empty_sale import EmptySale
from edge.services.offers import Offers, added_told, price_told
from edge.services.tendering import cash_given_back

PRICE_CHECK_S = 10.0
CANCEL_CONFIRM_S = 5.0
ASK_ABOVE_PIECES = 99


@dataclass(frozen=True, slots=True)
class WaitOver:
    """A timer: the counter has waited long enough for what it was waiting for. `serial` names the wait."""

    serial: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """The basket of before the restart stands again, and the other services have started."""


@dataclass(frozen=True, slots=True)
class CheckoutRules:
    """The shop's habits, from settings."""

    open_price_limit: Fen = Fen(50_000)
    pieces_before_scan: bool = False


class Checkout:
    """Turns Asked and scans into basket changes. Money is `Tendering`'s."""

    def __init__(
        self, bus: Bus, catalogue: Catalogue, rules: CheckoutRules, empty: EmptySale, offers: Offers
    ) -> None:  # fmt: skip
        self._bus = bus
        self._catalogue = catalogue
        self._rules = rules
        self._wait_serial = 0
        self._empty = empty
        self._offers = offers
        self._verbs: dict[Verb, Callable[[int, Transaction], None]] = {
            Verb.REMOVE_LAST: self._remove_last,
            Verb.REMOVE_NEXT: self._remove_next,
            Verb.UNDO: self._undo,
            Verb.CANCEL_SALE: self._cancel,
            Verb.PRICE_CHECK: self._price_check,
            Verb.PIECES: self._pieces,
            Verb.PIECES_CARD: self._pieces_of_last,
            Verb.OPEN_PRICE: self._open_price,
            Verb.KEYED_PRICE: self._keyed_price,
            Verb.REPEAT_LAST: self._repeat_last,
            Verb.STOP: self._stop,
        }
        bus.on(ItemScanned, self._item)
        bus.on(UnknownScanned, self._unknown)
        bus.on(Asked, self._asked)
        bus.on(Confirmed, self._confirmed)
        bus.on(WaitOver, self._wait_over)
        bus.on(Started, self._resume)
        bus.on(Resumed, lambda _, tx: self._ask_again(tx))
        bus.on(DeviceUp, lambda _, tx: self._show(tx))

    def _resume(self, _: Started, tx: Transaction) -> None:
        """After a restart the basket stands as of the last beep; questions that were open for seconds are not."""
        if tx.counter.waiting not in (Waiting.NOTHING, Waiting.PRICE):
            tx.keep(Counter(sale=tx.counter.sale))
        self._show(tx)
        tx.after_commit(Resumed())
        self._empty.watch(tx.counter.sale)

    def _ask_again(self, tx: Transaction) -> None:
        """After a power cut, too: else the next cash would be taken for the price that was asked before it."""
        if (again := question(tx.counter)) is not None:
            tx.after_commit(again)

    # --- scans -----------------------------------------------------------------------------------------------------

    def _item(self, scanned: ItemScanned, tx: Transaction) -> None:
        item, counter = scanned.item, tx.counter
        if refunding(counter):
            pass  # `Refunds` takes it
        elif waits_for_wallet(counter):
            tx.after_commit(Say("pay.busy", Tone.ERROR))
        elif counter.waiting is Waiting.PRICE_CHECK:
            self._tell_price(item, tx)
        elif counter.waiting is Waiting.REMOVE:
            self._remove_sku(item.sku, item.name, tx)
        elif item.blocked:
            tx.after_commit(Say("item.expired", Tone.ERROR))
        else:
            price = item.price if item.priced else tx.learned.price(item.sku)
            if price is None:
                self._ask_price(item.sku, "item.zero", tx)
            else:
                self._add(lambda sale, pieces: add_item(sale, item, qty=pieces, price=price), tx)

    def _unknown(self, scanned: UnknownScanned, tx: Transaction) -> None:
        barcode, counter, learned = scanned.barcode, tx.counter, tx.learned.price(scanned.barcode)
        if refunding(counter):
            pass  # `Refunds` takes it
        elif waits_for_wallet(counter):
            tx.after_commit(Say("pay.busy", Tone.ERROR))
        elif counter.waiting is Waiting.PRICE_CHECK:
            self._tell_price(Item(sku=barcode, name=barcode, price=learned), tx)
        elif counter.waiting is Waiting.REMOVE:
            self._remove_sku(barcode, barcode, tx)
        elif learned is not None:
            self._add_unknown(barcode, learned, tx)
        else:
            self._ask_price(barcode, "item.unknown", tx)

    def _ask_price(self, barcode: str, prompt: str, tx: Transaction) -> None:
        tx.keep(replace(tx.counter, waiting=Waiting.PRICE, barcode=barcode))
        tx.after_commit(Show(View.TEXT, name=barcode))
        tx.after_commit(Say(prompt, Tone.ATTENTION))

    # --- what was asked --------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        counter = tx.counter
        if asked.verb is Verb.ENTER and counter.waiting is Waiting.CONFIRM and counter.verb is not None:
            tx.after_commit(Confirmed(counter.verb, counter.value, asked.asked_mono))
        elif asked.verb is Verb.ENTER and counter.waiting is Waiting.CANCEL:
            tx.after_commit(Confirmed(Verb.CANCEL_SALE, 0, asked.asked_mono))
        elif waits_for_wallet(counter) or (refunding(counter) and asked.verb is not Verb.STOP):
            pass  # `Wallets` or `Refunds` answers
        elif (verb := self._verbs.get(asked.verb)) is not None:
            self._guarded(lambda: verb(asked.value, tx), tx)
        elif asked.verb is Verb.ENTER:
            self._ask_again(tx)

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """Enter after "is this right?", in a message of its own: nobody else takes that Enter for theirs."""
        counter = tx.counter
        if confirmed.verb is Verb.CANCEL_SALE:
            self._cancel(0, tx)
            return
        tx.keep(replace(counter, waiting=Waiting.NOTHING, verb=None, value=0))
        match confirmed.verb:
            case Verb.OPEN_PRICE:
                self._guarded(lambda: self._sell_open_price(Fen(confirmed.value), tx), tx)
            case Verb.PIECES_CARD:
                self._guarded(lambda: self._resize_last(confirmed.value, tx), tx)
            case Verb.PIECES:
                self._keep_pieces(confirmed.value, tx)
            case Verb.KEYED_PRICE if counter.barcode is not None:
                barcode = counter.barcode
                self._guarded(lambda: self._sell_at(barcode, Fen(confirmed.value), tx), tx)

    def _remove_last(self, _: int, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or sale.last is None:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        self._void(sale, sale.last, tx)

    def _remove_next(self, _: int, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or sale.last is None:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        tx.keep(replace(tx.counter, waiting=Waiting.REMOVE))
        tx.after_commit(Say("remove.scan", Tone.ATTENTION))

    def _remove_sku(self, sku: str, name: str, tx: Transaction) -> None:
        sale = tx.counter.sale
        line = next((line for line in reversed(sale.standing) if line.sku == sku), None) if sale else None
        if sale is None or line is None:
            tx.keep(replace(tx.counter, waiting=Waiting.NOTHING))
            tx.after_commit(Say("remove.none", Tone.ATTENTION, words=(("item", name),)))
            return
        self._void(sale, line, tx)

    def _void(self, sale: Sale, line: Line, tx: Transaction) -> None:
        if self._keep_sale(void_line(sale, line.n), tx):
            tx.after_commit(Say("item.removed", words=(("item", line.name),)))

    def _undo(self, _: int, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is not None and sale.tenders:
            back = cash_given_back(sale, tx)
            if back is None:
                tx.after_commit(Say("pay.part_paid", Tone.ERROR, amounts=(("a", sale.due),)))
            else:
                tx.keep(Counter(sale=back))
            return
        if sale is None or not sale.undo:
            tx.after_commit(Say("undo.none", Tone.ATTENTION))
            return
        before = {line.n for line in sale.standing}
        step = sale.undo[-1]
        line = next(line for line in sale.lines if line.n == step.n)
        if self._keep_sale(undone(sale), tx):
            tx.after_commit(Say("undo.done" if line.n in before else "undo.back", words=(("what", line.name),)))

    def _cancel(self, _: int, tx: Transaction) -> None:
        counter = tx.counter
        if counter.sale is None:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
        elif counter.sale.tenders:
            tx.after_commit(Say("pay.part_paid", Tone.ERROR, amounts=(("a", counter.sale.due),)))
        elif counter.waiting is Waiting.CANCEL:
            tx.append(SaleCancelled(moved(counter.sale, Event.CANCEL), why="cancelled"), id=counter.sale.id)
            tx.keep(Counter())
            tx.after_commit(Show(View.IDLE))
            tx.after_commit(Say("sale.cancelled"))
        else:
            tx.keep(replace(counter, waiting=Waiting.CANCEL))
            self._wait(CANCEL_CONFIRM_S)
            tx.after_commit(Say("sale.cancel_q", Tone.ATTENTION, amounts=(("a", counter.sale.total),)))

    def _price_check(self, _: int, tx: Transaction) -> None:
        tx.keep(replace(tx.counter, waiting=Waiting.PRICE_CHECK))
        self._wait(PRICE_CHECK_S)
        tx.after_commit(Say("price.scan", Tone.ATTENTION))

    def _tell_price(self, item: Item, tx: Transaction) -> None:
        tx.keep(replace(tx.counter, waiting=Waiting.NOTHING))
        price = item.price or tx.learned.price(item.sku)
        if price is None:
            tx.after_commit(Say("price.none", Tone.ATTENTION))
            return
        tx.after_commit(Show(View.ITEM, name=item.name, name_en=item.name_en or "", price=price, amount=price))
        tx.after_commit(price_told(item, price, self._offers.names(item, tx)))

    def _pieces(self, pieces: int, tx: Transaction) -> None:
        sale = tx.counter.sale
        if not (self._rules.pieces_before_scan or sale is None or sale.last is None):
            self._pieces_of_last(pieces, tx)
        elif not self._asks_pieces(Verb.PIECES, pieces, tx):
            self._keep_pieces(pieces, tx)

    def _keep_pieces(self, pieces: int, tx: Transaction) -> None:
        tx.keep(replace(tx.counter, pieces=Milli(pieces * 1000)))
        tx.after_commit(Say("qty.wait", words=(("n", str(pieces)),)))

    def _pieces_of_last(self, pieces: int, tx: Transaction) -> None:
        if not self._asks_pieces(Verb.PIECES_CARD, pieces, tx):
            self._resize_last(pieces, tx)

    def _asks_pieces(self, verb: Verb, pieces: int, tx: Transaction) -> bool:
        """Whether so many pieces need a second Enter first (row 4), or cannot be sold at all."""
        if not 1 <= pieces <= MAX_PIECES:
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return True
        if pieces <= ASK_ABOVE_PIECES:
            return False
        self._ask_confirm(verb, pieces, tx)
        return True

    def _resize_last(self, pieces: int, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or sale.last is None:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        kept = self._keep_sale(set_pieces(sale, sale.last.n, Milli(pieces * 1000)), tx)
        line = tx.counter.sale.last if kept and tx.counter.sale else None
        if line is not None:
            words = (("item", line.name), ("n", str(pieces)))
            tx.after_commit(Say("item.qty", amounts=(("a", line.amount),), words=words))

    def _repeat_last(self, _: int, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or sale.last is None or sale.last.weighed:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        line = sale.last
        self._add(lambda sale, _: one_more(sale, line), tx)

    def _open_price(self, fen: int, tx: Transaction) -> None:
        if fen > self._rules.open_price_limit:
            self._ask_confirm(Verb.OPEN_PRICE, fen, tx)
            return
        self._sell_open_price(Fen(fen), tx)

    def _sell_open_price(self, price: Fen, tx: Transaction) -> None:
        if price <= 0:
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return
        self._add(lambda sale, pieces: add_open_price(sale, name="无码商品", price=price, qty=pieces), tx)

    def _keyed_price(self, fen: int, tx: Transaction) -> None:
        barcode = tx.counter.barcode
        if barcode is None or fen <= 0:
            tx.after_commit(Say("err.amount", Tone.ERROR))
        elif fen > self._rules.open_price_limit:
            self._ask_confirm(Verb.KEYED_PRICE, fen, tx)
        else:
            self._sell_at(barcode, Fen(fen), tx)

    def _sell_at(self, barcode: str, price: Fen, tx: Transaction) -> None:
        """The till learns: the price is remembered for this barcode, and reported when the catalogue lacks it."""
        item = self._catalogue.by_sku(barcode)
        if item is not None:
            sold = self._add(lambda sale, pieces: add_item(sale, item, qty=pieces, price=price), tx)
        else:
            sold = self._add_unknown(barcode, price, tx)
        if sold:
            tx.learned.learn(barcode, price)
        if sold and item is None:
            tx.append(ItemUnknown(barcode, price))

    def _ask_confirm(self, verb: Verb, value: int, tx: Transaction) -> None:
        tx.keep(replace(tx.counter, waiting=Waiting.CONFIRM, verb=verb, value=value))
        tx.after_commit(question(tx.counter))

    def _stop(self, _: int, tx: Transaction) -> None:
        """Out of whatever was begun; the basket stays (row 100)."""
        tx.keep(Counter(sale=tx.counter.sale))
        tx.after_commit(Say("flow.stopped"))
        self._show(tx)

    # --- what all of them share ------------------------------------------------------------------------------------

    def _add_unknown(self, barcode: str, price: Fen, tx: Transaction) -> bool:
        return self._add(lambda sale, pieces: add_unknown(sale, barcode, name=barcode, price=price, qty=pieces), tx)

    def _add(self, change: Callable[[Sale, Milli], Sale], tx: Transaction) -> bool:
        """False, with a word, when the sale has no room for one more line; what was asked for it is dropped."""
        counter = tx.counter
        sale = counter.sale or Sale(id=tx.new_id())
        added = change(sale, counter.pieces or ONE_PIECE) if len(sale.lines) < MAX_LINES else sale
        priced = self._offers.priced(added, tx) if added is not sale else sale
        if added is sale or not fits_one_record(priced):
            tx.keep(Counter(sale=counter.sale))  # "pay first" must not be answered by the question for a price
            tx.after_commit(Say("sale.full", Tone.ERROR))
            return False
        tx.keep(Counter(sale=priced))
        self._show(tx)
        tx.after_commit(added_told(sale, priced))
        return True

    def _keep_sale(self, sale: Sale, tx: Transaction) -> bool:
        """False, with a word, when one more void line would make a sale that no record can hold."""
        sale = self._offers.priced(sale, tx)
        if not fits_one_record(sale):
            tx.after_commit(Say("sale.full", Tone.ERROR))
            return False
        if sale.due < 0:
            tx.after_commit(Say("pay.part_paid", Tone.ERROR, amounts=(("a", Fen(0)),)))
            return False
        tx.keep(Counter(sale=sale))
        self._show(tx)
        self._empty.watch(sale)
        return True

    def _show(self, tx: Transaction) -> None:
        tx.after_commit(basket_view(tx.counter))

    def _wait(self, seconds: float) -> None:
        self._wait_serial += 1
        self._bus.after(seconds, WaitOver(self._wait_serial))

    def _wait_over(self, over: WaitOver, tx: Transaction) -> None:
        counter = tx.counter
        if over.serial != self._wait_serial:
            return
        if counter.waiting in (Waiting.PRICE_CHECK, Waiting.CANCEL):
            tx.keep(replace(counter, waiting=Waiting.NOTHING))

    def _guarded(self, act: Callable[[], None], tx: Transaction) -> None:
        """A refusal of the model is said; it changed nothing (rule of `edge.errors.ModelError`)."""
        try:
            act()
        except ModelError:
            tx.after_commit(Say("err.generic", Tone.ERROR))
