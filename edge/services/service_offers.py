"""Orders that customers made elsewhere, on their phone or the owner's: a slip comes, and is paid here (product row 68).

dn/cmd service.offer ──► quoted, slip with its barcode ──scan at the till──► bill ──► as every other service

What this shop may not sell, or cannot do now, is refused to the cloud, and nothing is printed.
"""

from __future__ import annotations

from collections.abc import Callable

from edge.clock import iso_ms
from edge.codec.wire_service import ServiceOfferArgs, read_offered
from edge.errors import WireError
from edge.messages import Say, Tone
from edge.model.licence_records import ServiceBarred
from edge.model.masking import provider_line
from edge.model.online_order import OnlineOrder
from edge.model.platform import ServiceKind, ServiceOffer
from edge.model.service_order import ServiceOrder, masked_number
from edge.model.service_records import ServiceQuoted
from edge.model.service_slip import comes_line
from edge.ports import Licences, Transaction
from edge.services.commands import Answered, Ordered
from edge.services.quoted import order_of
from edge.services.service_papers import ServicePapers

MAX_WAITING = 50
"""Slips that nobody has paid yet: with more the paper runs out before the customers come."""

_TILL = frozenset({ServiceKind.TOP_UP, ServiceKind.BILL, ServiceKind.TRAVEL, ServiceKind.ORDER, ServiceKind.REPAYMENT})
"""What is paid in the bill and carried out afterwards."""


class ServiceOffers:
    """`goods`: parcels come here, so that ordered goods can be fetched. `full`: no room for services (P11)."""

    def __init__(
        self, papers: ServicePapers, licences: Licences, *, goods: bool, full: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._papers = papers
        self._licences = licences
        self._goods = goods
        self._full = full

    def take(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Carry out service.offer in the transaction in which its cid is stored."""
        try:
            told = read_offered(ordered.args)
        except WireError as error:
            return Answered(ordered.cid, "rejected", code=error.code, msg=error.what)
        known = tx.services.find(told.soid)
        if known is not None:
            return _known(ordered.cid, told, known)
        offer = self._papers.platforms.service(told.offer)
        if offer is None or offer.kind not in _TILL or (offer.kind is ServiceKind.ORDER and not self._goods):
            return Answered(ordered.cid, "failed", code="cmd.unsupported", msg="this shop has no such service")
        if (code := self._why_not(offer, told, tx)) is not None:
            return Answered(ordered.cid, "failed", code=code, msg="it cannot be sold here now")
        order = self._print(offer, told, tx)
        return Answered(ordered.cid, "done", out={"state": order.state.value, "until": iso_ms(order.until)})

    def _why_not(self, offer: ServiceOffer, told: ServiceOfferArgs, tx: Transaction) -> str | None:
        if (why := self._licences.why_not(offer.id, tx.stamp.at)) is not None:
            tx.append(ServiceBarred(offer.id, offer.platform, why))
            return "auth.denied"
        if self._full():
            return "store.full"
        is_too_much = not offer.least <= told.price <= offer.most or tx.services.waiting() >= MAX_WAITING
        return "quota.exceeded" if is_too_much else None

    def _print(self, offer: ServiceOffer, told: ServiceOfferArgs, tx: Transaction) -> ServiceOrder:
        is_goods = offer.kind is ServiceKind.ORDER
        names = (provider_line(told.name or ""), provider_line(told.name_en or "")) if is_goods else ("", "")
        language = self._papers.language_of(tx)
        order = order_of(
            told, offer, self._papers, tx, names=names, good_s=told.valid_s,
            subject=masked_number(told.subject) if told.subject else "",
            lines=comes_line(told.eta_on, told.slot or "", language) if is_goods else (),
        )  # fmt: skip
        tx.append(ServiceQuoted(order))
        if is_goods:
            tx.online_orders.keep(
                OnlineOrder(order.id, told.barcode or "", told.qty, told.eta_on, slot=told.slot or "")
            )
        self._papers.quote(order, tx)
        tx.after_commit(Say("svc.offered", Tone.ATTENTION))
        return order


def _known(cid: str, told: ServiceOfferArgs, known: ServiceOrder) -> Answered:
    """It came before, perhaps under another command: one `soid` is one order."""
    if (known.offer, known.price, known.amount) != (told.offer, told.price, told.amt):
        return Answered(cid, "failed", code="service.conflict", msg="another order has this soid")
    return Answered(cid, "done", out={"state": known.state.value, "until": iso_ms(known.until)})
