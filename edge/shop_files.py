"""What the shop wrote beside its settings, read and checked before anything is opened; and its settings as words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edge.card_table import load_cards
from edge.codec.booklet_csv import MAX_OCTETS, read_booklet
from edge.codec.prompts import Prompts
from edge.command_keys import load_command_keys
from edge.config import Settings
from edge.errors import SettingsError
from edge.model.booklet import Booklet
from edge.model.card import Card
from edge.model.platform import Platforms, ServiceKind
from edge.model.receipt import ReceiptText
from edge.platform_file import load_platforms
from edge.promotion_file import load_promotions
from edge.prompt_pack import prompts_of
from edge.services.offers import Offers
from edge.services.till_day import TillRules


@dataclass(frozen=True, slots=True)
class ShopFiles:
    """`command_keys`, `coupon_keys`, `licence_keys`: Ed25519 public keys by their kid."""

    cards: Mapping[int, Card]
    command_keys: Mapping[str, bytes]
    coupon_keys: Mapping[str, bytes]
    licence_keys: Mapping[str, bytes]
    prompts: Prompts
    platforms: Platforms
    offers: Offers
    booklet: Booklet


def read_shop_files(settings: Settings) -> ShopFiles:
    """Raises SettingsError with all that is wrong in the first file that is wrong."""
    offers, cards = shop_offers(settings), load_cards(settings.cards.file)
    command_keys = load_command_keys(settings.cloud.command_keys if settings.cloud else None)
    coupon_keys = load_command_keys(settings.promotions.coupon_keys if settings.promotions else None)
    licence_keys = load_command_keys(settings.platforms.licence_keys)
    prompts = prompts_of(settings.voice.pack)
    platforms = shop_platforms(settings)
    booklet = shop_booklet(settings, platforms)
    return ShopFiles(cards, command_keys, coupon_keys, licence_keys, prompts, platforms, offers, booklet)


def till_rules(settings: Settings) -> TillRules:
    own = settings.terminal
    return TillRules(own.till, own.rounding, own.zone, own.day_starts)


def shop_offers(settings: Settings) -> Offers:
    """Raises SettingsError with all that is wrong in the file of promotions."""
    table, zone = settings.promotions, settings.terminal.zone
    return Offers.of(load_promotions(table.file), zone, table.hint_percent) if table else Offers.of((), zone)


def shop_platforms(settings: Settings) -> Platforms:
    """Those of all platforms where there is no parcel station, too: what is a waybill is no misread there, either.

    Raises SettingsError with all that is wrong in the shop's own file.
    """
    table = settings.platforms
    return load_platforms(table.active, table.profile)


def shop_booklet(settings: Settings, platforms: Platforms) -> Booklet:
    """Raises SettingsError with all that is wrong in the shop's file of goods to order."""
    path = settings.orders.booklet
    if path is None:
        return Booklet()
    try:
        with Path(path).open("rb") as file:
            octets = file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise SettingsError(f"the booklet cannot be read: {error.strerror}", where=str(path)) from error
    return read_booklet(octets, name=str(path), offers={offer.id for offer in platforms.of_kind(ServiceKind.ORDER)})


def receipt_words(settings: Settings) -> ReceiptText:
    own = settings.terminal
    return ReceiptText(own.shop, own.language.value, settings.receipt.header, settings.receipt.footer)
