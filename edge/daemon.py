"""The wiring: every object of the terminal is built here by hand, in the order of effects, and stopped in reverse."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from edge import __version__
from edge.bus import Bus
from edge.clock import Clock
from edge.codec.cell_map import CELLS
from edge.codec.prompts import Prompts
from edge.codec.pseudonym import Pseudonyms
from edge.codec.topics import TID_LEVEL, Topics
from edge.config import Settings, load_settings
from edge.config_tables import MAX_WIRE_OCTETS
from edge.devices import (
    RECEIPT_PRINTER,
    SCALE,
    SPEAKER,
    all_workers,
    device_of,
    drawer_level,
    has_drawer,
    load_driver,
    lock_buses,
    refuse_seconds,
)
from edge.identity import open_identity
from edge.jobs import Jobs
from edge.messages import SaleBooked, Speech
from edge.model.account import is_own
from edge.model.cell_map import CellMap
from edge.model.configuration import Layer
from edge.model.money import Fen, yuan
from edge.model.set_up_slip import PageWays
from edge.outgoing import ways_in
from edge.outside import Outside
from edge.own_page import OwnPage
from edge.ports import Badges, Catalogue, Deliveries, Licences, ScanSeen
from edge.services.age_check import AgeCheck
from edge.services.badge_desk import BadgeDesk, BadgeText
from edge.services.badges import BadgeReader
from edge.services.catalogue import ActiveCatalogue
from edge.services.catalogue_news import CatalogueNews, open_catalogue
from edge.services.checkout import Checkout, CheckoutRules
from edge.services.completion import Completion
from edge.services.config_question import ConfigQuestion
from edge.services.configuring import Configuring
from edge.services.coupon_tender import CouponTender
from edge.services.coupons import Coupons
from edge.services.deliveries import NoDeliveries
from edge.services.drawer import Drawer
from edge.services.drawer_count import SlipWords
from edge.services.empty_sale import EmptySale
from edge.services.health import Boot, Health, Identity, ProblemsOf
from edge.services.hints import Hints
from edge.services.holding import Holding
from edge.services.inbound import Inbound
from edge.services.keypad import Keypad
from edge.services.labels import Labels
from edge.services.last_payments import LastPayments
from edge.services.layer_trial import Trial
from edge.services.licence_desk import DeskText, LicenceDesk
from edge.services.licences import Shop, StoreLicences
from edge.services.link import Link
from edge.services.members import Members
from edge.services.membership import Membership
from edge.services.money_back import MoneyBack
from edge.services.notices import RECEIVED, Notices
from edge.services.ordered_deliveries import OrderedDeliveries
from edge.services.parcel_requests import ParcelRequests
from edge.services.payment_answers import PaymentAnswers
from edge.services.payment_requests import PaymentRequests
from edge.services.payments import Payments
from edge.services.price_change import PriceChange
from edge.services.quantities import Quantities
from edge.services.receipts import PrintMode, Receipts
from edge.services.refunds import Refunds
from edge.services.restarting import StopNow
from edge.services.scanning import Scanning
from edge.services.shelf import StationText
from edge.services.shelf_life import ShelfLife
from edge.services.shop_prices import ShopPrices
from edge.services.station import StationParts, open_station
from edge.services.stock_trades import open_store_room
from edge.services.storage import Storage
from edge.services.suspending import Suspending
from edge.services.sync import Sync
from edge.services.tabs import Tabs
from edge.services.technician import SlipText, Technician
from edge.services.telemetry import Telemetry, Watched, metrics_text
from edge.services.tendering import Tendering
from edge.services.unanswered import Unanswered
from edge.services.unproved import Unproved
from edge.services.voice import Voice
from edge.services.wall_setup import wall_at_start
from edge.services.wallet_cash import WalletCash
from edge.services.wallets import Wallets
from edge.services.warranties import Warranties
from edge.services.weighing import Weighing
from edge.shop_files import ShopFiles, read_shop_files, receipt_words, till_rules
from edge.store.badges import BADGES, BadgeBook
from edge.store.config_book import PAGE, SETTINGS, ConfigBook
from edge.store.documents import Documents
from edge.store.licences import LICENCES, LicenceBook
from edge.store.member_keys import member_keys
from edge.store.queries import LedgerQueries
from edge.store.station_key import STATION, station_key
from edge.terminal import Terminal
from edge.terminal_folder import TerminalFolder, open_terminal_folder
from edge.trades import buying, commands, services, shop_day
from edge.web.login import hash_pin

_sell = logging.getLogger("edge.sale")


def build(settings: Settings, outside: Outside | None = None) -> Terminal:
    """The whole terminal from checked settings. Opens the ledger, nothing else. Raises StoreError, SettingsError."""
    outside = outside or Outside()
    own, clock, chance = settings.terminal, outside.clock, outside.chance
    refuse_seconds(settings)
    # Whatever the shop wrote is read before its folder is opened: a start that ends here was no power cut.
    files = read_shop_files(settings)
    folder = open_terminal_folder(own.data_dir, outside)
    ledger = folder.ledger
    bus = Bus(ledger, clock, outside.leaving)
    jobs = Jobs(bus.post)
    topics = Topics(settings.cloud.topic_prefix + TID_LEVEL) if settings.cloud else Topics()
    catalogue = ActiveCatalogue()

    # The order of services is the order of effects: the drawer opens before the receipt is printed.
    inbound = Inbound(bus, tid=own.tid, topics=topics)
    link = Link(bus, tid=own.tid, topics=topics, version=__version__, catalogue=catalogue, chance=chance,
                enabled=settings.cloud is not None, suffixes=settings.redirect_suffixes)  # fmt: skip
    news = _catalogue(settings, bus, catalogue, folder, topics, jobs, chance)
    page = OwnPage(settings, bus, outside, folder.documents, ledger.timeline, jobs.submit, catalogue)
    storage = Storage(bus, folder.disk_watch(), run=jobs.submit)
    scanning = _goods_in(settings, bus, catalogue, files, folder, chance, page.scanned)
    suspending = Suspending(bus)
    configuring = _configuring(settings, bus, folder, files, topics)
    licences = _licences(settings, bus, folder, files, topics, link, suspending)
    completion = Completion(till_rules(settings), licences, online=link.online)
    notices = _money_in(settings, bus, catalogue, files, completion, topics)
    Holding(bus, files.offers, zone=own.zone, language=own.language)
    shop_day(settings, bus, catalogue, files.platforms.carriers)
    _drawer_and_paper(settings, bus)
    key = station_key(folder.documents.collection(STATION), chance)
    desk = services(settings, bus, catalogue, files, licences, completion, topics, key, full=lambda: storage.is_full)
    _sync(settings, bus, topics, chance)
    orders = buying(settings, bus, catalogue, files, link, topics, full=lambda: storage.is_full)
    identity = open_identity(settings, bus, jobs, link, topics, outside, ledger.timeline)
    commands(settings, bus, files, link, topics, suspending, {RECEIVED: notices.receive, **desk, **orders, **identity},
             news, configuring, snapshot=lambda: terminal.snapshot, run=jobs.submit, at_page=page.orders)  # fmt: skip
    badges = BadgeBook(folder.documents.collection(BADGES))
    _people(settings, bus, jobs, folder.documents, badges, chance, page.ways)
    wall, open_doors = _station(settings, bus, folder, files, badges, licences, completion, topics, chance, key,
                                full=lambda: storage.is_full)  # fmt: skip
    Unanswered(bus)
    Hints(bus)
    _voice(settings, bus, outside, files.prompts)
    telemetry = _telemetry(settings, bus, outside, topics, link, inbound, catalogue)
    boot = Boot(ledger.clean, ledger.fresh, folder.set_aside(), files.left_out)
    health = Health(
        bus, Identity(own.tid, __version__, {name: device.driver for name, device in settings.devices.items()}), boot,
        catalogue=catalogue, alerts=lambda: telemetry.alerts, link=lambda: link.phase.value, licences=licences.states,
        refused=lambda: sum(inbound.refused.values()), refused_scans=lambda: scanning.refused, page=page.problems,
        doors=open_doors,
    )  # fmt: skip
    bus.route(SaleBooked, lambda sale: _booked(sale, clock))
    bus.route(StopNow, lambda stop: terminal.stop(stop.why))

    workers = all_workers(settings, bus, replace(outside, heard=page.ports.heard), topics, wall)
    terminal = Terminal(settings, clock, ledger, bus, link, health, workers, jobs, catalogue, folder.lock)
    if settings.web is not None:
        terminal.web = page.open(terminal, wall, lambda: metrics_text(telemetry.latest, own.tid), files, badges)
    return terminal


def _drawer_and_paper(settings: Settings, bus: Bus) -> None:
    Drawer(bus, open_level=drawer_level(settings), present=has_drawer(settings))
    Receipts(bus, receipt_words(settings), printer=device_of(settings, RECEIPT_PRINTER),
             mode=PrintMode(settings.receipt.print), zone=settings.terminal.zone)  # fmt: skip


def _telemetry(
    settings: Settings, bus: Bus, outside: Outside, topics: Topics, link: Link, inbound: Inbound, catalogue: Catalogue
) -> Telemetry:
    own = settings.terminal
    watched = Watched(
        lambda: outside.vitals(own.data_dir), link.online, lambda: sum(inbound.refused.values()),
        lambda: catalogue.version, {name: device.driver for name, device in settings.devices.items()}, __version__,
    )  # fmt: skip
    return Telemetry(bus, watched, tid=own.tid, topics=topics)


def _catalogue(
    settings: Settings, bus: Bus, catalogue: ActiveCatalogue, folder: TerminalFolder, topics: Topics, jobs: Jobs,
    chance: Random,
) -> CatalogueNews:  # fmt: skip
    return open_catalogue(
        bus, catalogue, folder.shelf(), tid=settings.terminal.tid, topics=topics, run=jobs.submit, chance=chance,
        fetch=ways_in(settings),
    )  # fmt: skip


def _configuring(
    settings: Settings, bus: Bus, folder: TerminalFolder, files: ShopFiles, topics: Topics
) -> Configuring:  # fmt: skip
    """The cloud's layer of the settings."""

    def try_out(layer: Layer) -> None:
        """As far as the settings alone can tell; the rest shows at the start under it."""
        refuse_seconds(load_settings(Path(settings.file.name), load_driver, layer, page.kept().running))

    collection = folder.documents.collection(SETTINGS)
    book, page = ConfigBook(collection), ConfigBook(collection, PAGE)
    trial = Trial(settings.layer, settings.layer_refused, frozenset(settings.devices))
    ConfigQuestion(bus, lambda: book.kept().version, tid=settings.terminal.tid, topics=topics)
    return Configuring(
        bus, book, trial, tid=settings.terminal.tid, topics=topics, keys=files.command_keys, try_out=try_out
    )


