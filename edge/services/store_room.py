"""Goods are scanned that nobody buys now: what all trades of the store room share (product rows 86-88).

    card ──► scan, number, scan, … ──Enter──► "so many, right?" ──Enter──► booked
               └──STOP, the same card, ten minutes of silence──► the counter sells; the card goes on where it was

Each beep is a row of the ledger, so that a power cut or a customer between takes nothing back. What the trades do with
it is theirs: `Receiving`, `Counting`, `WritingOff`, `Dating`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from edge.bus import Bus
from edge.messages import (
    Asked,
    AskedAtDesk,
    DeliveryScanned,
    GoodsScanned,
    NumberKeyed,
    Say,
    ScanData,
    Show,
    Tone,
    View,
)
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.money import Milli, quantity_text
from edge.model.stock import MAX_ACTS, MAX_QTY, Act, Desk, parse_qty
from edge.ports import Catalogue, Transaction
from edge.services.basket import basket_view, end_emptied, question, unanswered
from edge.services.cartons import Goods, goods_on
from edge.services.checkout import Resumed
from edge.services.drawer_count import SlipWords, has_basket
from edge.services.owner_gate import ask
from edge.services.stock_words import NOT_DONE, PAUSED, TITLES, store_question

QUIET_S = 600.0
"""Without a scan or a key: whoever left the shelf sells again, and the next customer's goods are no count."""


@dataclass(frozen=True, slots=True)
class RoomQuiet:
    """A timer: is anybody at the shelves still?"""


class Trade(Protocol):
    """One card of the store room.

    `asks`: whether it is complete only when somebody says so; else whatever ends it books it.
    """

    words: SlipWords
    asks: bool
    desk: Desk
    waiting: Waiting
    verb: Verb

    def opened(self, tx: Transaction) -> None:
        """Its card was scanned, and goods are waited for."""
        ...

    def prepared(self, act: Act, tx: Transaction) -> Act:
        """The act as this trade keeps it."""
        ...

    def total(self, sku: str, tx: Transaction) -> Milli:
        """Of these goods, all that was scanned."""
        ...

    def told(self, act: Act, total: Milli, tx: Transaction) -> Say:
        """What is said of an act that was kept."""
        ...

    def by_number(self, text: str, tx: Transaction) -> bool:
        """Whether a keyed number was more than a quantity here, and it is done."""
        ...

    def by_card(self, verb: Verb, tx: Transaction) -> bool:
        """Whether another card of the store room means something here, and it is done."""
        ...

    def all_scanned(self, tx: Transaction) -> int | None:
        """How much is to be booked, for the question; None: not yet, and it was said why."""
        ...

    def book(self, tx: Transaction) -> None:
        """To the journal and onto paper, with a word."""
        ...

    def dropped(self, tx: Transaction) -> None:
        """What it remembers beside its acts is over."""
        ...


