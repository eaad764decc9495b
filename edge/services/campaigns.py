"""Campaigns on the customer's display, in the voice and at the foot of receipts (product row 92).

    sale completed ── its receipt gets the foot of the campaign that was printed least today
        └─ QUIET_S later, and nobody has touched anything ── one text on the display, one voice line

An advertisement waits for everybody: none while goods are on the counter, while anything is asked, paid, kept for a
wallet or handed in or out at the parcel desk, and none within GAP of the last one. The card 静音广告 silences the
voice; what is shown in silence stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.clock import Clk, iso_ms
from edge.messages import Asked, KeyPressed, Outcome, PrintOutcome, Say, ScanData, Show, Started, View
from edge.model.campaign import Campaign, Way
from edge.model.closed_list import PAUSED
from edge.model.counter import Counter, Verb
from edge.model.ledger_rows import EffectState
from edge.model.parcel import ParcelState
from edge.model.records import SaleCompleted
from edge.ports import Transaction
from edge.services.basket import basket_view
from edge.services.owner_gate import armed
from edge.services.spoken_manner import manner_of

GAP = timedelta(minutes=10)
QUIET_S = 10.0
"""Of silence after a customer: the money was heard, the change was read from the display and counted."""
TRIES = 10
"""More than a minute in which there is never a quiet moment: this one is let go."""
READ_S = 8.0
"""How long the text stands on the display."""
COUNTS_EVERY_S = 3_600.0

_LAST, _MUTED = "ads.last", "ads.muted"
"""In `meta`: when the last one was shown; "1": the voice says none."""
_AT_A_DOOR = (ParcelState.CHECKING_IN, ParcelState.RELEASING)


@dataclass(frozen=True, slots=True)
class AdDue:
    """A timer: is it quiet? Only the newest `serial` counts."""

    serial: int
    tries: int = 0


@dataclass(frozen=True, slots=True)
class AdRead:
    """A timer: a text has stood on the display for READ_S."""


@dataclass(frozen=True, slots=True)
class CountsDue:
    """A timer: is a day over whose counts nobody was told?"""


class Campaigns:
    """`language` is the settings'. Built after `Receipts`, whose papers it counts."""

    def __init__(self, bus: Bus, *, zone: ZoneInfo, language: str) -> None:
        self._bus = bus
        self._zone = zone
        self._language = language
        self._serial = 0
        self._touched_mono = float("-inf")
        bus.on(Started, self._start)
        for touch in (ScanData, KeyPressed):
            bus.on(touch, self._touched)
        bus.on(Asked, self._mute)
        bus.on(SaleCompleted, self._sold)
        bus.on(PrintOutcome, self._printed)
        bus.on(AdDue, self._show)
        bus.on(AdRead, self._read)
        bus.on(CountsDue, self._start)

    def _start(self, _: Started | CountsDue, tx: Transaction) -> None:
        self._bus.after(COUNTS_EVERY_S, CountsDue())
        self._tell(tx)

    def _touched(self, touch: ScanData | KeyPressed, tx: Transaction) -> None:
        self._touched_mono = touch.at_mono

    def _mute(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.MUTE_ADS:
            muted = tx.get(_MUTED) != "1"
            tx.put(_MUTED, "1" if muted else "")
            tx.after_commit(Say("ads.off" if muted else "ads.on"))

    # --- receipts --------------------------------------------------------------------------------------------------

    def _sold(self, record: SaleCompleted, tx: Transaction) -> None:
        running = self._running(tx)
        if not running:
            return
        on_paper = [campaign for campaign in running if campaign.foot or tx.campaigns.has_coupon(campaign.id)]
        if on_paper:
            tx.campaigns.give(record.sale.id, self._least(on_paper, Way.RECEIPT, tx))
        self._serial += 1
        self._bus.after(QUIET_S, AdDue(self._serial))
        self._tell(tx)

    def _printed(self, ended: PrintOutcome, tx: Transaction) -> None:
        """`Receipts` has settled the job already."""
        job = tx.print_jobs.find(ended.job) if ended.outcome is Outcome.DONE else None
        if job is None or job.state is not EffectState.PRINTED or job.copy_no or job.slip is not None:
            return
        paper = tx.campaigns.printed(job.of)
        if paper is not None:
            self._count(Way.RECEIPT, paper.campaign, tx)
            if paper.coupon:
                self._count(Way.COUPON, paper.campaign, tx)

    # --- display and voice -----------------------------------------------------------------------------------------

    def _show(self, due: AdDue, tx: Transaction) -> None:
        if due.serial != self._serial:
            return  # another sale came since, and another timer with it
        if not self._is_quiet(tx):
            if due.tries < TRIES:
                self._bus.after(QUIET_S, AdDue(due.serial, due.tries + 1))
            return
        running = [campaign for campaign in self._running(tx) if campaign.display or campaign.voice]
        if not running or self._was_lately(tx):
            return
        campaign = self._least(running, Way.DISPLAY, tx)
        tx.put(_LAST, iso_ms(tx.stamp.at))
        self._display(campaign, tx)
        if campaign.voice and tx.get(_MUTED) != "1":
            line = campaign.voice.spoken(manner_of(tx, self._language).language)
            tx.after_commit(Say("ads.line", words=(("what", line),)))
            self._count(Way.VOICE, campaign.id, tx)

    def _display(self, campaign: Campaign, tx: Transaction) -> None:
        text = campaign.display or campaign.voice
        tx.after_commit(Show(View.TEXT, name=text.zh, name_en=text.en))
        self._bus.after(READ_S, AdRead())
        self._count(Way.DISPLAY, campaign.id, tx)

    def _read(self, _: AdRead, tx: Transaction) -> None:
        """Whatever came since has drawn the display anew already."""
        if tx.counter == Counter():
            tx.after_commit(basket_view(tx.counter))

    def _is_quiet(self, tx: Transaction) -> bool:
        """Nobody is served, asked, or waited for; no money is under way; no door is open for a parcel."""
        return (
            tx.counter == Counter()
            and tx.stamp.mono - self._touched_mono >= QUIET_S
            and armed(tx) is None
            and not tx.payments.unfinished()
            and not tx.parcels.in_state(_AT_A_DOOR)
        )

    def _was_lately(self, tx: Transaction) -> bool:
        """A clock that went back forgets when it was, rather than be silent for years."""
        last = tx.get(_LAST)
        return bool(last) and timedelta(0) <= tx.stamp.at - datetime.fromisoformat(last or "") < GAP

    # --- which, and how often --------------------------------------------------------------------------------------

    def _running(self, tx: Transaction) -> Sequence[Campaign]:
        """None by a clock that nobody has set: it may be another week, or year."""
        return tx.campaigns.running(self._today(tx)) if tx.stamp.clk is not Clk.UNSYNC else ()

    def _least(self, campaigns: Sequence[Campaign], way: Way, tx: Transaction) -> Campaign:
        today = self._today(tx)
        return min(campaigns, key=lambda campaign: (tx.campaigns.times(today, way, campaign.id), campaign.id))

    def _count(self, way: Way, campaign: str, tx: Transaction) -> None:
        if tx.get(PAUSED) != "1":
            tx.campaigns.shown(self._today(tx), way, campaign)

    def _tell(self, tx: Transaction) -> None:
        """Days that are over, each once: the counts go with the record that tells them."""
        for shown in tx.campaigns.take_counts(self._today(tx)):
            tx.append(shown)

    def _today(self, tx: Transaction) -> date:
        return tx.stamp.at.astimezone(self._zone).date()
