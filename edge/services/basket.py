"""The open basket as the counter needs it: how it is shown, what it asks, one more line, if a record can hold it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from edge.codec.sale_record_body import MANY_LINES, fits, surely_fits
from edge.errors import ModelError
from edge.messages import Say, Show, Tone, View
from edge.model.counter import STORE_ROOM, Counter, Pack, Verb, Waiting, settled
from edge.model.item import Item
from edge.model.money import Fen, quantity_text
from edge.model.payment import Payment, PaymentState
from edge.model.records import SaleCancelled
from edge.model.sale import Event, Line, LineKind, Sale, State, add_item, add_open_price, add_unknown, moved
from edge.model.service_order import ordered_by
from edge.model.tender_names import tender_name
from edge.ports import Transaction
from edge.services.loan_words import cash_question
from edge.services.offers import price_told
from edge.services.stock_words import store_question

UNANSWERED = (Waiting.PRICE, Waiting.CONFIRM, Waiting.WEIGHT, Waiting.AGE, Waiting.AMOUNT, Waiting.SERIAL)
"""Goods lie on the counter that are not in the bill yet, or may not be: it is neither paid nor held before the answer,
or STOP.
"""

COUNTS = (Verb.SHIFT_OPEN, Verb.SHIFT_CLOSE, Verb.DAY_CLOSE)
"""What the drawer is counted for."""

_CONFIRM_WORDS = {
    Verb.OTHER_PAYMENT: "pay.other_q", Verb.EXACT_CASH: "pay.cash_q", Verb.REFUND: "refund.q", Verb.POST_VOID: "void.q",
    Verb.TECHNICIAN_PIN: "technician.q", Verb.CASH: "cash.much_q", Verb.DAY_CLOSE: "day.close_q",
    Verb.TAB_LIMIT: "tab.limit_q", Verb.CHANGE_PRICE: "change.owner", Verb.SHIFT_OPEN: "shift.count_q",
    Verb.SHIFT_CLOSE: "shift.count_q", Verb.DAY_COUNTED: "shift.count_q", Verb.SERVICE_BACK: "svc.back_q",
    Verb.CANCEL_SERVICE: "svc.cancel_q", Verb.SHELF_PRICE: "plan.price", Verb.AGENT_OUT: "agent.out_q",
    Verb.ALLOW_REMOTE: "remote.q",
    Verb.AGENT_IN: "agent.in_q", Verb.SERVICE_TWICE: "svc.twice_q", Verb.CANCEL_BACK: "svc.cancel_back",
}  # fmt: skip
"""What CONFIRM asks by the verb that waits for it; a price is what most of them are about."""


DESK_WORDS = {
    Waiting.PARCEL_IN: "parcel.scan", Waiting.PICKUP: "parcel.code", Waiting.RELEASE: "parcel.take",
    Waiting.FIND: "parcel.find", Waiting.REFUSE: "parcel.refuse", Waiting.TAKE_BACK: "parcel.back",
    Waiting.SEND: "send.scan", Waiting.PURCHASE: "buy.next",
}  # fmt: skip
"""What the parcel desk, or whoever is at a slip of an order, waits for."""
_SEND_WORDS = {Verb.WEIGH: "send.weigh", Verb.COUNTED: "send.grams", Verb.SEND_QUOTE: "send.wait"}
_PLAIN_WORDS = {
    Waiting.SHELF_PRICE: "shelf.scan", Waiting.PRICE_CHECK: "price.scan", Waiting.REMOVE: "remove.scan",
    Waiting.RECEIPT: "refund.scan", Waiting.CUSTOMER: "tab.card", Waiting.TAKE_IN: "parcel.in_q",
    Waiting.SERIAL: "serial.scan",
}  # fmt: skip
"""What is asked always in the same words."""
_SERVICE_WORDS = {
    Verb.TOP_UP: "svc.phone", Verb.SERVICE_QUOTE: "svc.ask_price", Verb.SERVICE_OFFER: "svc.offer",
    Verb.PAY_BILL: "svc.bill", Verb.TICKETS: "svc.ticket", Verb.CANCEL_SERVICE: "svc.cancel_scan",
}  # fmt: skip
"""What the desk for services waits for."""
_ORDER_WORDS = {
    Verb.PIECES: "ord.confirm", Verb.SERVICE_QUOTE: "svc.ask_price", Verb.SERVICE_OFFER: "svc.offer",
    Verb.COLLECT_ORDER: "ord.scan_slip", Verb.ORDER_SLOT: "ord.slots", Verb.PICK_ORDER: "app.scan",
}  # fmt: skip
"""What is waited for while goods are ordered, or fetched."""
_AMOUNT_WORDS = {
    Verb.TAB_LIMIT: "tab.limit", Verb.CHANGE_PRICE: "change.price", Verb.SHELF_PRICE: "shelf.key",
    Verb.AGENT_OUT: "agent.out", Verb.AGENT_IN: "agent.in", Verb.CASH_IN: "cash.in",
}  # fmt: skip


def waits_for_wallet(counter: Counter) -> bool:
    """A payment of the sale on the counter has no end yet: nothing of the sale may change (product B1)."""
    return counter.sale is not None and counter.sale.state in (State.PAYING, State.PAY_UNKNOWN)


def refunding(counter: Counter) -> bool:
    """Goods come back: no sale begins before that is done or stopped."""
    return counter.refund is not None or counter.waiting is Waiting.RECEIPT


def counts(counter: Counter) -> bool:
    """Somebody counts the drawer, or is asked whether it was counted right."""
    return counter.waiting in (Waiting.AMOUNT, Waiting.CONFIRM) and counter.verb in (*COUNTS, Verb.DAY_COUNTED)


def wallet_words(counter: Counter) -> Say:
    """To whoever goes on meanwhile: wait, or where nobody knows how it ended what there is to do."""
    is_unknown = counter.sale is not None and counter.sale.state is State.PAY_UNKNOWN
    return Say("help.pay_unknown" if is_unknown else "pay.busy", Tone.ERROR)


def part_words(sale: Sale) -> Say:
    """Of a sale that is paid in part, to whoever would leave it so."""
    if sale.due <= 0:
        return Say("pay.nothing_due", Tone.ERROR)
    return Say("pay.part_paid", Tone.ERROR, amounts=(("a", sale.due),))


def basket_view(counter: Counter, payment: Payment | None = None) -> Show:
    """What the customer sees: the newest line and the total, the goods whose price is asked, or the idle text.

    Of a sale that is paid in part, what is still due. `payment`: the one that is waited for, to be told by its name.
    """
    sale = counter.sale
    if counter.waiting is Waiting.PRICE and counter.barcode is not None:
        return Show(View.TEXT, name=counter.barcode)
    if sale is None:
        return Show(View.IDLE)
    if waits_for_wallet(counter):
        name, name_en = _waits_for(sale, payment)
        return Show(due_view(sale), name=name, name_en=name_en, amount=sale.due)
    line = sale.last
    if line is None or sale.state is State.SUBTOTAL:
        return Show(due_view(sale), amount=sale.due)
    view = View.ITEM_MISSING if sale.tenders else View.ITEM
    return Show(view, name=line.name, name_en=line.name_en, qty=line.qty, price=line.price, amount=sale.due)


def due_view(sale: Sale) -> View:
    """Under which name what is due stands on the display."""
    return View.MISSING if sale.tenders else View.TOTAL


def _waits_for(sale: Sale, payment: Payment | None) -> tuple[str, str]:
    if sale.state is State.PAY_UNKNOWN:
        return "付款结果未知", "Payment unknown"
    if payment is None:
        return "等待付款", "Waiting to be paid"
    match payment.state:
        case PaymentState.WAIT_CUSTOMER:
            return "请输入密码", "Enter your password"
        case PaymentState.CANCELLING:
            return "正在取消付款", "Cancelling payment"
        case _:
            return f"等待{tender_name(payment.channel, 'zh-CN')}", f"Waiting: {tender_name(payment.channel, 'en')}"


def question(counter: Counter) -> Say | None:
    """What the counter is waiting to be told, to be said once more; None: nothing, or the same card again."""
    match counter.waiting:
        case Waiting.PRICE if counter.pack is not None:
            return Say("item.kilo" if counter.pack.weighed else "item.each", Tone.ATTENTION)
        case Waiting.PRICE:
            return Say("item.zero" if counter.value else "item.unknown", Tone.ATTENTION)
        case Waiting.REFUND:
            some = counter.refund is not None and counter.refund.lines
            return Say("refund.more" if some else "refund.goods", Tone.ATTENTION)
        case Waiting.WEIGHT:
            return Say("weigh.item" if counter.barcode is None else "scale.wait", Tone.ATTENTION)
        case Waiting.AGE:
            return Say("item.age", Tone.ATTENTION)
        case Waiting.CELL:
            door = str(counter.value) if counter.value else counter.barcode or ""
            return Say("door.full_ask", Tone.ATTENTION, words=(("n", door),))
        case Waiting.OPEN_DOOR:
            prompt = "door.remote_q" if counter.verb is Verb.ALLOW_REMOTE else "door.owner_q"
            return Say(prompt, Tone.ATTENTION, words=(("n", str(counter.value)),))
        case Waiting.TEST_DOORS if counter.value:
            return Say("test.shut", Tone.ATTENTION, words=(("n", str(counter.value)),))
        case Waiting.TEST_DOORS:
            return Say("test.doors_q", Tone.ATTENTION)
        case Waiting.SEND if counter.verb is Verb.SEND_OFFER:
            return Say("send.offer", Tone.ATTENTION, amounts=(("a", Fen(counter.value)),))
        case Waiting.SEND if counter.verb is not None:
            return Say(_SEND_WORDS.get(counter.verb, "send.scan"), Tone.ATTENTION)
        case Waiting.LOAN | Waiting.BANK_SLIP:
            return cash_question(counter)
        case Waiting.MESSAGE:
            return Say("msg.new" if counter.value else "msg.hear", Tone.ATTENTION)
        case waiting if waiting in STORE_ROOM:
            return store_question(counter)
        case Waiting.SERVICE | Waiting.ORDER:
            return _service_question(counter)
        case waiting if waiting in _PLAIN_WORDS:
            return Say(_PLAIN_WORDS[waiting], Tone.ATTENTION)
        case waiting if waiting in DESK_WORDS:
            return Say(DESK_WORDS[waiting], Tone.ATTENTION)
        case Waiting.AMOUNT if counter.verb in COUNTS:
            return Say("shift.count", Tone.ATTENTION)
        case Waiting.AMOUNT if counter.verb in _AMOUNT_WORDS:
            return Say(_AMOUNT_WORDS[counter.verb], Tone.ATTENTION)
        case Waiting.AMOUNT:
            return Say("cash.in" if counter.verb is Verb.CASH_IN else "cash.out", Tone.ATTENTION)
        case Waiting.CONFIRM if counter.verb is not None:
            return _to_confirm(counter.verb, counter)
        case _:
            return None


def _service_question(counter: Counter) -> Say:
    amounts = (("a", Fen(counter.value)),)
    if counter.waiting is Waiting.ORDER and counter.verb is Verb.COLLECT_ORDER and counter.barcode is not None:
        return Say("app.label", Tone.ATTENTION)
    if counter.waiting is Waiting.ORDER:
        prompt = _ORDER_WORDS.get(counter.verb, "ord.scan") if counter.verb is not None else "ord.scan"
        return Say(prompt, Tone.ATTENTION, amounts=amounts, words=(("n", str(counter.value)),))
    if counter.verb is Verb.TOP_UP_AMOUNT:
        return Say("svc.confirm" if counter.value else "svc.how_much", Tone.ATTENTION, amounts=amounts)
    if counter.verb is Verb.BILL_AMOUNT:
        return Say("svc.bill_q" if counter.value else "svc.bill_amount", Tone.ATTENTION, amounts=amounts)
    prompt = _SERVICE_WORDS.get(counter.verb, "svc.card_first") if counter.verb is not None else "svc.card_first"
    return Say(prompt, Tone.ATTENTION, amounts=amounts)


def _to_confirm(verb: Verb, counter: Counter) -> Say:
    """What Enter would say yes to."""
    match verb:
        case Verb.PIECES | Verb.PIECES_CARD:
            return Say("qty.confirm", Tone.ATTENTION, words=(("n", str(counter.value)),))
        case Verb.TAB | Verb.TAB_LOOK:
            return tab_told(counter)
        case Verb.DATA_SWITCH:
            switch = Say("data.pause_q" if counter.value else "data.resume_q")
            return Say("data.books", Tone.ATTENTION, then=(switch,))
        case _:
            prompt = _CONFIRM_WORDS.get(verb, "price.confirm")
            return Say(prompt, Tone.ATTENTION, amounts=(("a", Fen(counter.value)),))


def tab_told(counter: Counter) -> Say:
    """What a customer owes, or will once this basket is on the tab. Nobody can say an amount below zero."""
    owes = counter.value
    prompt = ("tab.q", "tab.q_credit") if counter.verb is Verb.TAB else ("tab.look", "tab.look_credit")
    due = counter.sale.due if counter.sale is not None else 0
    amounts = (("a", Fen(due)), ("b", Fen(abs(owes))))
    return Say(prompt[owes < 0], Tone.ATTENTION, amounts=amounts)


def unanswered(counter: Counter) -> Say | None:
    """The question that stands between this basket and its payment, to be said once more; None: it may be paid."""
    if counter.waiting in UNANSWERED:
        return question(counter)
    return Say("item.age", Tone.ATTENTION) if counter.sale is not None and counter.sale.asks_age else None


def tell_price(item: Item, price: Fen | None, tx: Transaction, *, promotions: Sequence[str] = ()) -> None:
    """The answer to a price check, which then is over; `promotions`: names of those that the goods are in."""
    tx.keep(settled(tx.counter))
    if price is None:
        tx.after_commit(Say("price.none", Tone.ATTENTION))
        return
    tx.after_commit(Show(View.PRICE, name=item.name, name_en=item.name_en or "", price=price, amount=price))
    tx.after_commit(price_told(item, price, promotions))


def line_undone(line: Line, sale: Sale, *, stood: bool) -> Say:
    """Of a line that undo changed, which `stood` before: what it is now in `sale`, or it would be scanned again."""
    now = next((one for one in sale.standing if one.n == line.n), None)
    if now is None or now.fixed or not stood:
        return Say("undo.done" if stood else "undo.back", words=(("what", line.name),))
    words = (("item", now.name), ("n", quantity_text(now.qty)))
    return Say("item.qty", amounts=(("a", now.amount),), words=words)


def ask_price(barcode: str, tx: Transaction, *, is_known: bool, pack: Pack | None = None) -> None:
    """Wait for the price of what cannot be sold without one; `is_known`: the catalogue has it, but no price.

    Of a `pack` it is that of a kilogram or a piece.
    """
    asking = replace(tx.counter, waiting=Waiting.PRICE, barcode=barcode, verb=None, value=int(is_known), pack=pack)
    tx.keep(asking)
    tx.after_commit(Show(View.TEXT, name=barcode))
    tx.after_commit(question(tx.counter))


def ask_confirm(verb: Verb, value: int, tx: Transaction) -> None:
    """Enter means yes from now on."""
    tx.keep(replace(tx.counter, waiting=Waiting.CONFIRM, verb=verb, value=value))
    tx.after_commit(question(tx.counter))


def book_cancelled(sale: Sale, why: str, tx: Transaction) -> None:
    """A sale that ends before it is paid. Of practice nothing is kept."""
    if not sale.training:
        tx.append(SaleCancelled(moved(sale, Event.CANCEL), why), id=sale.id)


def end_emptied(tx: Transaction) -> None:
    """Before the counter turns to something else: a basket that everything was taken out of ends, and is booked so."""
    sale = tx.counter.sale
    if sale is not None and not sale.standing:
        book_cancelled(sale, "empty", tx)
        tx.keep(Counter())


def fits_one_record(sale: Sale, *, voids: int = 0) -> bool:
    """Whether the sale as it stands can be journaled: completed or cancelled, it is one event of 16 KiB (B8), in which
    names give way first. `voids`: so many lines can still be taken out then.
    """
    if len(sale.lines) + voids <= MANY_LINES and not sale.savings:
        return True
    return surely_fits(sale, voids=voids) or fits(sale, voids=voids)


def one_more(sale: Sale, line: Line) -> Sale:
    """The same goods at the same price as one more line (row 5)."""
    item = Item(
        sku=line.sku, name=line.name, price=line.price, unit=line.unit, name_en=line.name_en or None,
        dept=line.dept or None, age=line.age or None,
    )  # fmt: skip
    match line.kind:
        case LineKind.OPEN_PRICE:
            added = add_open_price(sale, name=line.name, price=line.price)
        case LineKind.UNKNOWN_ITEM:
            added = add_unknown(sale, item, price=line.price)
        case _:
            added = add_item(sale, item, price=line.price)
    newest = replace(added.lines[-1], overridden=line.overridden, was=line.was, why=line.why)
    return replace(added, lines=(*added.lines[:-1], newest))


def fixed_told(line: Line) -> Say:
    """To whoever would count or reprice what is no goods."""
    if ordered_by(line.sku) is not None:
        return Say("svc.fixed", Tone.ERROR)
    return Say("tab.fixed" if line.kind is LineKind.DEPOSIT else "send.fixed", Tone.ERROR)


def guarded(act: Callable[[], None], tx: Transaction) -> None:
    """A refusal of the model is said; it changed nothing (rule of `edge.errors.ModelError`)."""
    try:
        act()
    except ModelError:
        tx.after_commit(Say("err.generic", Tone.ERROR))