def _sync(settings: Settings, bus: Bus, topics: Topics, chance: Random) -> None:
    """Rows to the cloud, as large and as fast as its broker bears."""
    Sync(
        bus, tid=settings.terminal.tid, topics=topics, chance=chance,
        max_payload=settings.cloud.max_payload if settings.cloud else MAX_WIRE_OCTETS,
        max_rate=settings.cloud.max_rate if settings.cloud else None,
    )  # fmt: skip


def _goods_in(
    settings: Settings, bus: Bus, catalogue: Catalogue, files: ShopFiles, folder: TerminalFolder, chance: Random,
    see: Callable[[ScanSeen], None],
) -> Scanning:  # fmt: skip
    """From a scan or a key to a line of the basket."""
    own, cards, offers = settings.terminal, files.cards, files.offers
    double_read_s = own.double_read_ms / 1000
    shelf_life = ShelfLife(own.zone, own.day_starts)
    deliveries = OrderedDeliveries() if files.platforms.suppliers else NoDeliveries()
    members = Pseudonyms(member_keys(folder.documents.collection(STATION), chance))
    scanning = Scanning(
        bus, catalogue, cards, settings.labels, shelf_life, files.platforms, deliveries, members,
        double_read_s=double_read_s, station=settings.parcels is not None, see=see,
    )  # fmt: skip
    Members(bus, members)
    Keypad(bus, cards, double_read_s=double_read_s)
    AgeCheck(bus)
    empty = EmptySale(bus)
    Warranties(bus, files.platforms)
    Checkout(bus, catalogue, CheckoutRules(Fen(own.open_price_limit_fen)), empty, offers)
    PriceChange(bus, catalogue, offers, limit_percent=own.price_cut_limit_percent)
    ShopPrices(bus, catalogue, limit_percent=own.price_cut_limit_percent)
    Quantities(bus, offers, before_scan=own.quantity == "before_scan")
    Membership(bus, offers, empty)
    Labels(bus, catalogue, offers)
    _store_room(settings, bus, catalogue, deliveries)
    Weighing(bus, catalogue, offers, scale=device_of(settings, SCALE))
    return scanning


