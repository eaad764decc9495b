"""What the shop wrote beside its settings, read and checked before anything is opened; and its settings as words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from edge.card_table import load_cards
from edge.codec.booklet_csv import MAX_OCTETS, read_booklet
from edge.codec.escpos import Paper, paper_of
from edge.codec.prompts import Prompts
from edge.codec.refusal_bodies import SENTENCE_MAX
from edge.command_keys import load_command_keys
from edge.config import Settings
from edge.errors import SettingsError
from edge.model.booklet import Booklet
from edge.model.card import Card
from edge.model.platform import Platforms, ServiceKind
from edge.model.receipt import ReceiptText
from edge.model.refusal_records import PlatformRefused
from edge.platform_file import load_platforms
from edge.promotion_file import load_promotions
from edge.prompt_pack import prompts_of
from edge.services.offers import Offers
from edge.services.till_day import TillRules
from edge.settings_table import single_errors

MAX_TOLD = 10
"""Wrong lines that are journaled at a start; `edge check` says all of them."""

_PLACED = re.compile(r".*? line (\d+)(?:,? column \w+)?")


@dataclass(frozen=True, slots=True)
class ShopFiles:
    """`command_keys`, `coupon_keys`, `licence_keys`: Ed25519 public keys by their kid. `left_out`: what is wrong in
    files that the shop sells without.
    """

    cards: Mapping[int, Card]
    command_keys: Mapping[str, bytes]
    coupon_keys: Mapping[str, bytes]
    licence_keys: Mapping[str, bytes]
    prompts: Prompts
    platforms: Platforms
    offers: Offers
    booklet: Booklet
    left_out: tuple[PlatformRefused, ...] = ()


def read_shop_files(settings: Settings) -> ShopFiles:
    """Raises SettingsError with all that is wrong in the first file that is wrong.

    But for the shop's own file of platforms and its booklet: a wrong line there must not keep the shop from selling for
    cash, so that the terminal starts without it. `edge check` is strict about both.
    """
    offers, cards = shop_offers(settings), load_cards(settings.cards.file)
    command_keys = load_command_keys(settings.cloud.command_keys if settings.cloud else None)
    coupon_keys = load_command_keys(settings.promotions.coupon_keys if settings.promotions else None)
    licence_keys = load_command_keys(settings.platforms.licence_keys)
    prompts = prompts_of(settings.voice.pack)
    platforms, booklet, left_out = _what_can_be_read(settings)
    return ShopFiles(cards, command_keys, coupon_keys, licence_keys, prompts, platforms, offers, booklet, left_out)


def _what_can_be_read(settings: Settings) -> tuple[Platforms, Booklet, tuple[PlatformRefused, ...]]:
    """A booklet that names services of a platform's file that is left out is left out with it."""
    wrong: list[PlatformRefused] = []
    try:
        platforms = shop_platforms(settings)
    except SettingsError as error:
        wrong.extend(_lines_of(error, settings.platforms.profile))
        platforms = load_platforms(settings.platforms.active)
    try:
        booklet = shop_booklet(settings, platforms)
    except SettingsError as error:
        wrong.extend(_lines_of(error, settings.orders.booklet))
        booklet = Booklet()
    return platforms, booklet, tuple(wrong[:MAX_TOLD])


def _lines_of(error: SettingsError, path: Path | None) -> Iterator[PlatformRefused]:
    """Each wrong line of the file, without the folder that it lies in."""
    name = (path.name if path is not None else "")[:SENTENCE_MAX] or "?"
    for single in single_errors(error):
        for sentence in single.what.splitlines():
            placed = _PLACED.match(single.where or sentence)
            what = sentence if single.where or placed is None else sentence[placed.end() :].lstrip(": ")
            yield PlatformRefused(
                name, int(placed[1]) if placed else 0, what[:SENTENCE_MAX], single.expected[:SENTENCE_MAX],
                single.got[:SENTENCE_MAX],
            )  # fmt: skip


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


def paper_of_shop(settings: Settings) -> Paper:
    """The paper of the shop's receipt printer; 58 mm where it has none."""
    printers = [device.settings for device in settings.devices.values() if device.driver == "printer_escpos"]
    if not printers:
        return paper_of(58)
    return paper_of(getattr(printers[0], "paper_width_mm", 58), getattr(printers[0], "columns", None))