class StoreRoom:
    """`before_scan`: a keyed `n *` is for the next scan, else for the last one, as at the till (`Quantities`)."""

    def __init__(self, bus: Bus, catalogue: Catalogue, trades: Sequence[Trade], *, before_scan: bool) -> None:
        self._bus = bus
        self._catalogue = catalogue
        self._before_scan = before_scan
        self._at = {trade.waiting: trade for trade in trades}
        self._by_card = {trade.verb: trade for trade in trades}
        self._touched_mono = float("-inf")
        self._armed = False
        bus.on(Asked, self._asked)
        bus.on(GoodsScanned, self._scanned)
        bus.on(NumberKeyed, self._keyed)
        bus.on(AskedAtDesk, self._by_hand)
        bus.on(ScanData, self._touched)
        bus.on(DeliveryScanned, lambda _, tx: self._watch(tx))
        bus.on(RoomQuiet, self._quiet)
        bus.on(Resumed, self._remind)

    # --- in and out ------------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        trade = self._by_card.get(asked.verb)
        if trade is None:
            return
        if has_basket(tx):
            tx.after_commit(Say("sale.finish_first", Tone.ATTENTION))
        elif (first := unanswered(tx.counter)) is not None:
            tx.after_commit(first)
        else:
            end_emptied(tx)
            trade.opened(tx)
            enter(trade, tx)
            self._watch(tx)

    def _pause(self, trade: Trade, tx: Transaction) -> None:
        is_open = tx.stock_acts.size(trade.desk) > 0
        if is_open and not trade.asks:
            close(trade, tx)
            return
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say(PAUSED[trade.waiting] if is_open else "flow.stopped"))

    def _remind(self, _: Resumed, tx: Transaction) -> None:
        """After a power cut the counter sells: the first scan of the morning is a customer's."""
        for trade in self._at.values():
            if not tx.stock_acts.size(trade.desk):
                continue
            if trade.asks:
                tx.after_commit(Say(NOT_DONE[trade.waiting], Tone.ATTENTION))
            else:
                _book(trade, tx)

    def _touched(self, _: ScanData, tx: Transaction) -> None:
        if tx.counter.waiting in self._at:
            self._watch(tx)

    def _watch(self, tx: Transaction) -> None:
        """One timer, however many scans."""
        self._touched_mono = tx.stamp.mono
        if not self._armed:
            self._armed = True
            self._bus.after(QUIET_S, RoomQuiet())

    def _quiet(self, _: RoomQuiet, tx: Transaction) -> None:
        self._armed = False
        trade, left_s = self._at.get(tx.counter.waiting), self._touched_mono + QUIET_S - tx.stamp.mono
        if trade is None:
            return
        if left_s > 0:
            self._armed = True
            self._bus.after(left_s, RoomQuiet())
        else:
            self._pause(trade, tx)

    # --- scans and numbers -----------------------------------------------------------------------------------------

    def _scanned(self, scanned: GoodsScanned, tx: Transaction) -> None:
        trade = self._at.get(tx.counter.waiting)
        if trade is None:
            return
        goods, newest = goods_on(scanned, self._catalogue, tx), tx.stock_acts.newest(trade.desk)
        if goods is None:
            tx.after_commit(Say("scan.unknown", Tone.ERROR))
        elif newest is not None and newest.qty is None:
            tx.after_commit(_how_many(newest, Tone.ERROR))
        elif tx.stock_acts.size(trade.desk) >= MAX_ACTS:
            tx.after_commit(Say("stock.full", Tone.ERROR))
        else:
            act = trade.prepared(_act(goods, scanned, tx.counter.pieces), tx)
            tx.stock_acts.add(trade.desk, act)
            tx.keep(Counter(waiting=trade.waiting, barcode=goods.code))
            tell(trade, act, tx)

    def _keyed(self, keyed: NumberKeyed, tx: Transaction) -> None:
        trade = self._at.get(tx.counter.waiting)
        if trade is None:
            return
        self._watch(tx)
        if not trade.by_number(keyed.text, tx):
            self._set(trade, keyed.text, tx)

    def _set(self, trade: Trade, text: str, tx: Transaction) -> None:
        """So many of what was scanned last. A number before the first scan is of nothing."""
        act, counter = tx.stock_acts.newest(trade.desk), tx.counter
        if act is None or (counter.barcode is None and act.qty is not None):
            tx.after_commit(replace(store_question(tx.counter), tone=Tone.ERROR))
            return
        number = _number(text, act)
        if number is None:
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return
        if act.qty is None and not act.weighed and counter.barcode is not None:
            tx.stock.pack(counter.barcode, act.sku, number // 1000)
        counted = act.times(number)
        tx.stock_acts.change(counted)
        tx.keep(Counter(waiting=trade.waiting, barcode=counter.barcode or act.sku))
        tell(trade, counted, tx)

    # --- keys and cards --------------------------------------------------------------------------------------------

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        trade = self._at.get(tx.counter.waiting)
        if trade is None:
            return
        self._watch(tx)
        match asked.verb:
            case Verb.STOP:
                self._pause(trade, tx)
            case Verb.ENTER:
                self._enter(trade, tx)
            case Verb.REMOVE_LAST | Verb.UNDO:
                self._take_back(trade, tx)
            case Verb.CANCEL_SALE:
                self._cancel(trade, tx)
            case Verb.REPEAT_LAST:
                self._repeat(trade, tx)
            case Verb.PIECES | Verb.PIECES_CARD:
                self._pieces(trade, asked, tx)
            case _:
                self._by_card_here(trade, asked, tx)

    def _by_card_here(self, trade: Trade, asked: AskedAtDesk, tx: Transaction) -> None:
        """Its own card again: the counter sells. Another card of the store room, where it means nothing in this trade:
        what was scanned here stays, and that one begins.
        """
        if asked.verb is trade.verb:
            self._pause(trade, tx)
        elif not trade.by_card(asked.verb, tx):
            self._pause(trade, tx)
            ask(asked.verb, asked.value, asked.asked_mono, tx)

    def _enter(self, trade: Trade, tx: Transaction) -> None:
        counter, newest = tx.counter, tx.stock_acts.newest(trade.desk)
        if counter.verb is Verb.CANCEL_SALE:
            self._drop(trade, tx)
        elif newest is None:
            tx.after_commit(question(counter))
        elif newest.qty is None:
            tx.after_commit(_how_many(newest, Tone.ERROR))
        elif counter.verb is Verb.ALL_SCANNED or not trade.asks:
            close(trade, tx)
        elif (value := trade.all_scanned(tx)) is not None:
            tx.keep(replace(counter, verb=Verb.ALL_SCANNED, value=value))
            tx.after_commit(question(tx.counter))

    def _cancel(self, trade: Trade, tx: Transaction) -> None:
        if tx.counter.verb is Verb.CANCEL_SALE:
            self._drop(trade, tx)
        else:
            tx.keep(replace(tx.counter, verb=Verb.CANCEL_SALE, value=0))
            tx.after_commit(question(tx.counter))

    def _drop(self, trade: Trade, tx: Transaction) -> None:
        tx.stock_acts.end(trade.desk)
        trade.dropped(tx)
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say("stock.dropped"))

    def _take_back(self, trade: Trade, tx: Transaction) -> None:
        """The question that stands, else the last beep."""
        counter, newest = tx.counter, tx.stock_acts.newest(trade.desk)
        if counter.verb is not None or counter.pieces is not None:
            tx.keep(Counter(waiting=trade.waiting, barcode=counter.barcode))
            tx.after_commit(Say("ask.dropped"))
        elif newest is None:
            tx.after_commit(Say("stock.none", Tone.ATTENTION))
        else:
            tx.stock_acts.drop(newest.no)
            tx.keep(Counter(waiting=trade.waiting))
            left = quantity_text(trade.total(newest.sku, tx))
            tx.after_commit(Show(View.TEXT, name=f"{newest.name} {left}", name_en=left))
            tx.after_commit(Say("stock.back", words=(("item", newest.name), ("n", left))))

    def _repeat(self, trade: Trade, tx: Transaction) -> None:
        newest = tx.stock_acts.newest(trade.desk)
        if newest is None or newest.qty is None or newest.weighed or tx.counter.barcode is None:
            tx.after_commit(store_question(tx.counter))
        elif tx.stock_acts.size(trade.desk) >= MAX_ACTS:
            tx.after_commit(Say("stock.full", Tone.ERROR))
        else:
            act = trade.prepared(replace(newest, qty=newest.each), tx)
            tx.stock_acts.add(trade.desk, act)
            tx.keep(Counter(waiting=trade.waiting, barcode=tx.counter.barcode))
            tell(trade, act, tx)

    def _pieces(self, trade: Trade, asked: AskedAtDesk, tx: Transaction) -> None:
        """By the shop's habit, as at the till; a card is always of the last scan."""
        if tx.counter.barcode is not None and (asked.verb is Verb.PIECES_CARD or not self._before_scan):
            self._set(trade, str(asked.value), tx)
        elif asked.value <= 0 or asked.value * 1000 > MAX_QTY:
            tx.after_commit(Say("err.amount", Tone.ERROR))
        else:
            tx.keep(replace(tx.counter, pieces=Milli(asked.value * 1000), verb=None, value=0))
            tx.after_commit(Say("qty.wait", words=(("n", str(asked.value)),)))