def _store_room(settings: Settings, bus: Bus, catalogue: Catalogue, deliveries: Deliveries) -> None:
    """Goods that are received and counted."""
    own, text = settings.terminal, receipt_words(settings)
    words = SlipWords(text.shop, text.language)
    open_store_room(bus, catalogue, deliveries, words, own.zone, before_scan=own.quantity == "before_scan")


def _money_in(
    settings: Settings, bus: Bus, catalogue: Catalogue, files: ShopFiles, completion: Completion, topics: Topics
) -> Notices:  # fmt: skip
    """From a total to a completed sale, and back again."""
    till, text, offers, online = completion.rules, receipt_words(settings), files.offers, completion.online
    Tendering(bus, completion, offers)
    words = SlipWords(text.shop, text.language)
    Tabs(bus, completion, offers, words)
    requests = PaymentRequests(tid=settings.terminal.tid, topics=topics, online=online)
    payments, back = Payments(bus, requests), MoneyBack(bus, requests)
    PaymentAnswers(bus, requests, payments, back)
    Wallets(bus, completion, online=online)
    WalletCash(bus, till, words)
    unproved = Unproved(Fen(settings.terminal.refund_without_receipt_limit_fen))
    Refunds(bus, catalogue, completion, text, unproved, online=online)
    CouponTender(bus, completion)
    Coupons(bus, till, keys=files.coupon_keys, promotions=offers.coupons)
    LastPayments(bus, zone=till.zone)
    return Notices(completion)


