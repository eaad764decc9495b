"""One question at a time. While goods or money hang on an answer, nothing else that a hand does slips past it.

What is no answer gets the question once more and changes nothing (product 0.2, rule 2); minus and 撤销 drop it (C1),
the card 停 ends it. Other questions give way to the next act: what they were about is in the basket, or nowhere.
"""

from __future__ import annotations

from dataclasses import replace

from edge.codec.classification import ScanKind
from edge.messages import Asked, Confirmed, Say, Tone
from edge.model.counter import DESK, IN_STORE_ROOM, STORE_ROOM, Counter, Verb, Waiting, at_rest
from edge.ports import Transaction
from edge.services.basket import basket_view, question, refunding, waits_for_wallet, wallet_words

_ABOUT_GOODS = frozenset({Verb.OPEN_PRICE, Verb.KEYED_PRICE, Verb.PIECES, Verb.PIECES_CARD, Verb.CHANGE_PRICE})
_ABOUT_COUNTS = frozenset(
    {Verb.SHIFT_OPEN, Verb.SHIFT_CLOSE, Verb.DAY_COUNTED, Verb.AGENT_OUT, Verb.AGENT_IN}
)  # fmt: skip

_ANSWERS: dict[Waiting, frozenset[Verb]] = {
    Waiting.PRICE: frozenset({Verb.KEYED_PRICE}),
    Waiting.WEIGHT: frozenset({Verb.PLU, Verb.WEIGH}),
    Waiting.AMOUNT: frozenset({Verb.COUNTED}),
    Waiting.CONFIRM: _ABOUT_GOODS | {Verb.COUNTED},
    Waiting.SERIAL: frozenset(),
}
_BESIDE = frozenset(
    {
        Verb.ENTER, Verb.STOP, Verb.REMOVE_LAST, Verb.UNDO, Verb.HELP, Verb.SAY_AGAIN, Verb.LOUDER, Verb.QUIETER,
        Verb.SLOWER, Verb.LANGUAGE, Verb.OPEN_DRAWER, Verb.CHECK_DEVICES, Verb.CALL_SUPPORT,
    }
)  # fmt: skip
"""They answer, drop or end the question themselves, or leave it alone. Who counts the drawer must open it."""
_NO_GOODS = frozenset({ScanKind.CARD, ScanKind.BADGE, ScanKind.UNKNOWN, ScanKind.MISREAD})
"""Scans that go their own way: a card is asked about by its verb, a badge may be what the question needs."""

_ALWAYS = frozenset(
    {
        Verb.HELP, Verb.SAY_AGAIN, Verb.LOUDER, Verb.QUIETER, Verb.SLOWER, Verb.LANGUAGE, Verb.OPEN_DRAWER,
        Verb.REPRINT, Verb.LAST_PAYMENTS,
    }
)  # fmt: skip
"""They touch neither the basket nor its money, whatever the counter waits for."""
_OF_AN_APP = frozenset({Waiting.SEND, Waiting.SERVICE, Waiting.BANK_SLIP, Waiting.LOAN})
"""Where a phone is held to the scanner, or what is not for it: a wallet's code lies one page further."""
_GOODS = (ScanKind.ITEM, ScanKind.LABEL)

_WANTS_GOODS = frozenset({Waiting.REMOVE, Waiting.PRICE_CHECK, Waiting.SHELF_PRICE})
_BY_NUMBER = frozenset({Verb.CASH, Verb.OPEN_PRICE, Verb.PIECES, Verb.EXACT_CASH})
"""Where goods are to be scanned, a number means a line of the bill to some hands; it must not become money."""

STOP_FIRST = Say("stock.stop_first", Tone.ERROR)
"""To whoever would sell, pay or fetch something while goods are counted: a scan of goods means something else then."""
_DROPPED = {Waiting.PRICE: "ask.left_out", Waiting.WEIGHT: "ask.left_out"}
_KEEPS_MINUS = frozenset({Waiting.NOTHING, Waiting.AGE, Waiting.SERIAL, Waiting.RECEIPT, Waiting.REFUND})
"""Minus takes out what the question of age is about; refunds have a way of their own."""


