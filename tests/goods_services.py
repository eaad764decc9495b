"""From a scan or a key to a line of the basket, or to a row of the store room: wired as the terminal wires it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from habits import Habits

from edge.bus import Bus
from edge.ports import Catalogue
from edge.services.age_check import AgeCheck
from edge.services.checkout import Checkout
from edge.services.drawer_count import SlipWords
from edge.services.empty_sale import EmptySale
from edge.services.labels import Labels
from edge.services.membership import Membership
from edge.services.offers import Offers
from edge.services.price_change import PriceChange
from edge.services.quantities import Quantities
from edge.services.shop_prices import ShopPrices
from edge.services.stock_trades import open_store_room
from edge.services.warranties import Warranties
from edge.services.weighing import Weighing


def goods_services(bus: Bus, catalogue: Catalogue, habits: Habits, words: SlipWords, zone: ZoneInfo) -> Offers:
    """Built after the scanner and the pad; what the shop offers, for the services of money."""
    AgeCheck(bus)
    offers, empty = Offers.of(habits.promotions, zone), EmptySale(bus)
    Warranties(bus, habits.platforms)
    Checkout(bus, catalogue, habits.checkout, empty, offers)
    PriceChange(bus, catalogue, offers, limit_percent=habits.price_cut_limit_percent)
    ShopPrices(bus, catalogue, limit_percent=habits.price_cut_limit_percent)
    Quantities(bus, offers, before_scan=habits.pieces_before_scan)
    Membership(bus, offers, empty)
    Labels(bus, catalogue, offers)
    open_store_room(bus, catalogue, habits.deliveries, words, zone, before_scan=habits.pieces_before_scan)
    Weighing(bus, catalogue, offers, scale=habits.scale)
    return offers
