"""Whole trades of the shop, wired from its settings: its day, services, buying, and what the cloud may order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from edge.bus import Bus
from edge.codec.topics import Topics
from edge.codec.wire_parcel import GRANT, OPEN
from edge.codec.wire_service import CHANGED
from edge.config import Settings
from edge.devices import RECEIPT_PRINTER, device_of, has_drawer
from edge.model.carrier import Carriers
from edge.outgoing import ways_out
from edge.ports import Catalogue, Licences, Snapshot
from edge.services.badge_desk import BADGE_COMMANDS
from edge.services.buying import BuyingParts, open_buying
from edge.services.catalogue_news import CatalogueNews
from edge.services.cloud_wishes import Wishes, WishParts, open_wishes
from edge.services.commands import CarryOut, Commands
from edge.services.comparing import open_comparing
from edge.services.completion import Completion
from edge.services.configuring import Configuring
from edge.services.counter_services import DeskParts, open_desk
from edge.services.day_reports import DayReports
from edge.services.demand_nights import DemandNights
from edge.services.device_tests import TestParts
from edge.services.drawer_count import SlipWords
from edge.services.evening import EveningReport
from edge.services.expecting import EXPECT, expect
from edge.services.insight_parts import open_insight
from edge.services.insight_switch import InsightSwitch
from edge.services.lending import open_cash_desk
from edge.services.licence_desk import LICENCE_COMMANDS
from edge.services.link import Link
from edge.services.loan_papers import LoanPapers
from edge.services.loan_requests import LoanRequests
from edge.services.online_orders import OrderParts, open_orders
from edge.services.purchase_requests import PurchaseRequests
from edge.services.receipts import PrintMode
from edge.services.service_papers import ServicePapers
from edge.services.service_requests import ServiceRequests
from edge.services.shifts import Shifts
from edge.services.sold_days import selling_of
from edge.services.suspending import Suspending
from edge.services.told_promotions import ToldPromotions
from edge.services.training import Training
from edge.shop_files import ShopFiles, receipt_words, till_rules


def shop_day(settings: Settings, bus: Bus, catalogue: Catalogue, carriers: Carriers) -> None:
    till, text = till_rules(settings), receipt_words(settings)
    words = SlipWords(text.shop, text.language)
    Shifts(bus, till, words, required=settings.terminal.require_shift)
    DayReports(bus, till, words, catalogue, carriers)
    EveningReport(bus, till, words, catalogue, carriers)
    InsightSwitch(bus, till, words)
    Training(bus, text, zone=till.zone, mode=PrintMode(settings.receipt.print))
    DemandNights(bus, till)


def services(
    settings: Settings, bus: Bus, catalogue: Catalogue, files: ShopFiles, licences: Licences, completion: Completion,
    topics: Topics, key: bytes, *, full: Callable[[], bool],
) -> Mapping[str, CarryOut]:  # fmt: skip
    """What others do for a customer who pays here, and orders; what of it the cloud may have carried out."""
    own, text, online = settings.terminal, receipt_words(settings), completion.online
    papers = ServicePapers(text.shop, text.language, own.zone, files.platforms)
    parts = DeskParts(papers, completion, text, files.offers)
    requests = ServiceRequests(tid=own.tid, topics=topics, online=online)
    desk = open_desk(bus, parts, requests, licences, full=full)
    lenders = LoanRequests(tid=own.tid, topics=topics, online=online)
    cash = LoanPapers(SlipWords(text.shop, text.language), own.zone, files.platforms)
    open_cash_desk(bus, lenders, cash, completion.rules, licences, full=full)
    wanted = OrderParts(catalogue, files.booklet if settings.parcels is not None else None, key)
    orders = open_orders(bus, desk, parts, wanted, licences, full=full)
    return {CHANGED: desk.ends.changed, **orders}


def buying(
    settings: Settings, bus: Bus, catalogue: Catalogue, files: ShopFiles, link: Link, topics: Topics, *,
    full: Callable[[], bool],
) -> Mapping[str, CarryOut]:  # fmt: skip
    """What the shop orders of its suppliers; what of it the cloud may command."""
    own, text, ordering = settings.terminal, receipt_words(settings), settings.replenishment
    words = SlipWords(text.shop, text.language)
    parts = BuyingParts(
        catalogue, files.platforms.suppliers, words, own.zone, selling_of(till_rules(settings)),
        ordering.z_centi, ordering.max_cover_days, full,
    )  # fmt: skip
    return open_buying(bus, parts, PurchaseRequests(tid=own.tid, topics=topics, online=link.online))


def _carried_out(settings: Settings) -> frozenset[str]:
    """Commands that a service takes up; a shop without a station opens no doors."""
    return BADGE_COMMANDS | LICENCE_COMMANDS | ({OPEN, GRANT} if settings.parcels is not None else set())


def _parcel_news(settings: Settings) -> dict[str, CarryOut]:
    """A shop without a station is told of no parcels."""
    return {EXPECT: expect} if settings.parcels is not None else {}


def _news(settings: Settings, bus: Bus, files: ShopFiles) -> dict[str, CarryOut]:
    """Of parcels that will come, and of the platform: what the shop shows, and what it is advised."""
    own, text = settings.terminal, receipt_words(settings)
    words = SlipWords(text.shop, text.language)
    told = ToldPromotions(bus, files.offers).at_once
    return told | _parcel_news(settings) | open_insight(bus, words, tid=own.tid, zone=own.zone, keys=files.command_keys)


def _wishes(
    settings: Settings, bus: Bus, files: ShopFiles, suspending: Suspending, snapshot: Callable[[], Snapshot | None],
    run: Callable[[str, Callable[[], object]], bool],
) -> Wishes:  # fmt: skip
    """What cloud and page may have printed, shown, said and done."""
    own, printer = settings.terminal, device_of(settings, RECEIPT_PRINTER) is not None
    parts = WishParts(
        receipt_words(settings), own.zone, printer, files.prompts, snapshot, reboots=False,
        ways=ways_out(settings, snapshot), run=run,
        tests=TestParts(own.tid, own.zone, own.language.value, has_drawer(settings), lambda of: _state(of, snapshot)),
    )  # fmt: skip
    return open_wishes(bus, parts, suspending)


def _state(driver: str, snapshot: Callable[[], Snapshot | None]) -> str | None:
    """Of the device with this driver, as it was last seen; None: there is none."""
    now = snapshot()
    return next((one.state for one in now.devices if one.driver == driver), None) if now is not None else None


def commands(
    settings: Settings, bus: Bus, files: ShopFiles, link: Link, topics: Topics, suspending: Suspending,
    at_once: Mapping[str, CarryOut], news: CatalogueNews, configuring: Configuring, *,
    snapshot: Callable[[], Snapshot | None],
    run: Callable[[str, Callable[[], object]], bool],
    at_page: Mapping[str, CarryOut],
) -> None:  # fmt: skip
    """What cloud and page may order: `at_once` and `at_page` by the trades, and what every terminal carries out."""
    proven = settings.cloud is not None and settings.cloud.tls and settings.cloud.cert_file is not None
    compared = open_comparing(bus, news, configuring, steps=proven)
    wishes = _wishes(settings, bus, files, suspending, snapshot, run)
    Commands(
        bus, tid=settings.terminal.tid, topics=topics, welcomed=link.online, carried_out=_carried_out(settings),
        at_once={**at_once, **compared, **_news(settings, bus, files), **wishes.at_once}, keys=files.command_keys,
        nonce=link.nonce, resumed=wishes.resumed, at_page={**at_page, **wishes.at_page},
    )  # fmt: skip
