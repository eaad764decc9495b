"""Bugs to plant in service orders, each with the sentence by which the simulated year must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from edge.codec import wire_service as wire
from edge.messages import Started
from edge.model.money import Fen
from edge.model.records import SaleCompleted
from edge.model.service_order import ServiceOrder, ServiceState, add_order, ordered, ordered_by
from edge.ports import Transaction
from edge.services import service_slips
from edge.services.service_ends import ServiceEnds
from edge.services.service_orders import ServiceOrders
from edge.services.service_payback import ServicePayback
from edge.services.service_slips import ServiceSlips

Plant = Callable[[pytest.MonkeyPatch], None]


def submit_before_it_is_paid(patch: pytest.MonkeyPatch) -> None:
    """As its price is known it is asked for, whether anybody pays."""
    offer = ServiceSlips.take

    def eager(slips: Any, order: ServiceOrder, tx: Transaction) -> None:
        offer(slips, order, tx)
        args = wire.ServiceSubmitArgs(soid=order.id, sale=tx.new_id(), cur="CNY", price=order.price)
        slips._payback.requests.send(wire.SUBMIT, args, tx, cid=order.id)

    init = ServiceOrders.__init__

    def lend(orders: Any, bus: Any, requests: Any, papers: Any, ends: Any) -> None:
        init(orders, bus, requests, papers, ends)
        ends._payback.requests = requests

    patch.setattr(ServiceOrders, "__init__", lend)
    patch.setattr(ServiceSlips, "take", eager)


def order_anew_after_silence(patch: pytest.MonkeyPatch) -> None:
    """Nobody answers, so the same is ordered under another id, and done twice."""
    lose = ServiceOrders._lose

    def careless(orders: Any, order: ServiceOrder, why: str, tx: Transaction) -> None:
        lose(orders, order, why, tx)
        if why == "silence":
            other = replace(order, id=tx.new_id(), state=ServiceState.QUOTED, sale="")
            args = wire.ServiceQuoteArgs(soid=other.id, offer=order.offer, kind=order.kind.value, amt=order.amount)
            orders._requests.send(wire.QUOTE, args, tx)
            orders._send(replace(other, sale=order.sale), tx)

    patch.setattr(ServiceOrders, "_lose", careless)


def forget_what_a_power_cut_left_open(patch: pytest.MonkeyPatch) -> None:
    def forgetful(orders: Any, _: Started, tx: Transaction) -> None:
        for order in tx.services.open():
            if order.state is not ServiceState.SUBMITTED:
                orders._begin_chain(order, tx)

    patch.setattr(ServiceOrders, "_resume", forgetful)
    patch.setattr(ServiceOrders, "_welcomed", lambda *_: None)


def ask_no_more_about_unknown_ones(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ServiceOrders, "_ask", lambda *_: None)


def take_silence_for_no(patch: pytest.MonkeyPatch) -> None:
    """What has no answer was not done: the money goes back, and the provider does it all the same."""
    lose = ServiceOrders._lose

    def impatient(orders: Any, order: ServiceOrder, why: str, tx: Transaction) -> None:
        lose(orders, order, why, tx)
        if why == "silence" and (lost := tx.services.find(order.id)) is not None:
            orders._ends.fail(lost, why, tx)

    patch.setattr(ServiceOrders, "_lose", impatient)


def keep_the_money_of_what_failed(patch: pytest.MonkeyPatch) -> None:
    """Also a wallet's, until somebody shows the slip."""
    give_back = ServicePayback.give_back

    def keep(payback: Any, order: ServiceOrder, tx: Transaction, *, by_slip: bool = False, **more: Any) -> Any:
        return give_back(payback, order, tx, by_slip=True, **more) if by_slip else ""

    patch.setattr(ServicePayback, "give_back", keep)


def give_back_without_its_fee(patch: pytest.MonkeyPatch) -> None:
    """What a provider keeps is paid by the shop."""
    give_back = ServicePayback.give_back

    def generous(
        payback: Any, order: ServiceOrder, tx: Transaction, *, fee: Fen = Fen(0), by_slip: bool = False
    ) -> Any:
        return give_back(payback, order, tx, by_slip=by_slip)

    patch.setattr(ServicePayback, "give_back", generous)


def sell_it_dearer(patch: pytest.MonkeyPatch) -> None:
    """The bill has a fen more than what was quoted."""
    patch.setattr(
        service_slips, "add_order",
        lambda sale, order, language: add_order(sale, replace(order, price=Fen(order.price + 1)), language),
    )  # fmt: skip


def pay_it_in_two_bills(patch: pytest.MonkeyPatch) -> None:
    """A slip is good for every bill, also after it was paid."""

    def again(slips: Any, order: ServiceOrder, tx: Transaction) -> None:
        take(slips, replace(order, state=ServiceState.QUOTED), tx)

    take = ServiceSlips.take
    scanned = ServiceSlips._scanned

    def generous(slips: Any, scan: Any, tx: Transaction) -> None:
        order = tx.services.by_slip(scan.number)
        if order is not None and order.state is ServiceState.COMPLETED:
            again(slips, order, tx)
        else:
            scanned(slips, scan, tx)

    patch.setattr(ServiceSlips, "_scanned", generous)


def forget_to_pay_it(patch: pytest.MonkeyPatch) -> None:
    """The sale is booked, and every other order with it stays as it was."""
    sold = ServiceOrders._sold

    def careless(orders: Any, record: SaleCompleted, tx: Transaction) -> None:
        lines = [line for line in ordered(record.sale.standing) if ordered_by(line.sku)]
        if len(lines) < 2:
            sold(orders, record, tx)

    patch.setattr(ServiceOrders, "_sold", careless)


def believe_another_end(patch: pytest.MonkeyPatch) -> None:
    """Declined counts as done: the customer has paid for nothing."""
    hear = ServiceEnds.hear

    def trusting(ends: Any, order: ServiceOrder, state: str, answer: Any, tx: Transaction, *, kind: str) -> None:
        hear(ends, order, "completed" if state == "failed" else state, answer, tx, kind=kind)

    patch.setattr(ServiceEnds, "hear", trusting)


SERVICES_LOUD: tuple[tuple[Plant, str], ...] = (
    (forget_what_a_power_cut_left_open, "is submitted|is paid"),
)  # fmt: skip
SERVICES_QUIET: tuple[tuple[Plant, str], ...] = (
    (submit_before_it_is_paid, "leaves for its provider"),
    (order_anew_after_silence, "leaves for its provider|the journal no such order"),
    (ask_no_more_about_unknown_ones, "nobody asks about it"),
    (take_silence_for_no, "is refunded, its provider|is failed, its provider"),
    (keep_the_money_of_what_failed, "it was paid by a wallet"),
    (give_back_without_its_fee, "fen of order|fen went back"),
    (sell_it_dearer, "fen, sale|asked for"),
    (pay_it_in_two_bills, "pays for order|was completed and is expired|the box has"),
    (forget_to_pay_it, "fen for order|its line is"),
    (believe_another_end, "is completed, its provider"),
)
