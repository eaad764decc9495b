"""The open basket: goods come in by scan, card and key, are counted, taken back and undone; each beep is a commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.messages import (
    Asked,
    AskedMeanwhile,
    Confirmed,
    DeviceUp,
    ItemScanned,
    KeyPressed,
    Say,
    ScanData,
    Show,
    Started,
    Tone,
    UnknownScanned,
    View,
    WeighAsked,
)
from edge.model.counter import Counter, Pack, Verb, Waiting, at_rest, settled
from edge.model.item import Item
from edge.model.money import Fen, line_amount, quantity_text
from edge.model.sale import (
    ONE_PIECE,
    Line,
    Sale,
    add_item,
    add_open_price,
    add_unknown,
    undone,
    void_line,
)  # fmt: skip
from edge.ports import Catalogue, Transaction
from edge.services.basket import (
    ask_confirm,
    ask_price,
    basket_view,
    book_cancelled,
    guarded,
    line_undone,
    part_words,
    question,
    refunding,
    tell_price,
)
from edge.services.empty_sale import EmptySale
from edge.services.membership import undo_told
from edge.services.new_line import keep_sale, put_in
from edge.services.offers import Offers
from edge.services.questions import confirmed_by, dropped
from edge.services.shop_prices import price_here, stranger
from edge.services.tendering import given_back

PRICE_CHECK_S = 10.0
CANCEL_CONFIRM_S = 5.0
REMOVE_S = 30.0
PRICE_SHOWN_S = 8.0


@dataclass(frozen=True, slots=True)
class WaitOver:
    """A timer: the counter has waited long enough for what it was waiting for. `serial` names the wait."""

    serial: int


@dataclass(frozen=True, slots=True)
class PriceShown:
    """A timer: a price was told so long ago, and nobody has touched anything since that `serial`."""

    serial: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """The basket of before the restart stands again, and the other services have started."""


@dataclass(frozen=True, slots=True)
class CheckoutRules:
    """The shop's habits, from settings."""

    open_price_limit: Fen = Fen(50_000)


