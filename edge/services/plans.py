"""Curated plans: printed behind 今日报告, accepted line by line with the scanner (product row 92).

    plan.publish ──► kept ── card 今日报告, once a day while lines are open ──► a slip, a barcode a line
                                 scan ── add ─────► wish list, which orders are written from
                                      ├─ drop ────► not suggested for ordering any more
                                      └─ reprice ─► "so much?" ── Enter ──► the shop's own price (`ShopPrices`)

A line that is never scanned changes nothing. A newer plan takes the place of what was not accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.command_card import OwnSlip, SlipKind, slip_code
from edge.codec.wire_plan import PUBLISH, read_plan
from edge.errors import WireError
from edge.messages import Asked, Confirmed, PlanLineScanned, Say, Tone
from edge.model.counter import Counter, Verb, Waiting
from edge.model.insight_records import PlanAnswered
from edge.model.money import Fen
from edge.model.plan import Advice, PlanLine
from edge.model.plan_slip import plan_slip
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered
from edge.services.drawer_count import SlipWords
from edge.services.slips import local_time, print_slip
from edge.services.training import practising

_PRINTED = "plan.printed"
"""In `meta`: plan and day of the newest slip."""
BEHIND_S = 1.0
"""After the report: its slip comes out first."""


@dataclass(frozen=True, slots=True)
class PlanPaperDue:
    """A timer: the report is queued, and the plan may follow it."""


class Plans:
    """Built after the reports, whose slip it follows, and after `ShopPrices`, which sets the price."""

    def __init__(self, bus: Bus, words: SlipWords, *, zone: ZoneInfo) -> None:
        self._bus = bus
        self._words = words
        self._zone = zone
        bus.on(Asked, self._asked)
        bus.on(PlanPaperDue, self._print)
        bus.on(PlanLineScanned, self._scanned)
        bus.on(Confirmed, self._confirmed)

    @property
    def at_once(self) -> dict[str, CarryOut]:
        return {PUBLISH: self.publish}

    def publish(self, ordered: Ordered, tx: Transaction) -> Answered:
        try:
            plan = read_plan(ordered.args)
        except WireError as error:
            return Answered(ordered.cid, "rejected", code=error.code, msg=error.what)
        if plan.until < ordered.now.astimezone(self._zone).date():
            return Answered(ordered.cid, "rejected", code="cmd.expired", msg=f"it ended on {plan.until}")
        if not tx.plans.knows(plan.id):
            tx.plans.keep(plan.lines)
        return Answered(ordered.cid, "done", out={"plan": plan.id, "lines": len(plan.lines)})

    # --- on paper --------------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.X_REPORT and tx.plans.open(self._today(tx)):
            self._bus.after(BEHIND_S, PlanPaperDue())

    def _print(self, _: PlanPaperDue, tx: Transaction) -> None:
        lines = tx.plans.open(self._today(tx))
        mark = f"{lines[0].plan} {self._today(tx)}" if lines else ""
        if not lines or tx.get(_PRINTED) == mark:
            return
        tx.put(_PRINTED, mark)
        slip = plan_slip(
            lines, code=_code, shop=self._words.shop, now=local_time(tx.stamp.at, self._zone),
            language=self._words.spoken(tx),
        )  # fmt: skip
        print_slip(slip, tx)
        tx.after_commit(Say("plan.printed", words=(("n", str(len(lines))),)))

    # --- accepted --------------------------------------------------------------------------------------------------

    def _scanned(self, scanned: PlanLineScanned, tx: Transaction) -> None:
        line = tx.plans.find(scanned.number)
        if line is None:
            tx.after_commit(Say("plan.none", Tone.ERROR))
        elif tx.counter.sale is not None or tx.counter.waiting is not Waiting.NOTHING:
            tx.after_commit(Say("plan.first", Tone.ERROR))
        elif practising(tx):
            tx.after_commit(Say("train.cash", Tone.ATTENTION))
        elif line.accepted:
            tx.after_commit(Say("plan.done", Tone.ATTENTION))
        elif line.until is None or line.until < self._today(tx):
            tx.after_commit(Say("plan.over", Tone.ERROR))
        else:
            self._take_up(line, tx)

    def _take_up(self, line: PlanLine, tx: Transaction) -> None:
        match line.advice:
            case Advice.ADD:
                tx.plans.wish(line.sku, line.name)
                self._accept(line, "plan.added", tx)
            case Advice.DROP:
                tx.plans.drop(line.sku)
                self._accept(line, "plan.dropped", tx)
            case Advice.REPRICE:
                price = line.price or Fen(0)
                tx.keep(Counter(None, Waiting.CONFIRM, line.sku, Verb.SHELF_PRICE, price))
                words = (("item", line.name),)
                tx.after_commit(Say("plan.price_q", Tone.ATTENTION, amounts=(("a", price),), words=words))

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """`ShopPrices` has set the price, or asked for the owner's card first: then the line stays open."""
        if confirmed.verb is not Verb.SHELF_PRICE or confirmed.barcode is None:
            return
        price = Fen(confirmed.value)
        if tx.learned.price(confirmed.barcode) != price:
            return
        for line in tx.plans.open(self._today(tx)):
            if line.advice is Advice.REPRICE and (line.sku, line.price) == (confirmed.barcode, price):
                self._accept(line, "", tx)

    def _accept(self, line: PlanLine, prompt: str, tx: Transaction) -> None:
        tx.plans.accept(line.number)
        tx.append(PlanAnswered(line.plan, line.advice.value, line.sku))
        if prompt:
            tx.after_commit(Say(prompt, words=(("item", line.name),)))

    def _today(self, tx: Transaction) -> date:
        return tx.stamp.at.astimezone(self._zone).date()


def _code(line: PlanLine) -> str:
    return slip_code(OwnSlip(SlipKind.ADVICE, f"{line.number:06d}"))