def enter(trade: Trade, tx: Transaction) -> None:
    """The counter waits for goods of this trade, from where it was left."""
    tx.keep(Counter(waiting=trade.waiting))
    newest = tx.stock_acts.newest(trade.desk)
    tx.after_commit(Show(View.TEXT, name=TITLES[trade.words.spoken(tx)][trade.waiting]))
    is_asked = newest is not None and newest.qty is None
    tx.after_commit(_how_many(newest, Tone.ATTENTION) if newest is not None and is_asked else question(tx.counter))


def close(trade: Trade, tx: Transaction) -> None:
    """Booked, with all that beeped; the counter sells."""
    tx.keep(at_rest(tx.counter.sale))
    _book(trade, tx)
    tx.after_commit(basket_view(tx.counter))


def tell(trade: Trade, act: Act, tx: Transaction) -> None:
    """Shown and said: the goods, and how many there are by now. What is not known is asked."""
    if act.qty is None:
        tx.after_commit(Show(View.TEXT, name=act.name))
        tx.after_commit(_how_many(act, Tone.ATTENTION))
        return
    total = trade.total(act.sku, tx)
    tx.after_commit(Show(View.TEXT, name=f"{act.name} {quantity_text(total)}", name_en=quantity_text(total)))
    tx.after_commit(trade.told(act, total, tx))


def _book(trade: Trade, tx: Transaction) -> None:
    trade.book(tx)
    tx.stock_acts.end(trade.desk)
    trade.dropped(tx)


def _how_many(act: Act, tone: Tone) -> Say:
    return Say("stock.kilos" if act.weighed else "stock.carton", tone, words=(("item", act.name),))


def _act(goods: Goods, scanned: GoodsScanned, pieces: Milli | None) -> Act:
    item, each = goods.item, goods.each
    if item.weighed:
        return Act(item.sku, item.name, scanned.weight, weighed=True, until=scanned.until)
    number = pieces or scanned.pieces or Milli(1000)
    act = Act(item.sku, item.name, None, each or Milli(1000), until=scanned.until)
    return act if each is None else replace(act, qty=each).times(number)


def _number(text: str, act: Act) -> Milli | None:
    """Pieces, or kilograms with a point; None: it is no such number."""
    number = parse_qty(text) if act.weighed or text.isdecimal() else None
    if number is None or (act.times(number).qty or 0) > MAX_QTY:
        return None
    is_carton = act.qty is None and not act.weighed
    return None if is_carton and number == 0 else number
