"""How a service order ends, each end once: booked, on paper and said; and what the provider says against it (B4).

An end that was told stays. What comes after it and says otherwise is journaled and told to the owner; only a provider
that undoes what it had done is believed, and then a person sees to the money.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from edge.codec import wire_service as wire
from edge.codec.day_record_body import CURRENCY
from edge.errors import WireError
from edge.messages import Say, Tone
from edge.model import service_records as r
from edge.model.money import Fen
from edge.model.service_order import ServiceEvent, ServiceOrder, ServiceState
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.order_custody import is_being_fetched, is_on_its_way
from edge.services.service_papers import ServicePapers
from edge.services.service_payback import PRESENT, ServicePayback

MAX_SAID = 1_000
"""Orders of which a contradiction was said; the oldest is said again."""

_S = ServiceState
_UNDER_WAY = frozenset({_S.SUBMITTED, _S.UNKNOWN})
_SAID_BEFORE = {
    "completed": frozenset({_S.COMPLETED, _S.CANCELLING}),
    "failed": frozenset({_S.FAILED, _S.REFUNDED, _S.REVERSED, _S.CANCELLED}),
    "reversed": frozenset({_S.REVERSED, _S.FAILED, _S.REFUNDED}),
    "cancelled": frozenset({_S.CANCELLED_REFUNDED, _S.FAILED, _S.REFUNDED, _S.CANCELLED}),
}  # fmt: skip
"""In which states an answer is no news."""
_NO_END = frozenset({"submitted", "cancelling", "unknown", "quoted"})

_log = logging.getLogger("edge.service")


class ServiceEnds:
    def __init__(self, papers: ServicePapers, payback: ServicePayback) -> None:
        self._papers = papers
        self._payback = payback
        self._said: dict[tuple[str, str], None] = {}
        self._here: tuple[str, float] = ("", 0.0)

    def is_here(self, order: str, tx: Transaction) -> None:
        """Somebody stands at the counter with the slip of this order, to be given its money."""
        self._here = (order, tx.stamp.mono)

    def fits(self, answer: wire.ServiceAnswer, order: ServiceOrder, state: str, tx: Transaction) -> bool:
        """Whether it is about this price; an end must name it. False, with a word to the owner."""
        named = answer.price, answer.cur or CURRENCY
        is_of = named == (order.price, CURRENCY) if answer.price is not None else state in _NO_END or state == "failed"
        if not is_of:
            _log.error("service order %s: paid %d, answered %s %s", order.id, order.price, answer.price, answer.cur)
            self._say_once((order.id, "price"), "svc.differs", tx)
        return is_of

    def hear(
        self, order: ServiceOrder, state: str, answer: wire.ServiceAnswer, tx: Transaction, *, kind: str
    ) -> None:  # fmt: skip
        """News of it. `kind`: of the question; that it stands completed is a refusal to whoever asked it back."""
        if answer.ref and order.reference != answer.ref:
            order = replace(order, reference=answer.ref)
        match state:
            case "completed" if order.state in _UNDER_WAY:
                self._complete(order, answer, tx)
            case "completed" if order.state is _S.CANCELLING and kind == wire.CANCEL:
                self.keep(order, tx)
            case "failed" | "reversed" if order.state in _UNDER_WAY:
                self.fail(order, answer.why or state, tx)
            case "failed" | "reversed" | "cancelled" if order.state is _S.COMPLETED and is_on_its_way(order, tx):
                self.fail(order, answer.why or state, tx)
            case "failed" | "reversed" if order.state is _S.CANCELLING and is_on_its_way(order, tx):
                self._take_back(order, answer, tx)
            case "failed" | "reversed" if order.state in (_S.COMPLETED, _S.CANCELLING):
                self._reverse(order, answer.why or state, tx)
            case "cancelled" if order.state is _S.CANCELLING:
                self._take_back(order, answer, tx)
            case _:
                self.note(order, state, tx)

    def note(self, order: ServiceOrder, state: str, tx: Transaction) -> None:
        """It is said to be `state`, and that moves nothing: told where it is against what was told before."""
        if state not in _NO_END and order.state not in _SAID_BEFORE.get(state, ()):
            self._dispute(order, state, tx)

    def changed(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Carry out service.changed: late news, in the transaction in which its cid is stored."""
        try:
            told = wire.read_changed(ordered.args)
        except WireError as error:
            return Answered(ordered.cid, "rejected", code=error.code, msg=error.what)
        order = tx.services.find(told.soid)
        if order is None:
            return Answered(ordered.cid, "failed", code="service.refused", msg="this box has no such order")
        if is_being_fetched(order, tx):
            return Answered(ordered.cid, "failed", code="cmd.busy", msg="it is being paid or handed out")
        if not self.fits(told, order, told.state, tx):
            return Answered(ordered.cid, "failed", code="service.conflict", msg="another price was paid for it")
        self.hear(order, told.state, told, tx, kind=wire.CHANGED)
        now = tx.services.find(told.soid) or order
        return Answered(ordered.cid, "done", out={"state": now.state.value})

    # --- the ends --------------------------------------------------------------------------------------------------

    def _complete(self, order: ServiceOrder, answer: wire.ServiceAnswer, tx: Transaction) -> None:
        done = order.moved(ServiceEvent.COMPLETE, tx.stamp.at)
        tx.append(r.ServiceCompleted(done))
        self._papers.proof(done, tx, lines=answer.slip_lines(order.subject), ticket=answer.ticket or "")
        tx.after_commit(Say("svc.ok", Tone.OK))

    def fail(self, order: ServiceOrder, why: str, tx: Transaction) -> None:
        """Its money goes back. Goods that do not come fail after they were ordered, too."""
        if not order.sale:
            self._drop(order, why, tx)
            return
        is_called_off = order.state is ServiceState.COMPLETED
        failed = order.moved(ServiceEvent.CALL_OFF if is_called_off else ServiceEvent.FAIL, tx.stamp.at)
        back = self._payback.owed(order, tx)
        tx.append(r.ServiceFailed(failed, why))
        tx.after_commit(Say("svc.fail", Tone.ALARM, amounts=(("a", back),)))
        refund = self._payback.give_back(failed, tx)
        self._papers.failure(failed, tx, back=back, later=not refund)
        if refund is None:
            tx.after_commit(Say("svc.no_sale", Tone.ALARM))
        if not refund:
            tx.after_commit(Say("svc.fail_later", Tone.ATTENTION))

    def _drop(self, order: ServiceOrder, why: str, tx: Transaction) -> None:
        """It was to be paid when it is fetched."""
        dropped = order.moved(ServiceEvent.DROP, tx.stamp.at)
        tx.append(r.ServiceCancelled(dropped, why))
        self._papers.failure(dropped, tx, back=Fen(0), later=False)
        tx.after_commit(Say("ord.off", Tone.ALARM))

    def keep(self, order: ServiceOrder, tx: Transaction) -> None:
        """The provider does not take it back."""
        tx.append(r.ServiceCompleted(order.moved(ServiceEvent.KEEP, tx.stamp.at), "kept"))
        tx.after_commit(Say("svc.kept", Tone.ERROR))

    def _take_back(self, order: ServiceOrder, answer: wire.ServiceAnswer, tx: Transaction) -> None:
        """Its money first: while cash has nobody who takes it, the provider's word waits to be asked for once more."""
        wanted, (here, since) = Fen(min(answer.fee or 0, order.price)), self._here
        fee = wanted if order.back_fee is None else Fen(min(wanted, order.back_fee))
        if fee < wanted:  # the customer was told another one: she gets what she was promised
            self._dispute(order, "fee", tx)
        is_here = here == order.id and 0 <= tx.stamp.mono - since <= PRESENT.total_seconds()
        amount = self._payback.owed(order, tx, fee=fee) if order.sale else Fen(0)
        refund = self._payback.give_back(order, tx, fee=fee, by_slip=is_here) if amount else None
        if amount and not refund:
            why = "svc.no_sale" if refund is None else "svc.fail_later"
            self._say_once((order.id, "cash"), why, tx)
            return
        back = replace(order.moved(ServiceEvent.TAKE_BACK, tx.stamp.at), fee=fee)
        tx.append(r.ServiceCancelled(back, "back", refund or "", amount, self._payback.day(tx)))
        self._papers.back(back, tx, back=amount)
        tx.after_commit(Say("svc.taken_back", Tone.OK, amounts=(("a", amount),)))

    def _reverse(self, order: ServiceOrder, why: str, tx: Transaction) -> None:
        undone = order.moved(ServiceEvent.REVERSE, tx.stamp.at)
        tx.append(r.ServiceReversed(undone, why))
        self._papers.reversal(undone, tx)
        tx.after_commit(Say("svc.reversed", Tone.ALARM, amounts=(("a", order.price),)))

    def _dispute(self, order: ServiceOrder, said: str, tx: Transaction) -> None:
        """Once since the start: the broker may bring the same answer many times."""
        if (order.id, said) not in self._said:
            _log.error("service order %s is %s, and now %s is said", order.id, order.state, said)
            tx.append(r.ServiceDisputed(order, said))
            self._say_once((order.id, said), "svc.disputed", tx)

    def _say_once(self, about: tuple[str, str], prompt: str, tx: Transaction) -> None:
        if about in self._said:
            return
        self._said[about] = None
        if len(self._said) > MAX_SAID:
            del self._said[next(iter(self._said))]
        tx.after_commit(Say(prompt, Tone.ALARM))
