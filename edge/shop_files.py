"""What the shop wrote beside its settings, read and checked before anything is opened; and its settings as words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edge.card_table import load_cards
from edge.codec.prompts import Prompts
from edge.command_keys import load_command_keys
from edge.config import Settings
from edge.model.card import Card
from edge.model.platform import Platforms
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


def read_shop_files(settings: Settings) -> ShopFiles:
    """Raises SettingsError with all that is wrong in the first file that is wrong."""
    offers, cards = shop_offers(settings), load_cards(settings.cards.file)
    command_keys = load_command_keys(settings.cloud.command_keys if settings.cloud else None)
    coupon_keys = load_command_keys(settings.promotions.coupon_keys if settings.promotions else None)
    licence_keys = load_command_keys(settings.platforms.licence_keys)
    prompts = prompts_of(settings.voice.pack)
    return ShopFiles(cards, command_keys, coupon_keys, licence_keys, prompts, shop_platforms(settings), offers)


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


def receipt_words(settings: Settings) -> ReceiptText:
    own = settings.terminal
    return ReceiptText(own.shop, own.language.value, settings.receipt.header, settings.receipt.footer)