class Checkout:
    """Turns Asked and scans into basket changes. Money is `Tendering`'s."""

    def __init__(
        self, bus: Bus, catalogue: Catalogue, rules: CheckoutRules, empty: EmptySale, offers: Offers
    ) -> None:  # fmt: skip
        self._bus = bus
        self._catalogue = catalogue
        self._rules = rules
        self._wait_serial = 0
        self._shown_serial = 0
        self._empty = empty
        self._offers = offers
        self._verbs: dict[Verb, Callable[[int, Transaction], None]] = {
            Verb.REMOVE_LAST: self._remove_last,
            Verb.REMOVE_NEXT: self._remove_next,
            Verb.UNDO: self._undo,
            Verb.CANCEL_SALE: self._cancel,
            Verb.PRICE_CHECK: self._price_check,
            Verb.OPEN_PRICE: self._open_price,
            Verb.KEYED_PRICE: self._keyed_price,
            Verb.COUNTED: self._other_price,
            Verb.STOP: self._stop,
        }
        bus.on(ItemScanned, self._item)
        bus.on(UnknownScanned, self._unknown)
        bus.on(Asked, self._asked)
        bus.on(AskedMeanwhile, self._meanwhile)
        bus.on(Confirmed, self._confirmed)
        bus.on(WaitOver, self._wait_over)
        bus.on(PriceShown, self._price_shown)
        bus.on(KeyPressed, self._touched)
        bus.on(ScanData, self._touched)
        bus.on(Started, self._resume)
        bus.on(Resumed, lambda _, tx: self._ask_again(tx))
        bus.on(DeviceUp, lambda _, tx: self._show(tx))

    def _resume(self, _: Started, tx: Transaction) -> None:
        """After a restart the basket stands as of the last beep; questions that were open for seconds are not, but for
        those about goods that lie here and are in no bill yet.
        """
        counter = tx.counter
        if counter.waiting is Waiting.CONFIRM and counter.verb is Verb.KEYED_PRICE and counter.barcode is not None:
            is_known = self._catalogue.by_sku(counter.barcode) is not None
            tx.keep(replace(counter, waiting=Waiting.PRICE, verb=None, value=int(is_known)))
        elif counter.waiting not in (Waiting.NOTHING, Waiting.PRICE, Waiting.SERIAL) and not _is_of_open_price(counter):
            tx.keep(at_rest(counter.sale))
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
        elif counter.waiting is Waiting.SHELF_PRICE:
            pass  # `ShopPrices` takes it
        elif counter.waiting is Waiting.PRICE_CHECK:
            tell_price(item, price_here(item, tx), tx, promotions=self._offers.names(item, tx))
            self._show_basket_later()
        elif counter.waiting is Waiting.REMOVE:
            self._remove_sku(item.sku, item.name, tx)
        elif item.blocked:
            tx.after_commit(Say("item.blocked", Tone.ERROR))
        else:
            price = price_here(item, tx)
            if price is None:
                ask_price(item.sku, tx, is_known=True)
            elif item.weighed:
                tx.after_commit(WeighAsked(item, price))
            else:
                put_in(lambda sale, pieces: add_item(sale, item, qty=pieces, price=price), self._offers, tx)

    def _unknown(self, scanned: UnknownScanned, tx: Transaction) -> None:
        item, barcode, counter = stranger(scanned.barcode), scanned.barcode, tx.counter
        price = price_here(item, tx)
        if refunding(counter):
            pass  # `Refunds` takes it
        elif counter.waiting is Waiting.SHELF_PRICE:
            pass  # `ShopPrices` takes it
        elif counter.waiting is Waiting.PRICE_CHECK:
            tell_price(item, price, tx)
            self._show_basket_later()
        elif counter.waiting is Waiting.REMOVE:
            self._remove_sku(barcode, item.name, tx)
        elif price is not None:
            self._add_unknown(item, price, tx)
        else:
            ask_price(barcode, tx, is_known=False)

    # --- what was asked --------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.ENTER and (confirmed := confirmed_by(asked, tx.counter)) is not None:
            tx.after_commit(confirmed)
        elif asked.verb in (Verb.REMOVE_LAST, Verb.UNDO) and dropped(tx):
            pass
        elif (verb := self._verbs.get(asked.verb)) is not None:
            guarded(lambda: verb(asked.value, tx), tx)
        elif asked.verb is Verb.ENTER:
            self._ask_again(tx)

    def _meanwhile(self, asked: AskedMeanwhile, tx: Transaction) -> None:
        """`Wallets` or `Refunds` answers; but an Enter confirms what was asked, and a refund can be stopped."""
        if asked.verb is Verb.ENTER and (confirmed := confirmed_by(asked, tx.counter)) is not None:
            tx.after_commit(confirmed)
        elif asked.verb is Verb.STOP and refunding(tx.counter):
            self._stop(0, tx)

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """Enter after "is this right?", in a message of its own: nobody else takes that Enter for theirs."""
        counter = tx.counter
        if confirmed.verb is Verb.CANCEL_SALE:
            self._cancel(0, tx)
            return
        tx.keep(settled(counter))
        match confirmed.verb:
            case Verb.OPEN_PRICE:
                guarded(lambda: self._sell_open_price(Fen(confirmed.value), tx), tx)
            case Verb.KEYED_PRICE if (barcode := confirmed.barcode) is not None:
                guarded(lambda: self._sell_at(barcode, counter.pack, Fen(confirmed.value), tx), tx)

    def _remove_last(self, _: int, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or sale.last is None:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        doubted = [line for line in sale.standing if line.age and tx.counter.waiting is Waiting.AGE]
        self._void(sale, [sale.last, *doubted][-1], tx)

    def _remove_next(self, _: int, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or sale.last is None:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        tx.keep(replace(tx.counter, waiting=Waiting.REMOVE))
        self._wait(REMOVE_S)
        tx.after_commit(Say("remove.scan", Tone.ATTENTION))

    def _remove_sku(self, sku: str, name: str, tx: Transaction) -> None:
        sale = tx.counter.sale
        line = next((line for line in reversed(sale.standing) if line.sku == sku), None) if sale else None
        if sale is None or line is None:
            self._wait(REMOVE_S)  # the right goods are looked for: were they sold now, nobody would notice
            tx.after_commit(Say("remove.none", Tone.ATTENTION, words=(("item", name),)))
            return
        self._void(sale, line, tx)

    def _void(self, sale: Sale, line: Line, tx: Transaction) -> None:
        if self._keep_sale(void_line(sale, line.n), tx):
            many = line.qty > ONE_PIECE and not line.weighed
            words = (("item", line.name), *([("n", quantity_text(line.qty))] if many else []))
            tx.after_commit(Say("item.removed_many" if many else "item.removed", words=words))

    def _undo(self, _: int, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is not None and sale.tenders:
            back = given_back(sale, tx)
            if back is None:
                tx.after_commit(part_words(sale))
            else:
                tx.keep(Counter(sale=back))
            return
        if sale is None or not sale.undo:
            tx.after_commit(Say("undo.none", Tone.ATTENTION))
            return
        before, step = {line.n for line in sale.standing}, sale.undo[-1]
        line = next((line for line in sale.lines if line.n == step.n), None)
        if not self._keep_sale(undone(sale), tx) or tx.counter.sale is None:
            return
        if line is None:
            tx.after_commit(undo_told(step, tx.counter.sale, tx))
        else:
            tx.after_commit(line_undone(line, tx.counter.sale, stood=line.n in before))

    def _cancel(self, _: int, tx: Transaction) -> None:
        counter = tx.counter
        if counter.sale is None:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
        elif counter.sale.tenders:
            tx.after_commit(part_words(counter.sale))
        elif counter.waiting is Waiting.CANCEL:
            book_cancelled(counter.sale, "cancelled", tx)
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

    def _open_price(self, fen: int, tx: Transaction) -> None:
        if self._is_much(fen, tx):
            ask_confirm(Verb.OPEN_PRICE, fen, tx)
            return
        self._sell_open_price(Fen(fen), tx)

    def _is_much(self, fen: int, tx: Transaction) -> bool:
        """A price, or what it makes of the pieces that were keyed, or of a pack of more than a kilogram."""
        counter = tx.counter
        qty = max(counter.pack.qty, ONE_PIECE) if counter.pack is not None else counter.pieces or ONE_PIECE
        return line_amount(Fen(fen), qty) > self._rules.open_price_limit

    def _sell_open_price(self, price: Fen, tx: Transaction) -> None:
        if price <= 0:
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return
        put_in(lambda sale, pieces: add_open_price(sale, name="无码商品", price=price, qty=pieces), self._offers, tx)

    def _keyed_price(self, fen: int, tx: Transaction) -> None:
        barcode = tx.counter.barcode
        if barcode is None or fen <= 0:
            tx.after_commit(Say("err.amount", Tone.ERROR))
        elif self._is_much(fen, tx):
            ask_confirm(Verb.KEYED_PRICE, fen, tx)
        else:
            self._sell_at(barcode, tx.counter.pack, Fen(fen), tx)

    def _other_price(self, fen: int, tx: Transaction) -> None:
        """Instead of one that is to be confirmed. It is asked about, too: it may be the customer's cash."""
        counter = tx.counter
        if counter.waiting is not Waiting.CONFIRM or counter.verb not in (Verb.KEYED_PRICE, Verb.OPEN_PRICE):
            return  # another service's amount
        if fen <= 0:
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return
        ask_confirm(counter.verb, fen, tx)

    def _sell_at(self, barcode: str, pack: Pack | None, price: Fen, tx: Transaction) -> None:
        """At the price that was asked for; of a `pack` it is that of a kilogram or a piece."""
        item = self._catalogue.by_sku(barcode)
        if item is not None and pack is not None and line_amount(price, pack.qty) == 0:
            ask_price(barcode, tx, is_known=True, pack=pack)
        elif item is not None and pack is not None:
            goods, qty, label = replace(item, weighed=pack.weighed), pack.qty, pack.label
            put_in(lambda sale, _: add_item(sale, goods, qty=qty, price=price, scale=label), self._offers, tx)
        elif item is not None and item.weighed:
            tx.keep(settled(tx.counter))
            tx.after_commit(WeighAsked(item, price))
        elif item is not None:
            put_in(lambda sale, pieces: add_item(sale, item, qty=pieces, price=price), self._offers, tx)
        else:
            self._add_unknown(stranger(barcode), price, tx)

    def _stop(self, _: int, tx: Transaction) -> None:
        """Out of whatever was begun; the basket stays (row 100)."""
        tx.keep(at_rest(tx.counter.sale))
        sale = tx.counter.sale
        if sale is not None and sale.last is not None:
            tx.after_commit(Say("flow.stopped_sale", amounts=(("a", sale.due),)))
        else:
            tx.after_commit(Say("flow.stopped"))
        self._show(tx)

    # --- what all of them share ------------------------------------------------------------------------------------

    def _add_unknown(self, item: Item, price: Fen, tx: Transaction) -> None:
        put_in(lambda sale, pieces: add_unknown(sale, item, price=price, qty=pieces), self._offers, tx)

    def _keep_sale(self, sale: Sale, tx: Transaction) -> bool:
        if not keep_sale(sale, self._offers, tx):
            return False
        self._empty.watch(tx.counter.sale)
        return True

    def _show(self, tx: Transaction) -> None:
        tx.after_commit(basket_view(tx.counter))

    def _wait(self, seconds: float) -> None:
        self._wait_serial += 1
        self._bus.after(seconds, WaitOver(self._wait_serial))

    def _show_basket_later(self) -> None:
        """The customer has seen the price; whoever scans or asks meanwhile shows something else."""
        self._shown_serial += 1
        self._bus.after(PRICE_SHOWN_S, PriceShown(self._shown_serial))

    def _price_shown(self, shown: PriceShown, tx: Transaction) -> None:
        if shown.serial == self._shown_serial:
            self._show(tx)

    def _touched(self, _: object, tx: Transaction) -> None:
        self._shown_serial += 1

    def _wait_over(self, over: WaitOver, tx: Transaction) -> None:
        counter = tx.counter
        if over.serial != self._wait_serial:
            return
        if counter.waiting in (Waiting.PRICE_CHECK, Waiting.CANCEL, Waiting.REMOVE):
            tx.keep(settled(counter))
            self._show(tx)
            if counter.waiting is Waiting.REMOVE:
                tx.after_commit(Say("remove.over", Tone.ATTENTION))


def _is_of_open_price(counter: Counter) -> bool:
    """Whether goods without a barcode wait for the Enter after their price."""
    return counter.waiting is Waiting.CONFIRM and counter.verb is Verb.OPEN_PRICE
