"""The papers of service orders, as the shop prints them now: its name, its language, the words of the platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from edge.codec.command_card import OwnSlip, SlipKind, slip_code
from edge.model.money import Fen
from edge.model.platform import Platforms
from edge.model.sale import Method
from edge.model.service_order import ServiceOrder
from edge.model.service_slip import (
    SlipSide,
    back_slip,
    failure_slip,
    owing_slip,
    pending_slip,
    proof_slip,
    quote_slip,
    reversed_slip,
)
from edge.ports import Transaction
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of


@dataclass(frozen=True, slots=True)
class ServicePapers:
    """Each of them is queued in the transaction of what it tells."""

    shop: str
    language: str
    zone: ZoneInfo
    platforms: Platforms

    def quote(self, order: ServiceOrder, tx: Transaction) -> None:
        print_slip(quote_slip(order, self._side(order, tx), until=local_time(order.until, self.zone)), tx)

    def pending(self, order: ServiceOrder, tx: Transaction) -> None:
        print_slip(pending_slip(order, self._side(order, tx)), tx)

    def proof(self, order: ServiceOrder, tx: Transaction, *, lines: tuple[str, ...], ticket: str) -> None:
        offer, side = self.platforms.service(order.offer), self._side(order, tx)
        if offer is not None and order.cancellable and order.back_until is None and order.back_fee is None:
            side = replace(side, help=(*side.help, *offer.cancel.lines(side.language)))
        print_slip(proof_slip(order, side, lines=lines, ticket=ticket), tx)

    def failure(self, order: ServiceOrder, tx: Transaction, *, back: Fen, later: bool) -> None:
        sold = tx.sales.by_id(order.sale) if order.sale else None
        is_cash = sold is not None and {tender.method for tender in sold.sale.tenders} == {Method.CASH}
        print_slip(failure_slip(order, self._side(order, tx, is_help=True), back=back, later=later, cash=is_cash), tx)

    def back(self, order: ServiceOrder, tx: Transaction, *, back: Fen) -> None:
        print_slip(back_slip(order, self._side(order, tx, is_help=True), back=back), tx)

    def reversal(self, order: ServiceOrder, tx: Transaction) -> None:
        print_slip(reversed_slip(order, self._side(order, tx, is_help=True)), tx)

    def owing(self, orders: Sequence[ServiceOrder], tx: Transaction) -> None:
        now = local_time(tx.stamp.at, self.zone)
        print_slip(owing_slip(orders, shop=self.shop, now=now, language=self.language_of(tx)), tx)

    def today(self, tx: Transaction) -> date:
        """By the shop's calendar."""
        return tx.stamp.at.astimezone(self.zone).date()

    def language_of(self, tx: Transaction) -> str:
        """The language of now: paper follows the voice."""
        return manner_of(tx, self.language).language

    def _side(self, order: ServiceOrder, tx: Transaction, *, is_help: bool = False) -> SlipSide:
        language, sold = self.language_of(tx), tx.sales.by_id(order.sale) if order.sale else None
        offer = self.platforms.service(order.offer)
        goods = tx.online_orders.find(order.id)
        lines = self.platforms.foot(order.offer, language, home=goods is not None and bool(goods.slot))
        if offer is not None and is_help:
            lines = self.platforms.text(offer.platform).help.lines(language)
        return SlipSide(
            self.shop, language, slip_code(OwnSlip(SlipKind.SERVICE, order.slip)), local_time(tx.stamp.at, self.zone),
            sold.receipt if sold is not None else "", lines,
        )  # fmt: skip