def asked_first(verb: Verb, counter: Counter) -> Say | None:
    """The question that must be answered before `verb`; None: it may go on."""
    if counter.waiting in STORE_ROOM and verb not in IN_STORE_ROOM | _ALWAYS | _BESIDE:
        return STOP_FIRST
    if counter.waiting in _WANTS_GOODS and verb in _BY_NUMBER:
        return _once_more(counter)
    if not _must_be_answered(counter) or verb in _BESIDE or verb in _ANSWERS.get(counter.waiting, ()):
        return None
    return _once_more(counter)


def is_meanwhile(verb: Verb, counter: Counter) -> bool:
    """Whether `Wallets` or `Refunds` must answer it: a payment has no end yet, or goods come back (product B1)."""
    return verb not in _ALWAYS and (waits_for_wallet(counter) or refunding(counter))


def scanned_first(kind: ScanKind, sku: str | None, counter: Counter) -> Say | None:
    """What must come before goods, slips or money are scanned; None: the scan may go on.

    `sku`: of goods. Those that are asked about may be scanned again.
    """
    if kind in _GOODS and waits_for_wallet(counter):
        return wallet_words(counter)
    if kind is ScanKind.PAY_CODE and counter.waiting in _OF_AN_APP:
        return _once_more(counter)  # the app shows one beside the other
    if kind in _GOODS and counter.waiting in DESK and (kind, counter.waiting) != (ScanKind.ITEM, Waiting.ORDER):
        return _once_more(counter)
    if kind is ScanKind.APP_CODE and counter.waiting is Waiting.SERIAL:
        return None
    chooses_goods = counter.waiting is Waiting.WEIGHT and counter.barcode is None
    if not _must_be_answered(counter) or kind in _NO_GOODS or chooses_goods:
        return None
    if counter.waiting in (Waiting.PRICE, Waiting.WEIGHT) and sku is not None and sku == counter.barcode:
        return None
    return Say("price.first", Tone.ERROR) if counter.waiting is Waiting.PRICE else _once_more(counter)


def confirmed_by(enter: Asked, counter: Counter) -> Confirmed | None:
    """What Enter says yes to; None: nothing is to be confirmed."""
    match counter.waiting:
        case Waiting.CONFIRM if counter.verb is not None:
            return Confirmed(counter.verb, counter.value, enter.asked_mono, counter.barcode)
        case Waiting.CANCEL:
            return Confirmed(Verb.CANCEL_SALE, 0, enter.asked_mono)
        case Waiting.AGE:
            return Confirmed(Verb.OF_AGE, 0, enter.asked_mono)
        case Waiting.SERIAL:
            return Confirmed(Verb.SERIAL, counter.value, enter.asked_mono)
        case _:
            return None


def dropped(tx: Transaction) -> bool:
    """Minus or 撤销 where something is asked: nobody wants it any more, and the basket stays as it was."""
    counter = tx.counter
    if counter.waiting in _KEEPS_MINUS and counter.pieces is None:
        return False
    tx.keep(at_rest(counter.sale))
    tx.after_commit(basket_view(tx.counter))
    tx.after_commit(Say(_DROPPED.get(counter.waiting, "ask.dropped")))
    return True


def _must_be_answered(counter: Counter) -> bool:
    if counter.waiting is Waiting.CONFIRM:
        return counter.verb in _ABOUT_GOODS | _ABOUT_COUNTS
    return counter.waiting in _ANSWERS or cash_on_counter(counter)


def cash_on_counter(counter: Counter) -> bool:
    """A lender's money lies there: it was given or it was not, and the next thing that is asked for would hide that."""
    return counter.waiting is Waiting.LOAN and counter.verb is Verb.LOAN_PAY


def _once_more(counter: Counter) -> Say | None:
    asked = question(counter)
    return None if asked is None else replace(asked, tone=Tone.ERROR)
