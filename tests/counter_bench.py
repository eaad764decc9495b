"""A shop's counter without threads: all services on a real ledger, a clock moved by hand, and what left the box."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from badge_services import badge_services
from counter_goods import BAG as BAG
from counter_goods import COLA as COLA
from counter_goods import NEW_TEA as NEW_TEA
from counter_goods import NOODLES as NOODLES
from counter_goods import OLD_MILK as OLD_MILK
from counter_goods import SHELF as SHELF
from counter_goods import STRANGE as STRANGE
from counter_goods import STRANGE_NAME as STRANGE_NAME
from counter_goods import TISSUES as TISSUES
from counter_goods import Goods as Goods
from counter_goods import ean as ean
from counter_goods import goods as goods
from counter_shelf import real_shelf
from desk_services import desk_services
from goods_services import goods_services
from habits import Habits as Habits
from hand_clock import HandClock as HandClock
from insight_services import insight_services, scanning_of
from licence_services import licence_services
from new_ledger import lay_new_ledger
from owner_services import owner_services
from page_desks import page_desks
from wallet_services import wallet_services
from wish_services import NO_WAYS, wish_services

from edge.bus import Bus
from edge.card_table import load_cards
from edge.codec.badge import badge_id
from edge.codec.command_card import card_code
from edge.codec.topics import Topics
from edge.errors import EdgeError
from edge.messages import (
    Connect,
    DeviceUp,
    Disconnect,
    JobDone,
    Key,
    KeyPressed,
    Outcome,
    PrinterState,
    PrinterStatus,
    PrintOutcome,
    Publish,
    SaleBooked,
    ScanData,
    SendKick,
    SendPrint,
    Show,
    Speech,
    Started,
    Weigh,
    WeightTaken,
)
from edge.model.badge import Badge, Role
from edge.model.counter import Waiting
from edge.model.item import Item
from edge.model.receipt import ReceiptText
from edge.model.sale import Sale
from edge.ports import Snapshot
from edge.prompt_pack import shipped_prompts
from edge.services.catalogue import ActiveCatalogue
from edge.services.catalogue_news import open_catalogue
from edge.services.commands import CarryOut, Commands
from edge.services.completion import Completion
from edge.services.coupon_tender import CouponTender
from edge.services.coupons import Coupons
from edge.services.demand_nights import DemandNights
from edge.services.drawer import Drawer
from edge.services.drawer_count import SlipWords
from edge.services.health import Boot, Health, Identity
from edge.services.hints import Hints
from edge.services.holding import Holding
from edge.services.inbound import Inbound
from edge.services.keypad import SECOND_ENTER_S, Keypad
from edge.services.link import Link
from edge.services.notices import RECEIVED, Notices
from edge.services.offers import Offers
from edge.services.receipts import Receipts
from edge.services.refunds import Refunds
from edge.services.shifts import Shifts
from edge.services.storage import DiskWatch, Storage
from edge.services.suspending import Suspending
from edge.services.sync import Sync
from edge.services.tabs import Tabs
from edge.services.tendering import Tendering
from edge.services.till_day import TillRules
from edge.services.training import Training
from edge.services.unanswered import Unanswered
from edge.services.unproved import Unproved
from edge.services.voice import Voice
from edge.sim.owner import OWNERS_CARD
from edge.store.disk import DiskLevels, Space
from edge.store.documents import Documents
from edge.store.ledger import Ledger
from edge.store.queries import LedgerQueries

TID = "T7K3M9Q2"
TOPICS = Topics()
SCANNER, PRINTER, PAD = "counter_scanner", "receipt_printer", "keypad"
RECEIPT, SLIP_WORDS = ReceiptText("小店"), SlipWords("小店", "zh-CN")
HALF_SECOND = 0.5  # between two gestures of a hand: longer than a double read, shorter than a double Enter


class CounterBench:
    """Everything between the scanner and the effects. `items` None: the real catalogue files are used."""

    def __init__(
        self, folder: Path, habits: Habits | None = None, *, items: Iterable[Item] | None = SHELF, seed: int = 1,
        clock: HandClock | None = None,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.habits = habits or Habits()
        self.items = tuple(items) if items is not None else None
        self.seed = seed
        self.cuts = 0
        self._typed = ""
        self.clock = clock or HandClock()
        self.spoken: list[Speech] = []
        self.shown: list[Show] = []
        self.printed: list[SendPrint] = []
        self.kicked: list[SendKick] = []
        self.device_states = {"line_display": "ready", "speaker": "ready", "scale_serial": "ready"}
        self.published: list[Publish] = []
        self.connected: list[Connect | Disconnect] = []
        self.booked: list[SaleBooked] = []
        self.weighed: list[Weigh | WeightTaken] = []
        self.left: list[object] = []
        """All effects in the order in which they left."""
        self.waiting_jobs: list[tuple[str, Callable[[], object]]] = []
        self.space = Space(total=100_000_000, free=60_000_000)
        self.ways = NO_WAYS
        self.seen: Snapshot | None = None
        """What a self-test looks at."""
        lay_new_ledger(folder)
        self.boot()

    # --- power -----------------------------------------------------------------------------------------------------

    def boot(self) -> None:
        """Build all objects as `edge.daemon.build` does, and handle Started."""
        chance = Random(self.seed)
        self.ledger = Ledger.open(self.folder / "ledger.db", self.clock, chance)
        self.queries = LedgerQueries(self.ledger.path)
        bus = self.bus = Bus(self.ledger, self.clock)
        self.catalogue = ActiveCatalogue()
        if self.items is not None:
            self.catalogue.switch(Goods(self.items))
        self._services(bus, chance)
        self._routes(bus)
        bus.post(Started())
        bus.run_pending()

    def restart(self, *, clean: bool = False, off_s: float = 5.0) -> None:
        """Off and on again. Not `clean`: the power goes, nothing is flushed, only what was committed is on the disk."""
        if clean:
            self.ledger.close(clean=True)
        else:
            self.cuts += 1
            home = self.folder.with_name(f"{self.folder.name.partition('+')[0]}+{self.cuts}")
            shutil.copytree(self.folder, home, ignore=shutil.ignore_patterns("*-shm"))
            self.folder = home
        self.clock.pass_s(off_s)
        self.clock.boots += 1
        self.seed += 1000
        self.waiting_jobs.clear()
        self.boot()

    def _services(self, bus: Bus, chance: Random) -> None:
        habits, zone = self.habits, ZoneInfo(self.habits.zone)
        self.inbound = Inbound(bus, tid=TID, topics=TOPICS)
        self.link = Link(
            bus, tid=TID, topics=TOPICS, version="0.1", catalogue=self.catalogue, chance=chance, enabled=habits.cloud
        )
        open_catalogue(
            bus,
            self.catalogue,
            real_shelf(self.folder, self.clock.wall),
            tid=TID,
            topics=TOPICS,
            run=self._run,
            chance=chance,
        )
        levels = DiskLevels(self.folder, ballast_octets=4096, space=lambda _: self.space)
        watch = DiskWatch(levels.look, self._quiet, suspect=self.ledger.suspect)
        self.storage = Storage(bus, watch, run=self._run)
        double_read_s = habits.double_read_ms / 1000
        self.scanning = scanning_of(self.catalogue, bus, habits, double_read_s)
        Keypad(bus, load_cards(), double_read_s=double_read_s)
        offers = goods_services(bus, self.catalogue, habits, SLIP_WORDS, zone)
        documents, _ = Documents.open(self.folder / "documents", at=self.clock.wall())
        self.suspending = Suspending(bus)
        self.licences = licence_services(
            bus, documents, habits, zone, tid=TID, topics=TOPICS, online=self.link.online,
            suspended=self.suspending.is_on,
        )  # fmt: skip
        notices = self._money(bus, offers, TillRules("1", habits.rounding, zone, habits.day_starts))
        Drawer(bus, open_level=habits.drawer_open_level, present=habits.drawer)
        Receipts(bus, RECEIPT, printer=PRINTER, mode=habits.print_mode, zone=zone)
        desk = desk_services(bus, self, tid=TID, topics=TOPICS)
        self.sync = Sync(
            bus, tid=TID, topics=TOPICS, chance=chance, max_payload=habits.max_payload, max_rate=habits.max_rate
        )
        at_once = {RECEIVED: notices.receive} | habits.at_once | desk
        wishes = wish_services(bus, self, RECEIPT)
        at_once |= {**insight_services(bus, habits, tid=TID, zone=zone), **wishes.at_once}
        Commands(bus, tid=TID, topics=TOPICS, welcomed=self.link.online, carried_out=habits.carried_out,
                 resumed=wishes.resumed, at_once=at_once,
                 at_page={**wishes.at_page, **page_desks(self), **self._at_page(bus, documents, chance)},
                 keys=habits.command_keys, nonce=self.link.nonce)  # fmt: skip
        self.badges = badge_services(bus, documents, habits, chance)
        Unanswered(bus)
        Hints(bus)
        Voice(bus, shipped_prompts(), language="zh-CN", speaker=habits.speaker)
        self.health = Health(
            bus, Identity(TID, "0.1", {PRINTER: "printer_escpos"}), Boot(self.ledger.clean, self.ledger.fresh),
            catalogue=self.catalogue, alerts=tuple, link=lambda: self.link.phase.value,
            refused=lambda: sum(self.inbound.refused.values()), refused_scans=lambda: self.scanning.refused,
            licences=self.licences.states,
        )  # fmt: skip

    def _at_page(self, bus: Bus, documents: Documents, chance: Random) -> Mapping[str, CarryOut]:
        """What more the page may order, in the tests of it."""
        return {}

    def _money(self, bus: Bus, offers: Offers, till: TillRules) -> Notices:
        habits, zone = self.habits, till.zone
        text, slip_words = RECEIPT, SLIP_WORDS
        completion = Completion(till, self.licences, online=self.link.online)
        Tendering(bus, completion, offers)
        Tabs(bus, completion, offers, slip_words)
        wallet_services(bus, completion, slip_words, tid=TID, topics=TOPICS, online=self.link.online)
        Refunds(bus, self.catalogue, completion, text, Unproved(habits.no_receipt_limit), online=self.link.online)
        notices = Notices(completion)
        CouponTender(bus, completion)
        Coupons(bus, till, keys=habits.command_keys, promotions=offers.coupons)
        Holding(bus, offers, zone=zone, language="zh-CN")
        Shifts(bus, till, slip_words, required=habits.require_shift)
        owner_services(bus, till, slip_words, self.catalogue, habits.platforms.carriers)
        Training(bus, text, zone=zone, mode=habits.print_mode)
        DemandNights(bus, till)
        return notices

    def _routes(self, bus: Bus) -> None:
        lists: tuple[tuple[type, Callable[[Any], None]], ...] = (
            (Show, self.shown.append), (SendPrint, self.printed.append), (SendKick, self.kicked.append),
            (Publish, self.published.append), (Connect, self.connected.append), (Disconnect, self.connected.append),
            (SaleBooked, self.booked.append), (Speech, self.spoken.append), (Weigh, self.weighed.append),
            (WeightTaken, self.weighed.append),
        )  # fmt: skip
        for kind, sink in lists:
            bus.route(kind, self.left.append)
            bus.route(kind, sink)

    def _run(self, job: str, work: Callable[[], object]) -> bool:
        self.waiting_jobs.append((job, work))
        return True

    def _quiet(self, *, on: bool) -> None:
        self.ledger.quiet = on

    # --- hands -----------------------------------------------------------------------------------------------------

    def tell(self, *messages: object) -> None:
        """Post what a device, the cloud or the jobs thread would post, and let it take effect."""
        for message in messages:
            self.bus.post(message)
            self.bus.run_pending()

    def scan(self, *texts: str, device: str = SCANNER) -> None:
        """One code after the other, half a second apart."""
        for text in texts:
            self.pass_s(HALF_SECOND)
            self.tell(ScanData(device, text, self.clock.mono_s))

    def card(self, *codes: str) -> None:
        self.scan(*codes)

    def as_owner(self, *codes: str) -> None:
        """The owner's card, then command cards."""
        if self.badges.find(badge_id(OWNERS_CARD.hash)) is None:
            badge = Badge(badge_id(OWNERS_CARD.hash), OWNERS_CARD.hash, Role.OWNER, "王姐", self.clock.wall())
            self.badges.keep(badge)
        self.scan(OWNERS_CARD.text, *codes)

    def end_day(self) -> None:
        """The owner's card, 日结, and Enter where nobody has to count."""
        self.as_owner(card_code(201))
        if self.begin().counter.waiting is Waiting.CONFIRM:
            self.keys("E")

    def keys(self, typed: str) -> None:
        """ "3*" or "20E": E Enter, B Backspace, C Backspace held. 0.1 s apart, and a second E when it is meant."""
        names = {"E": Key.ENTER, "B": Key.BACKSPACE, "C": Key.CANCEL}
        for character in typed:
            self.pass_s(SECOND_ENTER_S + 0.1 if character == self._typed == "E" else 0.1)
            self._typed = character
            self.tell(KeyPressed(PAD, names.get(character) or Key(character), self.clock.mono_s))

    def bounce(self) -> None:
        """Enter, whose contact closes once more 50 ms later."""
        self.keys("E")
        self.pass_s(0.05)
        self.tell(KeyPressed(PAD, Key.ENTER, self.clock.mono_s))

    def sell(self, *barcodes: str) -> None:
        """A whole sale, paid exactly."""
        self.scan(*(barcodes or (COLA,)))
        self.card(card_code(102))

    def pass_s(self, seconds: float) -> None:
        """Let time go by; every timer rings at its moment."""
        until = self.clock.mono_s + seconds
        while (due := self.bus.next_due()) is not None and due <= until:
            self.clock.pass_s(max(0.0, due - self.clock.mono_s))
            self.bus.run_pending()
        self.clock.pass_s(max(0.0, until - self.clock.mono_s))
        self.bus.run_pending()

    def run_jobs(self) -> None:
        """What the jobs thread would do now."""
        while self.waiting_jobs:
            job, work = self.waiting_jobs.pop(0)
            try:
                done = JobDone(job, result=work())
            except EdgeError as error:
                done = JobDone(job, error=error)
            self.tell(done)

    def sleep_s(self, seconds: float) -> None:
        """A long time at once: each timer that is due by then rings once, late."""
        self.clock.pass_s(seconds)
        self.bus.run_pending()

    # --- the printer -----------------------------------------------------------------------------------------------

    def printer(self, state: PrinterState, *, pin3_high: bool | None = None) -> None:
        self.tell(PrinterStatus(PRINTER, state, pin3_high=pin3_high))

    def printer_ready(self) -> None:
        self.tell(DeviceUp(PRINTER))
        self.printer(PrinterState.READY)

    def paper(self, outcome: Outcome, job: str | None = None) -> None:
        """What became of the newest print, or of `job`."""
        self.tell(PrintOutcome(PRINTER, job or self.printed[-1].job, outcome))

    # --- what a person sees ----------------------------------------------------------------------------------------

    @property
    def sale(self) -> Sale | None:
        tx = self.begin()
        sale: Sale | None = tx.counter.sale
        tx.rollback()
        return sale

    @property
    def lines(self) -> list[tuple[str, int]]:
        """(name, fen) of each line that stands."""
        return [(line.name, line.amount) for line in self.sale.standing] if self.sale else []

    @property
    def last_words(self) -> str:
        return self.spoken[-1].text

    @property
    def prompts(self) -> list[str]:
        return [speech.prompt for speech in self.spoken]

    def hush(self) -> None:
        """Forget what was said, shown and sent so far."""
        for heard in (self.spoken, self.shown, self.printed, self.kicked, self.published, self.left):
            heard.clear()

    def begin(self) -> Any:
        """A transaction to look with; nothing is written."""
        return self.ledger.begin(lambda record, tx: None)

    def records(self, kind: str = "") -> list[dict[str, Any]]:
        """The journal's rows of one type, or all."""
        return [row for row in self.queries.journal() if kind in ("", row["type"])]

    def sales(self) -> list[dict[str, Any]]:
        return [row["data"] for row in self.records("sale.completed")]

    def verdict(self) -> str:
        """Empty when the chain and all positions are whole."""
        chain, positions = self.queries.verify()
        return chain.why or positions