def _station(
    settings: Settings, bus: Bus, folder: TerminalFolder, files: ShopFiles, badges: Badges, licences: Licences,
    completion: Completion, topics: Topics, chance: Random, key: bytes, *, full: Callable[[], bool],
) -> tuple[CellMap, ProblemsOf]:  # fmt: skip
    """The parcel station, where the shop is one. The locker wall, for its drivers, and what is wrong with its doors.

    Of a cell map that is wrong in a line the rest is used.
    """
    own, parcels = settings.terminal, settings.parcels
    wall, wrong = wall_at_start(
        folder.documents.collection(CELLS), lock_buses(settings), LedgerQueries(folder.ledger.path).held_cells()
    )
    if parcels is None:
        return wall, lambda tx: ()
    text = StationText(receipt_words(settings).shop, own.language.value, parcels.shelf, parcels.code_days)
    parts = StationParts(
        wall, tuple(wrong), files.platforms.carriers, badges, text, own.zone, key, chance, files.offers,
        device_of(settings, SCALE), licences,
    )  # fmt: skip
    requests = ParcelRequests(tid=own.tid, topics=topics, online=completion.online)
    return wall, open_station(bus, parts, requests, full=full).problems


def _licences(
    settings: Settings, bus: Bus, folder: TerminalFolder, files: ShopFiles, topics: Topics, link: Link,
    suspending: Suspending,
) -> StoreLicences:  # fmt: skip
    """What the shop may sell of its platforms' services."""
    own = settings.terminal
    shelf = LicenceBook(folder.documents.collection(LICENCES))
    licences = StoreLicences(shelf, files.platforms, files.licence_keys, Shop(own.store, own.tid, own.zone),
                             suspended=suspending.is_on)  # fmt: skip
    text = DeskText(receipt_words(settings).shop, own.language.value)
    LicenceDesk(bus, licences, text, topics=topics, online=link.online)
    return licences


def _people(
    settings: Settings, bus: Bus, jobs: Jobs, documents: Documents, badges: BadgeBook, chance: Random,
    ways: Callable[[], PageWays],
) -> None:  # fmt: skip
    """The first owner's card comes with the technician's slip: who sets up a page sets up a shop."""
    own, printer = settings.terminal, device_of(settings, RECEIPT_PRINTER) is not None
    BadgeReader(bus, badges)
    text = BadgeText(own.shop, own.language.value)
    BadgeDesk(bus, badges, text, chance=chance, printer=printer, first_card=settings.web is not None)
    if settings.web is not None:
        _technician(settings, bus, jobs, documents, chance, ways)


def _voice(settings: Settings, bus: Bus, outside: Outside, prompts: Prompts) -> None:
    words, language = settings.voice, settings.terminal.language
    bus.route(Speech, outside.hear)
    Voice(bus, prompts, language=language, speaker=device_of(settings, SPEAKER), yao=words.yao)


def _technician(
    settings: Settings, bus: Bus, jobs: Jobs, documents: Documents, chance: Random, ways: Callable[[], PageWays]
) -> None:  # fmt: skip
    own, accounts = settings.terminal, documents.collection("accounts")
    slip = SlipText(own.tid, own.store, ways, own.language.value)
    Technician(
        bus, slip, chance=chance, printer=device_of(settings, RECEIPT_PRINTER),
        known=lambda name: accounts.get(name) is not None, chosen=lambda name: is_own(accounts.get(name)),
        forget=accounts.delete, hashed=hash_pin, run=jobs.submit,
    )  # fmt: skip


def _booked(sale: SaleBooked, clock: Clock) -> None:
    milliseconds = (clock.mono() - sale.asked_mono) * 1000
    _sell.info(
        "sale %s ¥%s %d lines, journal %d, %.1f ms", sale.receipt, yuan(sale.total), sale.lines, sale.n, milliseconds
    )
