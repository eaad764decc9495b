"""Goods under warranty: their serial number is scanned as they are sold, and a slip goes with them.

goods ──► "请扫序列号" ──► a code that fits: in the line, on the receipt, on the warranty slip
                     └── Enter: journaled that none could be read      minus: the goods are taken out

Which goods those are says the profile of a platform, by the department that they have in the catalogue. A line that
waits for its number is paid by nothing; the wait survives a power cut with the basket.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.messages import AppCodeScanned, Confirmed, ItemScanned, Say, Tone
from edge.model.counter import Verb, Waiting, at_rest
from edge.model.platform import Platforms
from edge.model.receipt import ReceiptText
from edge.model.records import SaleCompleted
from edge.model.sale import Line, Sale
from edge.model.warranty_records import SerialSkipped
from edge.model.warranty_slip import warranty_slip
from edge.ports import Transaction
from edge.services.basket import basket_view, question
from edge.services.slips import print_slip
from edge.services.spoken_manner import manner_of

MOST_PIECES = 9
"""Of one line, whose numbers are asked for: more are a delivery, and are sold without."""


@dataclass(frozen=True, slots=True)
class SerialWanted:
    """An effect: goods with a serial number were scanned, when the bill had so many `lines`."""

    sku: str
    lines: int


class Warranties:
    """Built before `Checkout`: it sees what the bill was like."""

    def __init__(self, bus: Bus, platforms: Platforms) -> None:
        self._platforms = platforms
        bus.on(ItemScanned, self._scanned)
        bus.on(SerialWanted, self._ask)
        bus.on(AppCodeScanned, self._take)
        bus.on(Confirmed, self._skip)

    def _scanned(self, scanned: ItemScanned, tx: Transaction) -> None:
        warranty = self._platforms.warranty(scanned.item.dept or "")
        if warranty is None or warranty.serial is None or tx.counter.waiting is not Waiting.NOTHING:
            return
        sale = tx.counter.sale
        tx.after_commit(SerialWanted(scanned.item.sku, len(sale.lines) if sale is not None else 0))

    def _ask(self, wanted: SerialWanted, tx: Transaction) -> None:
        counter, sale = tx.counter, tx.counter.sale
        line = sale.last if sale is not None else None
        if sale is None or line is None or counter.waiting is not Waiting.NOTHING or sale.training:
            return
        if len(sale.lines) <= wanted.lines or line.sku != wanted.sku or _pieces(line) > MOST_PIECES:
            return
        tx.keep(replace(counter, waiting=Waiting.SERIAL, value=line.n))
        tx.after_commit(question(tx.counter))

    def _take(self, scan: AppCodeScanned, tx: Transaction) -> None:
        sale, line = tx.counter.sale, _awaited(tx)
        if sale is None or line is None:
            return
        warranty = self._platforms.warranty(line.dept)
        serial = scan.text.strip().upper()
        if warranty is None or warranty.serial is None or warranty.serial.fullmatch(serial) is None:
            tx.after_commit(Say("serial.wrong", Tone.ERROR))
        elif any(serial in one.serial.split() for one in sale.standing):
            tx.after_commit(Say("serial.twice", Tone.ERROR))
        else:
            known = replace(line, serial=f"{line.serial} {serial}".strip())
            lines = tuple(known if one.n == line.n else one for one in sale.lines)
            self._go_on(replace(sale, lines=lines), known, tx)

    def _go_on(self, sale: Sale, line: Line, tx: Transaction) -> None:
        if len(line.serial.split()) < _pieces(line):
            tx.keep(replace(tx.counter, sale=sale))
            tx.after_commit(Say("serial.next", Tone.ATTENTION))
            return
        tx.keep(at_rest(sale))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say("serial.ok", Tone.OK))

    def _skip(self, confirmed: Confirmed, tx: Transaction) -> None:
        sale, line = tx.counter.sale, _awaited(tx)
        if confirmed.verb is not Verb.SERIAL or sale is None:
            return
        tx.keep(at_rest(sale))
        if line is not None and line.n == confirmed.value:
            tx.append(SerialSkipped(sale.id, line.n, line.sku))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say("serial.skipped", Tone.ATTENTION))


class WarrantySlips:
    """Built after `Receipts`: the receipt comes first."""

    def __init__(self, bus: Bus, platforms: Platforms, text: ReceiptText) -> None:
        self._platforms = platforms
        self._text = text
        bus.on(SaleCompleted, self._sold)

    def _sold(self, record: SaleCompleted, tx: Transaction) -> None:
        language = manner_of(tx, self._text.language).language
        for line in record.sale.standing:
            warranty = self._platforms.warranty(line.dept)
            if warranty is None:
                continue
            slip = warranty_slip(
                line, warranty.slip.lines(language), shop=self._text.shop, receipt=record.receipt,
                bought=record.business_day, months=warranty.months, language=language,
            )  # fmt: skip
            print_slip(slip, tx)


def _awaited(tx: Transaction) -> Line | None:
    """The line whose number is waited for."""
    counter = tx.counter
    if counter.waiting is not Waiting.SERIAL or counter.sale is None:
        return None
    return next((line for line in counter.sale.standing if line.n == counter.value), None)


def _pieces(line: Line) -> int:
    return max(1, line.qty // 1000)
